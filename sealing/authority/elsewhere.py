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
from functools import lru_cache
from itertools import pairwise
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
REMEMBERED = 8  # lists that a process keeps in its memory
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
            made = _parsed(content)
            refuse_worse(made, kept_from(source), issuers, timezone.now())
        except (OSError, http.client.HTTPException, ValueError) as fault:
            faults.append(f"{source}: {fault}")
        else:
            _keep(source, content, of=made.issuer if _is_signed(made, issuers) else None)
    return faults


def refuse_worse(made: List, kept: Sequence[List], issuers: Sequence[x509.Certificate], now: datetime) -> None:
    """Raise ValueError for a list that is not kept beside those that were fetched from the same place.

    It may be replayed on its way, come from a mirror that lags, or be anybody's who answers there. Each issuer's takes
    the place of its own former one alone: another's, given out while that one has ended, would keep the next one out.
    One whose issuer is not known yet is kept where nothing better lies: nobody believes it before its issuer is known.
    """
    if why := lists.why_unused(made):
        raise ValueError(why)
    if made.last_update_utc > now:
        raise ValueError("it is of a day to come")
    is_signed = _is_signed(made, issuers)
    if not is_signed and any(each.subject == made.issuer for each in issuers):
        raise ValueError("its issuer has not signed it")
    signed = [each for each in kept if _is_signed(each, issuers)]
    if signed and not is_signed:
        raise ValueError("nobody who is known here has signed it")
    beside = signed if is_signed else kept
    own = [each for each in beside if each.issuer == made.issuer]
    if any(_is_older(made, each) for each in own):
        raise ValueError("it is older than the one that is kept")
    if not own and any(_holds(each, now) for each in beside):
        raise ValueError("it is of another issuer than the one that is kept")


def _is_older(made: List, kept: List) -> bool:
    number, before = lists.number_of(made), lists.number_of(kept)
    is_lower = number is not None and before is not None and number < before
    return is_lower or made.last_update_utc < kept.last_update_utc


def told_of(certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Told:
    """Return what the issuer's newest list says of a certificate at a moment. One that has ended says nothing."""
    if issuer is None or not lists.has_issued(issuer, certificate):
        return Told(Standing.UNKNOWN)
    holding_now = ((lying, made) for lying, made in _lying() if _holds(made, at))
    telling = [
        (made.last_update_utc, lying)
        for lying, made in holding_now
        if lists.tells_of(made, certificate) and _is_by(lying, issuer)
    ]
    if not telling:
        return Told(Standing.UNKNOWN)
    on, newest = max(telling, key=lambda each: each[0])
    since = _revoked_since(newest, certificate.serial_number)
    return Told(Standing.GOOD if since is None else Standing.REVOKED, on, since)


def told_of_all(line: Sequence[x509.Certificate], at: datetime) -> Told:
    """Return what is known of a certificate, the first of the line, by all that stand above it up to a root: it is
    revoked as soon as one of them is."""
    if len(line) < 2:
        return Told(Standing.UNKNOWN)
    told = [told_of(own, issuer, at) for own, issuer in pairwise(line)]
    revoked = [each for each in told if each.since is not None]
    return min(revoked, key=lambda each: each.since or at, default=told[0])


def holding(at: datetime) -> Iterator[List]:
    """Yield the lists that were fetched and hold at a moment, whoever signed them."""
    return (made for _, made in _lying() if _holds(made, at))


def kept_from(source: str) -> list[List]:
    """Return the lists that were fetched last from where the operator has named, one of each issuer."""
    return [made for _, made in _lying_of([source])]


@dataclass(frozen=True)
class _Lying:
    """A list as it lies among the stored files: another one that takes its place is another to whoever remembers."""

    path: str
    changed: datetime
    size: int


def _lying() -> Iterator[tuple[_Lying, List]]:
    """Yield each list that lies there and can be read."""
    return _lying_of(settings.LICENSED_LISTS.split())


def _lying_of(sources: Sequence[str]) -> Iterator[tuple[_Lying, List]]:
    names: list[str] = []
    with suppress(OSError):  # nothing was fetched yet
        names = default_storage.listdir(FOLDER)[1]
    begins = tuple(map(_begins, sources))
    for name in sorted(each for each in names if each.startswith(begins)):
        with suppress(OSError, ValueError):
            lying = _lying_at(f"{FOLDER}/{name}")
            yield lying, _read_once(lying)


def _lying_at(path: str) -> _Lying:
    size = default_storage.size(path)  # first: of a file that is not there this one alone says so by an OSError
    return _Lying(path, default_storage.get_modified_time(path), size)


def _holds(made: List, at: datetime) -> bool:
    return made.next_update_utc is not None and made.last_update_utc <= at < made.next_update_utc


# A list may have 16 MB, and is asked at every signature and of every certificate: a process reads it, and looks at who
# has signed it, once.
@lru_cache(maxsize=REMEMBERED)
def _read_once(lying: _Lying) -> List:
    with default_storage.open(lying.path) as file:
        return _parsed(file.read())


@lru_cache(maxsize=REMEMBERED * 8)
def _is_by(lying: _Lying, issuer: x509.Certificate) -> bool:
    return lists.is_by(_read_once(lying), issuer)


@lru_cache(maxsize=REMEMBERED * 1024)
def _revoked_since(lying: _Lying, serial: int) -> datetime | None:
    entry = _read_once(lying).get_revoked_certificate_by_serial_number(serial)
    return None if entry is None else entry.revocation_date_utc


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


def _keep(source: str, content: bytes, *, of: x509.Name | None) -> None:
    """Keep a list in the place of its issuer's former one. Of issuers that nobody knows yet (None) there is one place,
    which is free again as soon as somebody who is known gives out a list."""
    default_storage.delete(_path(source, None))
    path = _path(source, of)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(content))


def _path(source: str, issuer: x509.Name | None) -> str:
    return f"{FOLDER}/{_begins(source)}{_digest(issuer.public_bytes() if issuer else b'')}.crl"


def _begins(source: str) -> str:
    return f"{_digest(source.encode())}-"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
