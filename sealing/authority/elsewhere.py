"""What licensed authorities say of the certificates that were brought in: their lists of revoked ones.

A job fetches them from where the operator has named (`LICENSED_LISTS`), never a page, and never from the address in a
certificate, which is a stranger's word. They lie among the stored files; each is believed only as far as the issuer has
signed it and as long as it says. Answers of OCSP are not asked for.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from sealing import lists
from sealing.keys import licensed
from sealing.lists import List
from sealing.models import Certificate

LARGEST = 16 * 1024 * 1024  # bytes of a list
SECONDS = 30.0  # that an address is waited for
FOLDER = "revocation-lists"
PEM = b"-----BEGIN"


class Standing(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


WORDS = {
    Standing.GOOD: "签发机构的清单上没有吊销",
    Standing.REVOKED: "签发机构已吊销",
    Standing.UNKNOWN: "撤销状态未能核实",
}


@dataclass(frozen=True)
class Told:
    """What is known of a certificate: `since` when it is revoked, `on` when the list was made that says so."""

    standing: Standing
    on: datetime | None = None
    since: datetime | None = None

    @property
    def words(self) -> str:
        return WORDS[self.standing]


def fetch() -> list[str]:
    """Fetch every list anew. Return what could not be had or kept, for the operator: the former one stays."""
    faults, issuers = [], _issuers()
    for source in settings.LICENSED_LISTS.split():
        try:
            content = _read(source)
            refuse_worse(_parsed(content), kept_from(source), issuers, timezone.now())
        except (OSError, http.client.HTTPException, ValueError) as fault:
            faults.append(f"{source}: {fault}")
        else:
            _keep(source, content)
    return faults


def refuse_worse(made: List, kept: List | None, issuers: Sequence[x509.Certificate], now: datetime) -> None:
    """Raise ValueError for a list that may not take the place of the one that is kept, None where none is.

    It may be replayed on its way, come from a mirror that lags, or be anybody's who answers there. One whose issuer is
    not known yet is kept where nothing better lies: nobody believes it before its issuer is known.
    """
    if why := lists.why_unused(made):
        raise ValueError(why)
    if made.last_update_utc > now:
        raise ValueError("it is of a day to come")
    is_signed = _is_signed(made, issuers)
    if not is_signed and any(each.subject == made.issuer for each in issuers):
        raise ValueError("its issuer has not signed it")
    if kept is None:
        return
    was_signed = _is_signed(kept, issuers)
    if was_signed and not is_signed:
        raise ValueError("nobody who is known here has signed it")
    if is_signed and not was_signed:
        return
    if made.issuer == kept.issuer:
        if _is_older(made, kept):
            raise ValueError("it is older than the one that is kept")
    elif kept.next_update_utc is not None and now < kept.next_update_utc:
        raise ValueError("it is of another issuer than the one that is kept")


def _is_older(made: List, kept: List) -> bool:
    number, before = lists.number_of(made), lists.number_of(kept)
    is_lower = number is not None and before is not None and number < before
    return is_lower or made.last_update_utc < kept.last_update_utc


def told_of(certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Told:
    """Return what the issuer's newest list says of a certificate at a moment. One that has ended says nothing."""
    if issuer is None:
        return Told(Standing.UNKNOWN)
    telling = lists.on(certificate, issuer, holding(at))
    newest = max(telling, key=lambda each: each.last_update_utc, default=None)
    if newest is None:
        return Told(Standing.UNKNOWN)
    entry = newest.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return Told(Standing.GOOD, newest.last_update_utc)
    return Told(Standing.REVOKED, newest.last_update_utc, entry.revocation_date_utc)


def holding(at: datetime) -> Iterator[List]:
    """Yield the lists that were fetched and hold at a moment, whoever signed them."""
    for source in settings.LICENSED_LISTS.split():
        made = kept_from(source)
        until = made.next_update_utc if made is not None else None
        if made is not None and until is not None and made.last_update_utc <= at < until:
            yield made


def kept_from(source: str) -> List | None:
    """Return the list that was fetched last from where the operator has named, None where none lies."""
    with suppress(OSError, ValueError), default_storage.open(_path(source)) as file:
        return _parsed(file.read())
    return None


def _issuers() -> list[x509.Certificate]:
    """Return who may have signed lists, as far as known: licensed roots, and what stands above what was brought in."""
    found: list[x509.Certificate] = []
    with suppress(OSError, ValueError):
        found += licensed.roots()
    chains = Certificate.objects.filter(is_ours=False).exclude(chain="").order_by("chain").distinct()
    for chain in chains.values_list("chain", flat=True):
        found += x509.load_pem_x509_certificates(chain.encode())
    return list(dict.fromkeys(found))


def _is_signed(made: List, issuers: Sequence[x509.Certificate]) -> bool:
    return any(lists.is_by(made, each) for each in issuers)


def _read(source: str) -> bytes:
    """Return a list as it lies there. Raises OSError, HTTPException, ValueError for one that is too large."""
    if source.startswith(("http://", "https://")):
        with urllib.request.urlopen(source, timeout=SECONDS) as answer:  # noqa: S310 -- http(s), set by the operator
            content: bytes = answer.read(LARGEST + 1)
    else:
        with Path(source).open("rb") as file:
            content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"more than {LARGEST} bytes")
    return content


def _parsed(content: bytes) -> List:
    return x509.load_pem_x509_crl(content) if content.startswith(PEM) else x509.load_der_x509_crl(content)


def _keep(source: str, content: bytes) -> None:
    path = _path(source)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(content))


def _path(source: str) -> str:
    return f"{FOLDER}/{hashlib.sha256(source.encode()).hexdigest()[:32]}.crl"
