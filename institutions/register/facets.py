"""What the register can be narrowed by. A facet is data: its words, and the expression that gives a row its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role
from institutions.validity import CHIPS, validity_on

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Facet:
    """`words`: value in the address → what people read, in the order shown. A row of no value is under none of them."""

    name: str
    label: str
    words: Mapping[str, str]
    expression: Callable[[date], Combinable]

    @property
    def column(self) -> str:
        return f"facet_{self.name}"


def own_clinic_on(on: date) -> Case:
    """Whether an elder-care institution has an own clinic on a day; "" for medical ones. No known beginning counts."""
    profile = "elder_care_profile__"
    entered = Q(**{f"{profile}has_own_clinic": True}) | Q(**{f"{profile}own_clinic_until__isnull": False})
    begun = Q(**{f"{profile}own_clinic_since__isnull": True}) | Q(**{f"{profile}own_clinic_since__lte": on})
    not_over = Q(**{f"{profile}own_clinic_until__isnull": True}) | Q(**{f"{profile}own_clinic_until__gte": on})
    return Case(
        When(role=Role.MEDICAL, then=Value("")),
        When(entered & begun & not_over, then=Value(YES)),
        default=Value(NO),
        output_field=CharField(),
    )


def _kind(on: date) -> Coalesce:
    return Coalesce("medical_profile__kind", "elder_care_profile__kind", Value(""))


ROLE = Facet("role", "类别", dict(Role.choices), lambda on: F("role"))
KIND = Facet("kind", "机构类型", dict([*MedicalProfile.Kind.choices, *ElderCareProfile.Kind.choices]), _kind)
OWNERSHIP = Facet("ownership", "性质", dict(Institution.Ownership.choices), lambda on: F("ownership"))
CLINIC = Facet("clinic", "自设医务室", {YES: "有自设医务室", NO: "没有自设医务室"}, own_clinic_on)
STATUS = Facet("status", "状态", dict(Institution.Status.choices), lambda on: F("status"))
VALIDITY = Facet("validity", "许可/备案", {word.value: chip.word for word, chip in CHIPS.items()}, validity_on)
FACETS = (ROLE, KIND, STATUS, VALIDITY, CLINIC, OWNERSHIP)
