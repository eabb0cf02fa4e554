"""Who may do what with a registered institution. Views get their institution from here and nowhere else."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from frame.guards import Addressed
from institutions.models import (
    Duty,
    Institution,
    InstitutionQuerySet,
    Membership,
    has_duty,
    institutions_held_by,
    keeps_facts_of,
    memberships_in_use,
    remit_of,
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


def is_of(user: User, institution: Institution) -> bool:
    """Whether the person holds any duty there."""
    return institutions_held_by(user).filter(pk=institution.pk).exists()


def answers_for(user: User, institution: Institution) -> bool:
    """Whether the institution lies in the person's remit, as a reviewer or a supervisor."""
    return remit_of(user).filter(pk=institution.region_id).exists()


def keeps_register(user: User, institution: Institution) -> bool:
    """Whether the person is a reviewer whose authority's region holds the institution; supervisors only read."""
    return _reviews_over(user, institution).exists()


def is_competent(user: User, institution: Institution) -> bool:
    """Whether the person is a reviewer of the bureau that watches it: health for medical, civil affairs for care."""
    return _reviews_over(user, institution).filter(authority__kind=institution.watched_by).exists()


def can_edit(user: User, institution: Institution) -> bool:
    return keeps_facts_of(user, institution) or keeps_register(user, institution)


def can_enter_validity(user: User, institution: Institution) -> bool:
    """Whether the person enters a new licence or filing period: the institution with a scan, or its bureau."""
    return keeps_facts_of(user, institution) or is_competent(user, institution)


def reads_history(user: User, institution: Institution) -> bool:
    return Institution.objects.concerning(user).filter(pk=institution.pk).exists()


def can_add(user: User) -> bool:
    """Whether the person registers new institutions at all; where, the form says."""
    return has_duty(user, Duty.REVIEWER)


def _reviews_over(user: User, institution: Institution) -> QuerySet[Membership]:
    held = memberships_in_use(user).filter(duty=Duty.REVIEWER)
    return held.filter(authority__region__code__in=institution.region.chain_codes)


def visible(user: User) -> InstitutionQuerySet:
    return Institution.objects.visible_to(user).with_profiles()


INSTITUTION = Addressed(visible)
with_institution = INSTITUTION.guard()
with_editable = INSTITUTION.guard(can_edit)
with_kept = INSTITUTION.guard(keeps_register)
with_watched = INSTITUTION.guard(can_enter_validity)
with_competent = INSTITUTION.guard(is_competent)
with_readable_history = INSTITUTION.guard(reads_history)
