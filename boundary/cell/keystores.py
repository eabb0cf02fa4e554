"""The door for PKCS#12 files. The password opens the file in a cell and is kept nowhere.

The one stranger's file for which a request waits: its password may lie in no row, queue or file, so no job can have it.
It is small, and whoever asks waits for a few seconds at most.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.views.decorators.debug import sensitive_variables

from boundary.cell.answers import words
from boundary.cell.asking import Patience, Words, asked
from boundary.refused import UploadRefused

LARGEST = 64 * 1024  # bytes; with a long chain some 10,000
LONGEST, MOST_OTHERS = 200_000, 10  # characters of one answer; certificates beside the one
NONCE = 12
SHORTLY = Patience(for_a_slot=5, for_the_work=10)
DAMAGED = "证书文件打不开，可能不完整。请向签发机构重新导出后再试。"
TOO_LARGE = "文件太大，不像是证书文件。请选择 .p12 或 .pfx 文件。"
SAID = Words(DAMAGED, DAMAGED, DAMAGED)


@dataclass(frozen=True)
class Keystore:
    """A key with its certificate, and whatever certificates lay beside it: strangers' data, of known types."""

    key: EllipticCurvePrivateKey | RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]


@sensitive_variables()
def read(content: bytes, password: str, *, patience: Patience = SHORTLY) -> Keystore:
    """Return what a PKCS#12 file holds. Raises UploadRefused with the reason, NotNow when no cell could be had."""
    if len(content) > LARGEST:
        raise UploadRefused(TOO_LARGE)
    seal = AESGCM.generate_key(256)
    job = {"act": "keystore", "path": "", "content": b64encode(content).decode(), "password": password}
    with TemporaryDirectory(prefix="yiyang-cell-") as folder:
        said = asked({**job, "seal": b64encode(seal).decode()}, Path(folder), patience, SAID)
    try:
        return _opened(said, seal)
    except (KeyError, TypeError, ValueError, InvalidTag):
        raise UploadRefused(DAMAGED) from None


@sensitive_variables()
def _opened(said: dict[str, Any], seal: bytes) -> Keystore:
    sealed = _bytes(said["key"])
    key = load_der_private_key(AESGCM(seal).decrypt(sealed[:NONCE], sealed[NONCE:], None), password=None)
    certificate = x509.load_der_x509_certificate(_bytes(said["certificate"]))
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("no key of this certificate")
    others = tuple(x509.load_der_x509_certificate(_bytes(each)) for each in said["others"][:MOST_OTHERS])
    return Keystore(key, certificate, others)


def _bytes(text: Any) -> bytes:
    return b64decode(words(text, LONGEST), validate=True)
