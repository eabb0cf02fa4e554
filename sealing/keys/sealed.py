"""A private key as it lies in the database: AES-256-GCM under a key made of PIN and pepper.

argon2id (RFC 9106) makes each guess of a PIN dear, HMAC with the pepper makes guessing useless to whoever has only the
database. What is sealed is bound to its certificate: moved to another row it does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from django.views.decorators.debug import sensitive_variables

from sealing.keys import pepper
from sealing.keys.pepper import PepperGone

SALT, NONCE = 16, 12  # bytes
COST = {"memory_cost": 64 * 1024, "time_cost": 3, "parallelism": 4}  # KiB; RFC 9106, second recommended option
LENGTH = 32  # bytes
ANOTHER = "签名密码的服务器密钥已经换过，原来的密钥打不开"

PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey


class WrongSecret(Exception):
    """The PIN is not the one, or what was sealed has been changed or moved."""


@dataclass(frozen=True)
class Sealed:
    """What is kept. `pepper` names the one that was used."""

    content: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    cost: dict[str, int]
    pepper: str


@sensitive_variables()
def seal(key: PrivateKey, pin: str, *, bound_to: str) -> Sealed:
    """Return the key sealed under a PIN. Raises PepperGone."""
    secret, salt, nonce = pepper.read(), os.urandom(SALT), os.urandom(NONCE)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    content = AESGCM(_key(pin, salt, COST, secret)).encrypt(nonce, plain, bound_to.encode())
    return Sealed(content, salt, nonce, dict(COST), pepper.name_of(secret))


@sensitive_variables()
def opened(kept: Sealed, pin: str, *, bound_to: str) -> PrivateKey:
    """Return the private key. Raises WrongSecret, and PepperGone where the file is not the one that was used."""
    secret = pepper.read()
    if pepper.name_of(secret) != kept.pepper:
        raise PepperGone(ANOTHER)
    try:
        plain = AESGCM(_key(pin, kept.salt, kept.cost, secret)).decrypt(kept.nonce, kept.content, bound_to.encode())
    except InvalidTag:
        raise WrongSecret from None
    key = load_der_private_key(plain, password=None)
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise WrongSecret
    return key


@sensitive_variables()
def _key(pin: str, salt: bytes, cost: dict[str, int], secret: bytes) -> bytes:
    # Not by OpenSSL (cryptography's Argon2id): its pool of threads never ends when two derive at once.
    slow = hash_secret_raw(pin.encode(), salt, hash_len=LENGTH, type=Type.ID, **cost)
    return hmac.new(secret, b"yiyang.sealing.key" + slow, hashlib.sha256).digest()
