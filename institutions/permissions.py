"""Who may do what with a registered institution. Pages, verbs and imports ask here, so that there is one rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from accounts.models import User
from institutions.models import (
    Authority,
    Duty,
    ElderCareProfile,
    Institution,
    MedicalProfile,
    authorities_of,
    has_duty,
    institutions_held_by,
    keeps_facts_of,
    remit_of,
)
from regions.models import Region

OWN = ("address", "legal_representative", "phone", "opened_on")
REGISTERED = ("uscc", "operator_name", "operator_uscc", "region", "ownership")
RESIDENTS = ("residents", "residents_60", "residents_65", "residents_80")
OWN_OF_PROFILE: Mapping[type[models.Model], tuple[str, ...]] = {
    MedicalProfile: (),
    ElderCareProfile: ("beds", *RESIDENTS, "has_own_clinic", "own_clinic_since", "own_clinic_until"),
}
REGISTERED_OF_PROFILE: Mapping[type[models.Model], tuple[str, ...]] = {
    MedicalProfile: ("kind", "level", "is_primary", "is_insurance_designated"),
    ElderCareProfile: ("kind",),
}


@dataclass(frozen=True)
class Rights:
    """What of an institution one person may change; `names`: for one that is newly registered, its name too."""

    own: bool = False
    keeps: bool = False
    competent: bool = False
    names: bool = False

    @property
    def of_institution(self) -> tuple[str, ...]:
        named = ("name",) if self.names else ()
        return (*named, *(OWN if self.own or self.keeps else ()), *(REGISTERED if self.keeps else ()))

    def of_profile(self, kind: type[MedicalProfile | ElderCareProfile]) -> tuple[str, ...]:
        own = OWN_OF_PROFILE[kind] if self.own or self.keeps else ()
        registered = REGISTERED_OF_PROFILE[kind] if self.keeps else ()
        # Corrected in the form by the bureau that watches; a new period is entered by its own act.
        return (*registered, *own, *(kind.PERIOD if self.competent else ()))


def rights_to_change(user: User, institution: Institution) -> Rights:
    """Return which facts of a registered institution the person may change."""
    return Rights(
        own=keeps_facts_of(user, institution),
        keeps=keeps_register(user, institution),
        competent=is_competent(user, institution),
    )


def is_of(user: User, institution: Institution) -> bool:
    """Whether the person holds any duty there."""
    return institutions_held_by(user).filter(pk=institution.pk).exists()


def answers_for(user: User, institution: Institution) -> bool:
    """Whether the institution lies in the person's remit, as a reviewer or a supervisor."""
    return remit_of(user).filter(pk=institution.region_id).exists()


def keeps_register(user: User, institution: Institution) -> bool:
    """Whether the person is a reviewer whose authority's region holds the institution; supervisors only read."""
    return keeps_register_in(user, institution.region)


def keeps_register_in(user: User, region: Region) -> bool:
    """Whether the person registers institutions in a region, or moves one there."""
    return _reviews_over(user, region).exists()


def is_competent(user: User, institution: Institution) -> bool:
    """Whether the person is a reviewer of the bureau that watches it: health for medical, civil affairs for care."""
    return _reviews_over(user, institution.region).filter(kind=institution.watched_by).exists()


def can_edit(user: User, institution: Institution) -> bool:
    return keeps_facts_of(user, institution) or keeps_register(user, institution)


def can_enter_validity(user: User, institution: Institution) -> bool:
    """Whether the person enters a new licence or filing period: the institution with a scan, or its bureau."""
    return keeps_facts_of(user, institution) or is_competent(user, institution)


def reads_history(user: User, institution: Institution) -> bool:
    return Institution.objects.concerning(user).filter(pk=institution.pk).exists()


def can_add(user: User) -> bool:
    """Whether the person registers new institutions at all; where, the form and the verb say."""
    return has_duty(user, Duty.REVIEWER)


def _reviews_over(user: User, region: Region) -> QuerySet[Authority]:
    return authorities_of(user, Duty.REVIEWER).answering().filter(region__code__in=region.chain_codes)
