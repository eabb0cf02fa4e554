"""Who may see and do what with an eligibility case. Views get their case from here and nowhere else."""

from django.db.models import Q, QuerySet

from accounts.models import User
from eligibility.models import EligibilityCase
from frame.guards import Addressed
from institutions.models import (
    Institution,
    InstitutionQuerySet,
    institutions_of,
    institutions_read_by,
    remit_of,
    reviews_for,
    works_for,
)


def can_answer(user: User, case: EligibilityCase) -> bool:
    """Whether the user is a clerk of the institution. The state is the verb's own guard."""
    return institutions_of(user).filter(pk=case.institution_id).exists()


def can_review(user: User, case: EligibilityCase) -> bool:
    """Whether the user is a reviewer of that very health authority; other officials of the remit only read."""
    return reviews_for(user, case.authority)


def is_their_own(user: User, case: EligibilityCase) -> bool:
    """Whether the user submitted the case or works for the institution, whatever places they hold."""
    return case.submitted_by_id == user.pk or works_for(user, case.institution_id)


def can_begin(user: User, institution: Institution) -> bool:
    return institutions_of(user).filter(pk=institution.pk).exists()


def visible(user: User) -> QuerySet[EligibilityCase]:
    return EligibilityCase.objects.visible_to(user).with_places()


def readable(user: User) -> InstitutionQuerySet:
    """Return the institutions whose cases the person reads: with its papers, or as an official of its area."""
    own = institutions_read_by(user).values("pk")
    return Institution.objects.filter(Q(pk__in=own) | Q(region__in=remit_of(user))).with_profiles()


CASE = Addressed(visible, word="case")
with_case = CASE.guard()
with_own_case = CASE.guard(can_answer)
with_review = CASE.guard(can_review)
with_institution = Addressed(readable).guard()
