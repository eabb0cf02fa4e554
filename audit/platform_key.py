"""The platform's own key, which signs the daily anchors. It lies in a file and never in the database."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FORMER = "*.pub.pem"  # public keys of former private keys, put beside the present one when it is replaced


def sign(statement: bytes) -> str:
    """Return the signature in hexadecimal."""
    return _key().sign(statement).hex()


def public_key() -> str:
    """Return the public key in hexadecimal."""
    return _key().public_key().public_bytes_raw().hex()


def public_pem() -> bytes:
    """Return the public key as a file that outsiders keep."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def trusted_keys() -> set[str]:
    """Return the public keys, in hexadecimal, whose signatures count: the present one and former ones beside it."""
    former = (load_pem_public_key(file.read_bytes()) for file in _path().parent.glob(FORMER))
    keys = [_key().public_key(), *(key for key in former if isinstance(key, Ed25519PublicKey))]
    return {key.public_bytes_raw().hex() for key in keys}


def _path() -> Path:
    return Path(settings.PLATFORM_KEY_FILE)


def _key() -> Ed25519PrivateKey:
    """Return the key, made at first need. Raises ImproperlyConfigured if the file holds another kind."""
    if not _path().exists():
        _make(_path())
    key = load_pem_private_key(_path().read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("PLATFORM_KEY_FILE must hold an Ed25519 private key in PEM.")
    return key


def _make(path: Path) -> None:
    """Write a new key whole, readable by us alone; of two processes that come at once one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # somebody else was first, and theirs is the key
    finally:
        draft.unlink()
