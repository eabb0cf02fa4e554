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
    "Duty",
    "authorities_of",
    "has_duty",
    "remit_of",
    "Authority",
    "ElderCareProfile",
    "Institution",
    "InstitutionQuerySet",
    "MedicalProfile",
    "Membership",
    "NameGrams",
    "Role",
    "institutions_of",
    "same_legal_entity",
]
