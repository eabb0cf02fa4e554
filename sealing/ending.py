"""How a signing identity comes to its end: revoked by a person or by the clock, ended, or replaced by the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from sealing import announcements, events
from sealing.authority import issuing
from sealing.lifecycle import END, IDENTITY, REVOKE, REVOKE_BY_CLOCK, OfIdentity
from sealing.models import Certificate, SigningIdentity, SigningKey

Reason = Certificate.Reason


@transaction.atomic
def revoke(identity: SigningIdentity, why: Certificate.Reason, *, by: User, reason: str) -> SigningIdentity:
    """Revoke the certificate for good and forget its key. What was signed before stays signed.

    Raises NotAllowed to all but its holder and who looks after the institution, WrongState without a key.
    """
    return _revoked(identity, REVOKE, why, by=by, reason=reason)


def replaced(identity: SigningIdentity, *, by: User) -> SigningIdentity:
    """Revoke the certificate because its PIN is forgotten: its holder asks for another in the same transaction."""
    return _revoked(identity, REVOKE, Reason.SUPERSEDED, by=by, reason=str(Reason.SUPERSEDED.label))


@transaction.atomic
def revoke_by_clock(
    identity: SigningIdentity, reason: str, why: Certificate.Reason, *, since: datetime | None = None
) -> SigningIdentity:
    """Revoke the certificate of whoever may sign no more; `since` is what a licensed authority's list says."""
    return _revoked(identity, REVOKE_BY_CLOCK, why, by=None, reason=reason, since=since)


@transaction.atomic
def end(identity: SigningIdentity, *, reason: str, tell: bool = True) -> SigningIdentity:
    """End what has run out, or has been replaced, and forget its key.

    Its certificate is revoked only where the key lies in a token: that one cannot be forgotten.
    """
    row = IDENTITY.begin(identity, END, by=None)
    give_up_token(row, by=None)
    for each in row.certificates.all():
        issuing.forget_key(each)
    writes = _ended(None, reason)
    row = IDENTITY.finish(row, END, events.SigningEnded(**_of(row), reason=reason), by=None, writes=writes)
    if tell:
        announcements.ended(row)
    return row


def give_up_token(row: SigningIdentity, *, by: User | None) -> None:
    """Revoke what a key in a token has a certificate for, also one that waits for its holder yet: whoever has the token
    signs with it elsewhere, whatever becomes of the request here."""
    for each in row.certificates.filter(revoked_at=None, key__kind=SigningKey.Kind.TOKEN):
        issuing.revoke(each, Reason.CESSATION, by=by)


def _revoked(
    identity: SigningIdentity,
    step: OfIdentity,
    why: Certificate.Reason,
    *,
    by: User | None,
    reason: str,
    since: datetime | None = None,
) -> SigningIdentity:
    row = IDENTITY.begin(identity, step, by=by)
    found = row.certificates.get(revoked_at__isnull=True)
    issuing.revoke(found, why, by=by, since=since)
    event = events.SigningRevoked(**_of(row), serial=found.serial, revocation=why, reason=reason)
    row = IDENTITY.finish(row, step, event, by=by, writes=_ended(by, reason))
    announcements.revoked(row, by=by)
    return row


def _ended(by: User | None, reason: str) -> dict[str, Any]:
    return {"ended_by": by, "ended_at": timezone.now(), "reason": reason}


def _of(row: SigningIdentity) -> dict[str, Any]:
    return {"identity": row.pk, "person": row.person.full_name}
