from institutions.models.authority import Authority, AuthorityQuerySet
from institutions.models.duty import AT_AUTHORITIES, AT_INSTITUTIONS, HELD, Duty, holds_none
from institutions.models.institution import Institution, InstitutionQuerySet, Role, same_legal_entity
from institutions.models.membership import (
    Membership,
    has_duty,
    institutions_held_by,
    institutions_kept_by,
    institutions_led_by,
    institutions_of,
    institutions_read_by,
    institutions_signed_for_by,
    is_official,
    keeps_facts_of,
    keys_read_by,
    keys_signed_for_by,
    memberships_in_use,
    reviews_for,
    works_at,
    works_for,
)
from institutions.models.names import FormerName
from institutions.models.profiles import ElderCareProfile, MedicalProfile
from institutions.models.remit import authorities_of, remit_of
from institutions.models.validity import Document, Lapse, ValidityPeriod

__all__ = [
    "AT_AUTHORITIES",
    "AT_INSTITUTIONS",
    "HELD",
    "Authority",
    "AuthorityQuerySet",
    "Document",
    "Duty",
    "ElderCareProfile",
    "FormerName",
    "Institution",
    "InstitutionQuerySet",
    "Lapse",
    "MedicalProfile",
    "Membership",
    "Role",
    "ValidityPeriod",
    "authorities_of",
    "has_duty",
    "holds_none",
    "institutions_held_by",
    "institutions_kept_by",
    "institutions_led_by",
    "institutions_of",
    "institutions_read_by",
    "institutions_signed_for_by",
    "is_official",
    "keeps_facts_of",
    "keys_read_by",
    "keys_signed_for_by",
    "memberships_in_use",
    "remit_of",
    "reviews_for",
    "same_legal_entity",
    "works_at",
    "works_for",
]
