"""What one person may do with one institution, for its page, and the guards from which views get their institution."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from frame.guards import Addressed
from institutions.models import Institution, InstitutionQuerySet, keeps_facts_of
from institutions.permissions import (
    answers_for,
    can_edit,
    can_enter_validity,
    is_competent,
    is_of,
    keeps_register,
    reads_history,
)


@dataclass(frozen=True)
class May:
    """What one person may do with one institution, for its page."""

    is_of: bool
    edits_own: bool
    keeps: bool
    is_competent: bool
    reads_history: bool

    @property
    def edits(self) -> bool:
        return self.edits_own or self.keeps

    @property
    def enters_validity(self) -> bool:
        return self.edits_own or self.is_competent


def rights_of(user: User, institution: Institution) -> May:
    """Return what the person may do there, asked once for a page."""
    belongs = is_of(user, institution)
    return May(
        is_of=belongs,
        edits_own=belongs and keeps_facts_of(user, institution),
        keeps=keeps_register(user, institution),
        is_competent=is_competent(user, institution),
        reads_history=belongs or answers_for(user, institution),
    )


def visible(user: User) -> InstitutionQuerySet:
    return Institution.objects.visible_to(user).with_profiles()


INSTITUTION = Addressed(visible)
with_institution = INSTITUTION.guard()
with_editable = INSTITUTION.guard(can_edit)
with_kept = INSTITUTION.guard(keeps_register)
with_watched = INSTITUTION.guard(can_enter_validity)
with_competent = INSTITUTION.guard(is_competent)
with_readable_history = INSTITUTION.guard(reads_history)
