from institutions.models.authority import Authority
from institutions.models.institution import Institution, InstitutionQuerySet, NameGrams, Role, same_legal_entity
from institutions.models.membership import (
    Duty,
    Membership,
    authorities_of,
    has_duty,
    institutions_of,
    remit_of,
)
from institutions.models.profiles import ElderCareProfile, MedicalProfile

__all__ = [
    "Authority",
    "Duty",
    "ElderCareProfile",
    "Institution",
    "InstitutionQuerySet",
    "MedicalProfile",
    "Membership",
    "NameGrams",
    "Role",
    "authorities_of",
    "has_duty",
    "institutions_of",
    "remit_of",
    "same_legal_entity",
]
