"""Issuing certificates, revoking them, and the list that tells of it; all as rows in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from sealing.authority import files, profiles
from sealing.authority.files import AuthorityClosed
from sealing.authority.profiles import Revoked, Subject
from sealing.models import Certificate, RevocationList, SigningIdentity, SigningKey

LIST_AGE = timedelta(days=1)  # after which the clock makes another, long before the last one ends
ONE_AT_A_TIME = 410_003  # of our advisory locks: lists follow one another
TOO_LATE = "签约证书机构的证书快要到期，请运维人员先换发（signing_authority renew）"


def issue(
    identity: SigningIdentity, public: EllipticCurvePublicKey, subject: Subject, *, at: datetime | None = None
) -> Certificate:
    """Issue a certificate for a person's new key and return its row. Raises AuthorityClosed with the reason.

    None is issued that would outlast the authority's own.
    """
    now = at or timezone.now()
    authority = files.opened(now)
    days = settings.CERTIFICATE_DAYS
    if now + timedelta(days=days) > authority.certificate.not_valid_after_utc:
        raise AuthorityClosed(TOO_LATE)
    made = profiles.person(
        authority.key,
        authority.certificate,
        public,
        subject,
        at=now,
        days=days,
        list_url=settings.SITE_URL + reverse("revocation-list"),
        issuer_url=settings.SITE_URL + reverse("authority-certificate"),
    )
    return keep(identity, made, [authority.certificate], is_ours=True)


def keep(
    identity: SigningIdentity, certificate: x509.Certificate, chain: list[x509.Certificate], *, is_ours: bool
) -> Certificate:
    """Keep a certificate as the identity's newest, with those above it."""
    return Certificate.objects.create(
        identity=identity,
        serial=f"{certificate.serial_number:X}",
        issuer=certificate.issuer.rfc4514_string(),
        subject=certificate.subject.rfc4514_string(),
        is_ours=is_ours,
        pem=certificate.public_bytes(Encoding.PEM).decode(),
        chain="".join(each.public_bytes(Encoding.PEM).decode() for each in chain),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def revoke(
    certificate: Certificate, reason: Certificate.Reason, *, by: User | None, since: datetime | None = None
) -> None:
    """Revoke a certificate for good, forget its key, and let a new list tell of it.

    Of one that another authority issued, that authority has to be told too: here it signs nothing any more. Where no
    list can be made now, the clock makes it when the authority is open again. `since` is when that other authority says
    that it has revoked it, which may be long before we hear of it.
    """
    now = timezone.now()
    at = now if since is None else min(since, now)
    certificate.revoked_at, certificate.revoked_by, certificate.revocation = at, by, reason
    certificate.save(update_fields=["revoked_at", "revoked_by", "revocation"])
    forget_key(certificate)
    if certificate.is_ours and not files.why_closed():
        publish()


def forget_key(certificate: Certificate) -> None:
    """Nobody can sign with it again, whatever they know."""
    SigningKey.objects.filter(certificate=certificate).update(sealed=b"", salt=b"", nonce=b"")


@transaction.atomic
def publish() -> RevocationList:
    """Make a list of all that was revoked, and keep it as the newest. Raises AuthorityClosed."""
    authority = files.opened()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    before = newest_list()
    number = before.number + 1 if before else 1
    now = timezone.now().replace(microsecond=0)
    revoked = Certificate.objects.ours().revoked().order_by("revoked_at", "pk")
    rows = [Revoked(int(each.serial, 16), each.revoked_at or now, _flag(each)) for each in revoked]
    made = profiles.revocation_list(authority.key, authority.certificate, rows, number=number, at=now)
    return RevocationList.objects.create(
        number=number, made_at=now, next_update=now + profiles.LIST_LASTS, content=made.public_bytes(Encoding.DER)
    )


def publish_due() -> RevocationList | None:
    """Make another list where the newest is a day old, or does not tell of all that was revoked; None otherwise."""
    newest = newest_list()
    is_new = newest is not None and newest.made_at > timezone.now() - LIST_AGE
    if newest is not None and is_new:
        # Its moment is a whole second: what was revoked within it may stand in it or not.
        untold = Certificate.objects.ours().filter(revoked_at__gt=newest.made_at + timedelta(seconds=1))
        is_new = not untold.exists()
    return None if is_new or files.why_closed() else publish()


def newest_list() -> RevocationList | None:
    return RevocationList.objects.order_by("-number").first()


def _flag(certificate: Certificate) -> x509.ReasonFlags:
    return x509.ReasonFlags(certificate.revocation)
