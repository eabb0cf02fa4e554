"""A signature's value: CMS as PAdES wants it (ETSI EN 319 122-1 and 319 142-1, level B-B), and its timestamp."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from asn1crypto import algos, cms, core, tsp, x509

from sealing.pades.hands import Hand, signed_by

BESIDE = 1536  # bytes that a value has besides certificates and a signature
SIGNATURE = 1024  # bytes of the longest signature itself: RSA of 8,192 bits
TOKEN = 12 * 1024  # bytes of a timestamp with the certificates of who made it; most have 2 to 6 KB


def room_for(hand: Hand, *, stamped: bool) -> int:
    """Return how many bytes a signature by this hand may need."""
    certificates = len(hand.certificate) + sum(map(len, hand.chain))
    return certificates + BESIDE + SIGNATURE + (TOKEN if stamped else 0)


def signed(digest: bytes, hand: Hand) -> cms.ContentInfo:
    """Return the signature of a party over a SHA-256 digest. Raises CannotSign.

    The time is no signed attribute: PAdES has it in the file.
    """
    own = _read(hand.certificate)
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(hand.certificate).digest()})
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
            cms.CMSAttribute(
                {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [named]})]}
            ),
        ]
    )
    value = signed_by(hand, hashlib.sha256(attributes.dump()).digest())
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": hand.algorithm}),
            "signature": value,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([algos.DigestAlgorithm({"algorithm": "sha256"})]),
            "encap_content_info": {"content_type": "data"},
            "certificates": [own, *map(_read, hand.chain)],
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": content})


@lru_cache(maxsize=64)
def _read(certificate: bytes) -> x509.Certificate:
    """Return a certificate that is read once for all copies that it signs, and written again as it came."""
    return x509.Certificate.load(certificate)


def value_of(signature: cms.ContentInfo) -> bytes:
    """Return what a timestamp of a signature is over."""
    return bytes(signature["content"]["signer_infos"][0]["signature"].native)


def stamped(signature: cms.ContentInfo, token: bytes) -> cms.ContentInfo:
    """Return the signature with a timestamp over its value: level B-T."""
    attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]})
    again = cms.ContentInfo.load(signature.dump())
    again["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    return again


def certificates_in(token: bytes) -> list[bytes]:
    """Return the certificates that a signature or a timestamp brings, DER."""
    held = cms.ContentInfo.load(token)["content"]["certificates"]
    return [] if isinstance(held, core.Void) else [each.chosen.dump() for each in held]
