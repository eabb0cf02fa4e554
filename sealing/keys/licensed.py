"""Which authorities count as licensed (电子签名法 16 to 18): those whose roots the operator has put into a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from django.conf import settings

from sealing.keys.paths import above

LONGEST_CHAIN = 6
# What authorities write into certificates of people who sign. Not those for websites, programs or timestamps.
FOR_DOCUMENTS = frozenset(
    {
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # documents, RFC 9336
        ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft's for documents
        ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe's
    }
)


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
    """Return what stands above a certificate, up to a configured root; None where no path to one is valid then.

    Each may issue for what stands below it, agreements among it. Raises OSError, ValueError as `roots` does.
    """
    found = above(certificate, others, roots(), at)
    if found is None or len(found) > LONGEST_CHAIN or not all(map(is_for_documents, found)):
        return None
    return found


def is_for_documents(certificate: x509.Certificate) -> bool:
    """Whether a certificate may sign documents, as far as its extended key usage says: one that names none may.

    Of one that stands above others it says for what those may be (as browsers and Adobe take it, beyond RFC 5280).
    """
    try:
        named = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except (ValueError, x509.DuplicateExtension):
        return False
    return any(each in FOR_DOCUMENTS for each in named)
