"""Which lists of revoked certificates (RFC 5280, 5 and 6.3) are believed of which certificate; read nowhere else.

A full list alone, by the key that issued the certificate. What is of another scope, or demands to be understood and
is not, says nothing: neither that a certificate is good nor that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

List = x509.CertificateRevocationList
UNDERSTOOD = (x509.IssuingDistributionPoint, x509.AuthorityKeyIdentifier, x509.CRLNumber)  # where they are critical
UNREADABLE = (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


def why_unused(made: List) -> str:
    """Return why a list says nothing of any certificate, for the operator; "" for one that is used."""
    try:
        extensions = list(made.extensions)
    except UNREADABLE as fault:
        return f"its extensions cannot be read: {fault}"
    for each in extensions:
        if isinstance(each.value, x509.DeltaCRLIndicator):
            return "it tells only what has changed (delta)"
        if each.critical and not isinstance(each.value, UNDERSTOOD):
            return f"critical extension {each.oid.dotted_string}"
        if isinstance(each.value, x509.IssuingDistributionPoint) and _is_partial(each.value):
            return "it is indirect, of some reasons or of attribute certificates"
    return ""


def on(certificate: x509.Certificate, issuer: x509.Certificate, among: Iterable[List]) -> list[List]:
    """Return those lists that tell of a certificate, as its issuer has signed them."""
    if not has_issued(issuer, certificate):
        return []
    return [each for each in among if tells_of(each, certificate) and is_by(each, issuer)]


def tells_of(made: List, certificate: x509.Certificate) -> bool:
    """Say whether a list is one that is used, and for such certificates; not whether their issuer has made it."""
    return not why_unused(made) and _covers(made, certificate)


def is_by(made: List, issuer: x509.Certificate) -> bool:
    """Say whether a list has a certificate's name, and a signature of its key, which may sign lists."""
    if made.issuer != issuer.subject:
        return False
    try:
        key = issuer.public_key()
        if not isinstance(key, EllipticCurvePublicKey | RSAPublicKey) or not _may_sign_lists(issuer):
            return False
        return made.is_signature_valid(key)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, *UNREADABLE):
        return False


def has_issued(issuer: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def number_of(made: List) -> int | None:
    """Return a list's number, None where it has none or it cannot be read."""
    try:
        return made.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None


def _is_partial(point: x509.IssuingDistributionPoint) -> bool:
    is_of_some = bool(point.only_some_reasons) or point.only_contains_attribute_certs
    return point.indirect_crl or is_of_some or point.relative_name is not None


def _covers(made: List, certificate: x509.Certificate) -> bool:
    """Say whether a certificate is of those that a list is for (RFC 5280, 6.3.3, b 2)."""
    try:
        point = made.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    try:
        if point.only_contains_ca_certs if not _is_authority(certificate) else point.only_contains_user_certs:
            return False
        return point.full_name is None or not _points(certificate).isdisjoint(point.full_name)
    except UNREADABLE:
        return False


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _points(certificate: x509.Certificate) -> set[x509.GeneralName]:
    """Return where a certificate says that its list lies."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for each in points for name in each.full_name or ()}


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True
