"""The checklist that applies to an institution, from its region's scheme, and as a case keeps it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from institutions.models import Institution, Role
from regions.checklist import ChecklistItem
from regions.rules import EligibilityChecklist
from regions.schemes import Applied, RuleSet, rules_for


@dataclass(frozen=True)
class Checklist:
    """The conditions with their source. `without` says what no confirmation means for an agreement: warns or blocks."""

    scheme: str  # its slug
    title: str
    source: str  # the sentence under which the conditions stand, with title and number of the document
    valid_months: int
    without: str
    items: tuple[ChecklistItem, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"items": [asdict(item) for item in self.items]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Checklist:
        return cls(**{**kept, "items": tuple(ChecklistItem(**item) for item in kept["items"])})

    def item(self, item_id: str) -> ChecklistItem | None:
        return next((item for item in self.items if item.id == item_id), None)


def checklist_for(institution: Institution, *, on: date | None = None) -> Checklist | None:
    """Return what the scheme of its region asks of this institution; None where nothing is asked."""
    return required_of(institution, rules_for(institution.region, on or timezone.localdate()))


def required_of(institution: Institution, rules: RuleSet) -> Checklist | None:
    """As `checklist_for`, under rules that are known already."""
    applied = rules.get(EligibilityChecklist)
    if applied is None or institution.role != Role.MEDICAL:
        return None
    if not applied.rule.is_for(is_private=institution.ownership != Institution.Ownership.PUBLIC):
        return None
    return _checklist(applied)


def _checklist(applied: Applied[EligibilityChecklist]) -> Checklist:
    rule, citation = applied.rule, applied.citation
    return Checklist(
        scheme=citation.scheme_slug,
        title=citation.scheme_title,
        source=str(citation),
        valid_months=rule.valid_months,
        without=rule.without,
        items=rule.items,
    )
