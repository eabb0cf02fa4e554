from institutions.models.authority import Authority
from institutions.models.institution import Institution, InstitutionQuerySet, NameGrams, Role, same_legal_entity
from institutions.models.membership import Membership, institutions_of
from institutions.models.profiles import ElderCareProfile, MedicalProfile

__all__ = [
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
