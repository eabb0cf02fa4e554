"""Small secrets as they lie in the database: sealed, so that a copy of the database alone opens nothing.

AES-SIV (RFC 5297) under a key derived from SECRET_KEY. It needs no nonce, and so a sealed key of a phone still fits
django-otp's column; the same secret of the same owner gives the same text, which is harmless for random keys.
"""

from collections.abc import Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unopened(Exception):
    """Sealed under none of the site's keys, for somebody else, or changed since."""


def sealed(secret: bytes, *, owner: int, purpose: str) -> str:
    """Return the secret as hex digits, 16 bytes longer, that open for this owner and purpose only."""
    return _box(settings.SECRET_KEY).encrypt(secret, _bound_to(owner, purpose)).hex()


def opened(text: str, *, owner: int, purpose: str) -> bytes:
    """Return what was sealed, also under one of SECRET_KEY_FALLBACKS. Raises Unopened."""
    for box in _boxes():
        try:
            return box.decrypt(bytes.fromhex(text), _bound_to(owner, purpose))
        except (InvalidTag, ValueError):
            continue
    raise Unopened


def _boxes() -> Iterator[AESSIV]:
    yield _box(settings.SECRET_KEY)
    for former in settings.SECRET_KEY_FALLBACKS:
        yield _box(former)


@lru_cache(maxsize=8)
def _box(key: str) -> AESSIV:
    return AESSIV(HKDF(SHA512(), length=64, salt=None, info=b"yiyang.accounts.sealing").derive(key.encode()))


def _bound_to(owner: int, purpose: str) -> list[bytes]:
    return [purpose.encode(), str(owner).encode()]
