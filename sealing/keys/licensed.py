"""Which authorities count as licensed (电子签名法 16 to 18): those whose roots the operator has put into a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings

LONGEST_CHAIN = 6


def roots() -> list[x509.Certificate]:
    """Return the configured roots, none without a file. Raises OSError, ValueError for one that cannot be read."""
    if not settings.LICENSED_ROOTS:
        return []
    return x509.load_pem_x509_certificates(Path(settings.LICENSED_ROOTS).read_bytes())


def are_configured() -> bool:
    try:
        return bool(roots())
    except (OSError, ValueError):
        return False


def chain_to_root(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], at: datetime
) -> list[x509.Certificate] | None:
    """Return what stands above a certificate, up to a configured root; None where it leads to none.

    Each must have issued the one below it, be allowed to, and be valid at the moment.
    """
    trusted = roots()
    above: list[x509.Certificate] = []
    below = certificate
    while len(above) < LONGEST_CHAIN:
        issuer = next((each for each in [*trusted, *others] if _has_issued(each, below, at)), None)
        if issuer is None:
            return None
        above.append(issuer)
        if issuer in trusted:
            return above
        below = issuer
    return None


def _has_issued(issuer: x509.Certificate, below: x509.Certificate, at: datetime) -> bool:
    if issuer == below or not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc or not _may_issue(issuer):
        return False
    try:
        below.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _may_issue(issuer: x509.Certificate) -> bool:
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return False
    except ValueError:
        return False
