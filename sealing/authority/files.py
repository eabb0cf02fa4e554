"""Where the authority lies: a key and its certificates, in files outside the database.

One key makes all certificates and lists. Renewing it makes a new certificate for the same key, so that what was issued
before goes on to lead to it; former certificates stay beside the present one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from sealing.authority import profiles

KEY, CERTIFICATE, FORMER = "authority.key.pem", "authority.crt.pem", "former-*.crt.pem"
MISSING = "签约证书机构还没有建立"
UNREADABLE = "签约证书机构的密钥或证书读不出来"
NOT_A_PAIR = "签约证书机构的密钥和证书不是一对"
NOT_YET = "签约证书机构的证书还没有生效，请核对服务器的时间"
OVER = "签约证书机构的证书已经到期"


class AuthorityClosed(Exception):
    """No certificate can be issued and no list made; the text says why, for people."""


@dataclass(frozen=True)
class Authority:
    """The key, and the certificate under which it issues."""

    key: EllipticCurvePrivateKey
    certificate: x509.Certificate


def folder() -> Path:
    return Path(settings.SIGNING_AUTHORITY_FOLDER)


def exists() -> bool:
    return (folder() / KEY).exists() or (folder() / CERTIFICATE).exists()


@sensitive_variables()
def opened(at: datetime | None = None) -> Authority:
    """Return the authority as it can issue at a moment (None: now). Raises AuthorityClosed with the reason."""
    if not exists():
        raise AuthorityClosed(MISSING)
    try:
        key = load_pem_private_key((folder() / KEY).read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate((folder() / CERTIFICATE).read_bytes())
    except (OSError, ValueError, TypeError):
        raise AuthorityClosed(UNREADABLE) from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise AuthorityClosed(UNREADABLE)
    if key.public_key() != certificate.public_key():
        raise AuthorityClosed(NOT_A_PAIR)
    now = at or timezone.now()
    if now < certificate.not_valid_before_utc:
        raise AuthorityClosed(NOT_YET)
    if now > certificate.not_valid_after_utc:
        raise AuthorityClosed(OVER)
    return Authority(key, certificate)


def why_closed(at: datetime | None = None) -> str:
    """Return in words why nothing can be issued at a moment, "" when it can."""
    try:
        opened(at)
    except AuthorityClosed as closed:
        return str(closed)
    return ""


def certificates() -> list[x509.Certificate]:
    """Return the authority's own certificates, the present one first, then those of before its renewals."""
    present = folder() / CERTIFICATE
    paths = [*([present] if present.exists() else []), *sorted(folder().glob(FORMER), reverse=True)]
    try:
        return [x509.load_pem_x509_certificate(path.read_bytes()) for path in paths]
    except (OSError, ValueError):
        raise AuthorityClosed(UNREADABLE) from None


@sensitive_variables()
def make(name: str) -> bool:
    """Make key and certificate where there is neither; of two that come at once one wins. Returns whether it did.

    The key comes first: a start that is cut off between the two goes on with it.
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    write_once(folder() / KEY, _pem_of(generate_private_key(SECP256R1())))
    key = load_pem_private_key((folder() / KEY).read_bytes(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise AuthorityClosed(UNREADABLE)
    made = profiles.root(key, name, at=timezone.now())
    return write_once(folder() / CERTIFICATE, made.public_bytes(Encoding.PEM))


@sensitive_variables()
def renew(name: str) -> x509.Certificate:
    """Give the same key a new certificate from now on; the present one stays beside it. Raises AuthorityClosed.

    An authority that has ended is renewed too.
    """
    try:
        key = load_pem_private_key((folder() / KEY).read_bytes(), password=None)
        before = x509.load_pem_x509_certificate((folder() / CERTIFICATE).read_bytes())
    except (OSError, ValueError, TypeError):
        raise AuthorityClosed(UNREADABLE if exists() else MISSING) from None
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != before.public_key():
        raise AuthorityClosed(NOT_A_PAIR)
    made = profiles.root(key, name, at=timezone.now())
    began = before.not_valid_before_utc.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    write_once(folder() / FORMER.replace("*", f"{began}-{before.serial_number:x}"), before.public_bytes(Encoding.PEM))
    draft = _draft(folder() / CERTIFICATE, made.public_bytes(Encoding.PEM))
    draft.replace(folder() / CERTIFICATE)
    return made


def public_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def write_once(path: Path, content: bytes) -> bool:
    """Write a file whole, readable by us alone; False where there is one already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False  # somebody else was first, and theirs counts
    finally:
        draft.unlink()
    return True


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _pem_of(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
