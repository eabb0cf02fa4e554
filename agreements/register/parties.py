"""The two sides as the agreement's page shows them: as frozen, else as registered today."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from agreements.models import Agreement
from audit.log import append
from duties.events import ContactsRead
from institutions.models import Role

FIRST = "甲方"


@dataclass(frozen=True)
class Side:
    role: Role
    called: str  # as the text calls it, mostly 甲方 or 乙方; "" while no template is chosen
    facts: dict[str, str]  # empty while the partner is not chosen
    contact: dict[str, Any]
    drafted: bool

    @property
    def whom(self) -> list[str]:
        """Return whose telephone number stands there; nobody's where none was given."""
        return [self.contact.get("contact_name") or "联系人"] if self.contact.get("contact_phone") else []


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


def note_contacts_read(agreement: Agreement, *, by: User) -> None:
    """Log that the person was shown how to reach the sides, about each institution, as wherever contacts are shown."""
    for side in sides_of(agreement):
        if side.whom:
            event = ContactsRead(place=side.facts["name"], whose=side.whom, number=agreement.number)
            append(event, by=by, subject=agreement.party(side.role))
