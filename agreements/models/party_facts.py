"""What is known of a party: printed in a text, shown on the page, and copied when the text is frozen."""

from __future__ import annotations

from typing import Any

from institutions.models import Institution

FACTS = ("name", "uscc", "operator_name", "operator_uscc", "address", "legal_representative", "phone")


def facts_of(institution: Institution | None) -> dict[str, str]:
    """Return a party's facts as registered today, by FACTS; {} while no party is chosen."""
    return {fact: str(getattr(institution, fact)) for fact in FACTS} if institution else {}


def snapshot_of(institution: Institution | None) -> dict[str, Any]:
    """Return the facts as they are frozen, with id and region code: a later renaming changes nothing issued.

    Raises ValueError while no party is chosen.
    """
    if institution is None:
        raise ValueError("both parties must be chosen before freezing")
    return {"id": institution.pk, "region": institution.region.code, **facts_of(institution)}
