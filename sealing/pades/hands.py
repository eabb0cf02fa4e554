"""What a signer is to us: a certificate, those that vouch for it, and something that signs a digest.

The key may lie in memory, on a token or with a service: only a hand knows. Another one, as for SM2, takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import pkcs11
from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate
from pkcs11.util.ec import encode_ecdsa_signature

# What is put before a SHA-256 digest that RSA signs (RFC 8017, 9.2, note 1).
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
ALGORITHMS = {"ec": "sha256_ecdsa", "rsa": "sha256_rsa"}
DOES_NOT_HOLD = (
    "签名无效：签名用的密钥和证书不是一对，这次没有签成。请联系保管密码设备的人员或平台管理员检查，恢复以后再签。"
)


class CannotSign(Exception):
    """A hand did not sign. The message says why, in Chinese, for whoever signs."""


class KeyOnToken(Protocol):
    """A private key of PKCS#11, in a session that is open."""

    def sign(self, data: bytes, *, mechanism: pkcs11.Mechanism) -> bytes:
        """Return the signature. Raises pkcs11.PKCS11Error."""


class Hand(Protocol):
    """Signs for one certificate."""

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> Sequence[bytes]:
        """Those that vouch for it, DER, its issuer first."""

    @property
    def algorithm(self) -> str:
        """What it signs by, as asn1crypto calls it: sha256_ecdsa, sha256_rsa."""

    def sign(self, digest: bytes) -> bytes:
        """Return the signature over a SHA-256 digest, as CMS holds it. Raises CannotSign."""


@dataclass(frozen=True)
class KeyHand:
    """Signs with a key in memory, on P-256 or RSA."""

    certificate: bytes
    chain: Sequence[bytes]
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def algorithm(self) -> str:
        return ALGORITHMS["ec" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "rsa"]

    def sign(self, digest: bytes) -> bytes:
        hashed = utils.Prehashed(SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(hashed))
        return self.key.sign(digest, padding.PKCS1v15(), hashed)


@dataclass(frozen=True)
class TokenHand:
    """Signs with a key that never leaves its token (PKCS#11)."""

    certificate: bytes
    chain: Sequence[bytes]
    key: KeyOnToken

    @property
    def algorithm(self) -> str:
        return ALGORITHMS[str(x509.Certificate.load(self.certificate).public_key.algorithm)]

    def sign(self, digest: bytes) -> bytes:
        try:
            if self.algorithm == ALGORITHMS["ec"]:
                return bytes(encode_ecdsa_signature(self.key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)))
            return bytes(self.key.sign(DIGEST_INFO + digest, mechanism=pkcs11.Mechanism.RSA_PKCS))
        except pkcs11.PKCS11Error as fault:
            raise CannotSign("密码设备没有完成签名，可能已经断开。请联系保管设备的人员检查，恢复以后再签。") from fault


def signed_by(hand: Hand, digest: bytes) -> bytes:
    """Return a hand's signature over a SHA-256 digest, seen to be its certificate's. Raises CannotSign.

    A key that was made anew in its token, under the same identifier, signs without a fault, and nobody can verify it.
    """
    value = hand.sign(digest)
    hashed, public = utils.Prehashed(SHA256()), _public(hand.certificate)
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(value, digest, ec.ECDSA(hashed))
            return value
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(value, digest, padding.PKCS1v15(), hashed)
            return value
    except InvalidSignature:
        pass
    raise CannotSign(DOES_NOT_HOLD)


@lru_cache(maxsize=64)
def _public(certificate: bytes) -> object:
    """Return the key of a certificate, read once for all copies that it signs; None for a kind that is not known."""
    try:
        return load_der_x509_certificate(certificate).public_key()
    except (UnsupportedAlgorithm, ValueError):
        return None
