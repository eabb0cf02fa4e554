"""What licensed authorities say of the certificates that were brought in: their lists of revoked ones.

A job fetches them from where the operator has named (`LICENSED_LISTS`), never a page, and never from the address in a
certificate, which is a stranger's word. They lie among the stored files; each is believed only as far as the issuer has
signed it and as long as it says. Answers of OCSP are not asked for.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

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
    """Fetch every list anew. Return what could not be had, for the operator: the one from before stays."""
    faults = []
    for source in settings.LICENSED_LISTS.split():
        try:
            content = _read(source)
            _parsed(content)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            faults.append(f"{source}: {fault}")
        else:
            _keep(source, content)
    return faults


def told_of(certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Told:
    """Return what the issuer's newest list says of a certificate at a moment. One that has ended says nothing."""
    if issuer is None:
        return Told(Standing.UNKNOWN)
    holding = [each for each in lists(at) if _is_by(each, issuer.public_key(), certificate.issuer)]
    newest = max(holding, key=lambda each: each.last_update_utc, default=None)
    if newest is None:
        return Told(Standing.UNKNOWN)
    entry = newest.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return Told(Standing.GOOD, newest.last_update_utc)
    return Told(Standing.REVOKED, newest.last_update_utc, entry.revocation_date_utc)


def lists(at: datetime) -> Iterator[x509.CertificateRevocationList]:
    """Yield the lists that were fetched and hold at a moment, whoever signed them."""
    for source in settings.LICENSED_LISTS.split():
        with suppress(OSError, ValueError), default_storage.open(_path(source)) as file:
            made = _parsed(file.read())
            if made.next_update_utc is not None and made.last_update_utc <= at < made.next_update_utc:
                yield made


def _is_by(made: x509.CertificateRevocationList, key: object, name: x509.Name) -> bool:
    if made.issuer != name or not isinstance(key, EllipticCurvePublicKey | RSAPublicKey):
        return False
    try:
        return made.is_signature_valid(key)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False


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


def _parsed(content: bytes) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(content) if content.startswith(PEM) else x509.load_der_x509_crl(content)


def _keep(source: str, content: bytes) -> None:
    path = _path(source)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(content))


def _path(source: str) -> str:
    return f"{FOLDER}/{hashlib.sha256(source.encode()).hexdigest()[:32]}.crl"
