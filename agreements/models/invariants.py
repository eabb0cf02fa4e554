"""What is true of every agreement in every state: the database refuses a row of which it is not."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from agreements.models.states import (
    BEFORE_FREEZING,
    DRAFTS,
    ENDED_EARLY,
    GIVEN_UP,
    HAS_BEEN_IN_FORCE,
    SIGNING_OR_LATER,
    State,
)
from agreements.models.ways import Way

ASKED = {
    "medical_signed_on__isnull": False,
    "elder_care_signed_on__isnull": False,
    "rescission_side__in": ["medical", "elder_care"],
    "rescission_asked_by__isnull": False,
}

INVARIANTS: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(drafting_way__in=Way.values), name="drafting_side_signs_in_a_known_way"),
    # A state that no list asks for would bury a row.
    models.CheckConstraint(condition=Q(state__in=State.values), name="agreement_in_a_known_state"),
    models.CheckConstraint(
        condition=Q(medical__isnull=True) | Q(elder_care__isnull=True) | ~Q(medical=F("elder_care")),
        name="two_different_parties",
    ),
    models.CheckConstraint(
        condition=Q(state__in=DRAFTS)
        | Q(medical__isnull=False, elder_care__isnull=False, template_version__isnull=False),
        name="beyond_draft_is_complete",
    ),
    models.CheckConstraint(
        condition=Q(state__in=BEFORE_FREEZING, frozen__isnull=True)
        | ~Q(state__in=BEFORE_FREEZING) & Q(frozen__isnull=False),
        name="frozen_exactly_from_agreed_on",
    ),
    models.CheckConstraint(
        condition=Q(kind="original", predecessor__isnull=True) | ~Q(kind="original") & Q(predecessor__isnull=False),
        name="linked_exactly_when_not_original",
    ),
    models.UniqueConstraint(
        fields=["predecessor"],
        condition=Q(kind__in=["renewal", "replacement"]) & ~Q(state__in=GIVEN_UP),
        name="one_live_successor",
    ),
    models.CheckConstraint(
        condition=Q(state__in=SIGNING_OR_LATER)
        | Q(medical_signed_on__isnull=True, elder_care_signed_on__isnull=True)
        | Q(state="rescinded"),
        name="signed_on_only_from_signing_on",
    ),
    models.CheckConstraint(
        # What both have signed is dissolved by both: one asked, and said why.
        condition=(Q(state="signing") | Q(state="rescinded")) & Q(**ASKED) & ~Q(rescission_reason="")
        | ~Q(state="rescinded") & Q(rescission_side="", rescission_asked_by__isnull=True, rescission_reason=""),
        name="rescinded_only_when_asked_by_one_of_both",
    ),
    models.CheckConstraint(
        condition=Q(
            state__in=HAS_BEEN_IN_FORCE,
            medical_signed_on__isnull=False,
            elder_care_signed_on__isnull=False,
            certified_at__isnull=False,
            template__isnull=False,
            effective_on__isnull=False,
            starts_on__isnull=False,
            expires_on__isnull=False,
        )
        | ~Q(state__in=HAS_BEEN_IN_FORCE)
        & Q(
            certified_at__isnull=True,
            template__isnull=True,
            effective_on__isnull=True,
            starts_on__isnull=True,
            expires_on__isnull=True,
        ),
        name="dated_exactly_from_in_force_on",
    ),
    models.CheckConstraint(
        condition=Q(state__in=ENDED_EARLY, ended_on__isnull=False)
        | ~Q(state__in=ENDED_EARLY) & Q(ended_on__isnull=True),
        name="ended_on_exactly_when_ended_early",
    ),
    models.CheckConstraint(
        condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("effective_on"), ended_on__lte=F("expires_on")),
        name="ended_on_within_the_term",
    ),
    models.CheckConstraint(
        condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("starts_on"), starts_on__gte=F("effective_on")),
        name="term_ends_after_it_starts",
    ),
    # Two agreements of the same pair on the same template are never in force on the same day.
    ExclusionConstraint(
        name="one_in_force_per_pair_and_template",
        expressions=[
            ("medical", RangeOperators.EQUAL),
            ("elder_care", RangeOperators.EQUAL),
            ("template", RangeOperators.EQUAL),
            (
                Func(F("starts_on"), F("expires_on"), Value("[]"), function="daterange"),
                RangeOperators.OVERLAPS,
            ),
        ],
        condition=Q(state="in_force") & ~Q(kind="supplement"),
    ),
]
