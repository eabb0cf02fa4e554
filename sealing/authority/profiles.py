"""What stands in our certificates and lists: X.509 version 3 (RFC 5280), P-256 with ECDSA and SHA-256. Pure.

Chinese stands as UTF8String. A certificate of the level `demo` says so in its subject, wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID, ObjectIdentifier

ROOT_DAYS = 3653  # ten years
LIST_LASTS = timedelta(days=7)
BEFORE = timedelta(minutes=5)  # clocks of those who check differ from ours
LONGEST = 64  # characters of a name, RFC 5280 appendix A
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
# The class of register and the country before the number of a legal entity: ETSI EN 319 412-1, 5.1.4.
REGISTER = "NTRCN-"


@dataclass(frozen=True)
class Subject:
    """Whose a certificate is: a person, of an institution, on a level that `unit` names. `code`: the USCC, or ""."""

    person: str
    institution: str
    code: str
    unit: str


@dataclass(frozen=True)
class Revoked:
    serial: int
    at: datetime
    reason: x509.ReasonFlags


def root(key: EllipticCurvePrivateKey, name: str, *, at: datetime) -> x509.Certificate:
    """Return the authority's certificate for its own key, valid from a moment on."""
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), _named(NameOID.COMMON_NAME, name)])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (
        _begun(subject, subject, key.public_key(), at, timedelta(days=ROOT_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def person(
    key: EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    public: EllipticCurvePublicKey,
    subject: Subject,
    *,
    at: datetime,
    days: int,
    list_url: str,
    issuer_url: str,
) -> x509.Certificate:
    """Return a person's certificate for signing documents, which nobody can deny to have signed."""
    usage = _usage(digital_signature=True, content_commitment=True)
    about = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url))
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
    return (
        _begun(_name_of(subject), issuer.subject, public, at, timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .add_extension(x509.AuthorityInformationAccess([about]), critical=False)
        .sign(key, SHA256())
    )


def revocation_list(
    key: EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    revoked: Iterable[Revoked],
    *,
    number: int,
    at: datetime,
) -> x509.CertificateRevocationList:
    """Return the list of what was revoked, to be replaced before `at` + LIST_LASTS."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(at + LIST_LASTS)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for each in revoked:
        row = x509.RevokedCertificateBuilder().serial_number(each.serial).revocation_date(each.at)
        if each.reason is not x509.ReasonFlags.unspecified:  # RFC 5280, 5.3.1: should then be absent
            row = row.add_extension(x509.CRLReason(each.reason), critical=False)
        builder = builder.add_revoked_certificate(row.build())
    return builder.sign(key, SHA256())


def _begun(
    subject: x509.Name, issuer: x509.Name, public: EllipticCurvePublicKey, at: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BEFORE)
        .not_valid_after(at + lasts)
    )


def _name_of(subject: Subject) -> x509.Name:
    entity = [_named(NameOID.ORGANIZATION_IDENTIFIER, REGISTER + subject.code)] if subject.code else []
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            _named(NameOID.ORGANIZATION_NAME, subject.institution),
            *entity,
            _named(NameOID.ORGANIZATIONAL_UNIT_NAME, subject.unit),
            _named(NameOID.COMMON_NAME, subject.person),
        ]
    )


def _named(kind: ObjectIdentifier, words: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(kind, words[:LONGEST])


def _usage(**given: bool) -> x509.KeyUsage:
    every = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    return x509.KeyUsage(**{**every, **given})
