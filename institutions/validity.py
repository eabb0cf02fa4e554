"""How long what an institution must hold is still valid, in one word: for a row, and for a query over many."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Case, CharField, DateField, F, Q, Value, When
from django.db.models.functions import Coalesce

from frame.chips import Chip
from institutions.models import Document, ElderCareProfile, Institution, MedicalProfile, Role
from institutions.problems import LICENCE_NOTICE_DAYS


class Validity(StrEnum):
    VALID = "valid"
    ENDING = "ending"
    LAPSED = "lapsed"
    UNREGISTERED = "unregistered"
    NOT_NEEDED = "not_needed"


CHIPS = {
    Validity.VALID: Chip("有效", "tick", "pine"),
    Validity.ENDING: Chip("即将到期", "hourglass", "amber"),
    Validity.LAPSED: Chip("已失效", "cross", "cinnabar"),
    Validity.UNREGISTERED: Chip("未登记", "info", "grey"),
    Validity.NOT_NEEDED: Chip("无需备案", "info", "grey"),
}


def document_of(institution: Institution) -> Document:
    """Return what this institution must hold."""
    return Document.LICENCE if institution.role == Role.MEDICAL else Document.FILING


def last_day_of(institution: Institution) -> date | None:
    """Return the last day on which licence or filing holds; None where it has no end or none is entered."""
    match institution.profile:
        case MedicalProfile() as profile:
            return profile.licence_valid_to
        case ElderCareProfile() as profile:
            return profile.filing_valid_to
    return None


def validity_of(institution: Institution, on: date) -> Validity:
    """Return the word for a row on a day. `validity_on` says the same in SQL; a test compares them."""
    match institution.profile:
        case MedicalProfile() as profile:
            entered = bool(profile.licence_number and profile.licence_valid_to)
            return _judged(profile.licence_valid_to, on) if entered else Validity.UNREGISTERED
        case ElderCareProfile() as profile:
            if profile.filing_number or profile.filed_on:
                return _judged(profile.filing_valid_to, on)
            must = profile.kind in ElderCareProfile.KINDS_TO_FILE
            return Validity.UNREGISTERED if must else Validity.NOT_NEEDED
    return Validity.UNREGISTERED


def _judged(last_day: date | None, on: date) -> Validity:
    if last_day is None or last_day > on + timedelta(days=LICENCE_NOTICE_DAYS):
        return Validity.VALID
    return Validity.ENDING if last_day >= on else Validity.LAPSED


def last_day_expression() -> Coalesce:
    """The last day of licence or filing as an expression over institutions."""
    return Coalesce(
        F("medical_profile__licence_valid_to"), F("elder_care_profile__filing_valid_to"), output_field=DateField()
    )


def validity_on(on: date) -> Case:
    """The word as an expression over institutions, for filters, counts and the sweep."""
    soon = on + timedelta(days=LICENCE_NOTICE_DAYS)
    medical, elder_care = Q(role=Role.MEDICAL), Q(role=Role.ELDER_CARE)
    no_licence = Q(medical_profile__isnull=True) | Q(medical_profile__licence_number="")
    no_licence |= Q(medical_profile__licence_valid_to__isnull=True)
    unfiled = Q(elder_care_profile__filing_number="", elder_care_profile__filed_on__isnull=True)
    must_file = Q(elder_care_profile__kind__in=sorted(ElderCareProfile.KINDS_TO_FILE))
    last_day = ("medical_profile__licence_valid_to", "elder_care_profile__filing_valid_to")
    return Case(
        When(medical & no_licence, then=Value(Validity.UNREGISTERED.value)),
        When(elder_care & Q(elder_care_profile__isnull=True), then=Value(Validity.UNREGISTERED.value)),
        When(elder_care & unfiled & must_file, then=Value(Validity.UNREGISTERED.value)),
        When(elder_care & unfiled, then=Value(Validity.NOT_NEEDED.value)),
        *(
            When(side & Q(**{f"{field}__lt": day}), then=Value(word.value))
            for word, day in ((Validity.LAPSED, on), (Validity.ENDING, soon + timedelta(days=1)))
            for side, field in zip((medical, elder_care), last_day, strict=True)
        ),
        default=Value(Validity.VALID.value),
        output_field=CharField(),
    )
