"""What proves that certificates were good when they signed: put into copies by the job that renews timestamps."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from audit import timestamping
from sealing.authority import elsewhere, files, issuing
from sealing.authority.files import AuthorityClosed
from sealing.keys import licensed
from sealing.pades.timestamps import Evidence


def roots() -> list[bytes]:
    """Return what this site trusts, DER: its own authority, licensed ones, those of timestamps."""
    trusted = [*own(), *timestamping.certificates()]
    with suppress(OSError, ValueError):  # the file of licensed roots cannot be read: they are not trusted then
        trusted += licensed.roots()
    return [each.public_bytes(Encoding.DER) for each in trusted]


def own() -> list[x509.Certificate]:
    """Return our own authority's certificates, with those of before its renewals; none where they cannot be read."""
    with suppress(AuthorityClosed):
        return files.certificates()
    return []


def evidence(*, told_from: datetime | None = None) -> Evidence:
    """Return our own authority's certificates and newest list, and the lists of those whose timestamps we take and
    of licensed authorities.

    A list that was to be replaced by now proves nothing and is left out; whose name one bears is not asked here: it is
    believed as far as one whom we trust, or a certificate above the signer's, has signed it. `told_from` is from when
    on our own list has to tell: an older one says nothing of what was signed then, so another is made.
    """
    newest, now = issuing.newest_list(), timezone.now()
    if told_from is not None and newest is not None and newest.made_at < told_from and not files.why_closed():
        newest = issuing.publish()
    ours = [bytes(newest.content)] if newest is not None and newest.next_update > now else []
    of_time = [each.public_bytes(Encoding.DER) for each in timestamping.revocation_lists(now)]
    theirs = [each.public_bytes(Encoding.DER) for each in elsewhere.holding(now)]
    certificates = [each.public_bytes(Encoding.DER) for each in own()]
    return Evidence(certificates, [*ours, *of_time], issuers=roots(), elsewhere=theirs)
