"""The two sides as the agreement's page shows them: as frozen, else as registered today."""

from dataclasses import dataclass
from typing import Any

from agreements.models import Agreement
from institutions.models import Role

FIRST = "甲方"


@dataclass(frozen=True)
class Side:
    role: Role
    called: str  # as the text calls it, mostly 甲方 or 乙方; "" while no template is chosen
    facts: dict[str, str]  # empty while the partner is not chosen
    contact: dict[str, Any]
    drafted: bool


def sides_of(agreement: Agreement) -> list[Side]:
    """Return both sides, 甲方 first; where the text names no 甲方, the drafting side first."""
    body = agreement.template_version.parsed if agreement.template_version else None
    called = body.called if body else {}
    sides = [
        Side(
            role,
            called.get(role.value, ""),
            agreement.party_facts(role),
            agreement.contact(role),
            drafted=role is agreement.drafting_role,
        )
        for role in Role
    ]
    return sorted(sides, key=lambda side: side.called != FIRST if FIRST in called.values() else not side.drafted)
