"""Which certificates lead to a root, by the rules of RFC 5280, 6: pyHanko's validator, which knows them all.

Dates, signatures, who may issue, how far down, for which names, and what is critical and not understood. What was
revoked is asked elsewhere (`sealing/lists.py`): this one fetches nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor, derive_quals_from_cert
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError


def above(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> list[x509.Certificate] | None:
    """Return what stands above a certificate, the nearest first and a root last; None where no path to one is valid.

    A root that has ended leads nowhere, though the rules do not ask for its dates.
    """
    trusted = [each for each in roots if each.not_valid_before_utc <= at <= each.not_valid_after_utc]
    known = {each.public_bytes(Encoding.DER): each for each in (*trusted, *others)}
    context = ValidationContext(
        trust_roots=[_anchor(_read(each)) for each in trusted],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    asked = CertificateValidator(_read(certificate), map(_read, others), validation_context=context)
    try:
        # The validator is asynchronous and we are not: a thread of its own has no loop that could be in the way.
        with ThreadPoolExecutor(1) as thread:
            path = thread.submit(lambda: asyncio.run(asked.async_validate_path())).result()
        found = [known[each.dump()] for each in path.iter_certs(include_root=True) if each.dump() in known]
    except (PathBuildingError, ValidationError, ValueError, TypeError, KeyError):  # the last three: it cannot be read
        return None
    found.reverse()
    return [each for each in found if each != certificate] or None


def _anchor(root: asn1.Certificate) -> CertTrustAnchor:
    """Return a root as one to trust, with the length and the names that it sets itself; not with its policies, which
    few authorities repeat below."""
    quals = derive_quals_from_cert(root)
    if (params := quals.standard_parameters) is not None:
        of_any = replace(params, user_initial_policy_set=frozenset({"any_policy"}), initial_explicit_policy=False)
        quals = replace(quals, standard_parameters=of_any)
    return CertTrustAnchor(root, quals)


def _read(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
