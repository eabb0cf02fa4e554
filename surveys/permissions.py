"""Who may see and do what with a survey. Views get their institution or round from here and nowhere else."""

from django.db.models import QuerySet

from accounts.models import User
from frame.guards import Addressed, only_for
from institutions.models import (
    Duty,
    Institution,
    InstitutionQuerySet,
    has_duty,
    institutions_held_by,
    is_official,
    keeps_facts_of,
    reviews_for,
)
from surveys.models import SurveyRound


def can_compare(user: User, institution: Institution, other: Institution) -> bool:
    """Whether the person may lay two institutions' services side by side: one is of the other side, and either the
    first is the own one and the second open to all, or both are of an official's remit."""
    if institution.role == other.role:
        return False
    if institutions_held_by(user).filter(pk=institution.pk).exists():
        return other.status == Institution.Status.OPEN
    return readable(user).filter(pk__in=[institution.pk, other.pk]).count() == 2


def reviews(user: User) -> bool:
    return has_duty(user, Duty.REVIEWER)


def can_close(user: User, opened: SurveyRound) -> bool:
    """Whether the person reviews for the very authority that asked."""
    return reviews_for(user, opened.authority)


def readable(user: User) -> InstitutionQuerySet:
    return Institution.objects.concerning(user).with_profiles()


def rounds_for(user: User) -> QuerySet[SurveyRound]:
    """Return the rounds that the person looks into. Institutions see that they are asked, and not who else was and
    has not answered.
    """
    if not is_official(user):
        return SurveyRound.objects.none()
    return SurveyRound.objects.visible_to(user).select_related("authority__region", "asked_by")


SURVEY = Addressed(readable)
with_survey = SURVEY.guard()
with_own_survey = SURVEY.guard(keeps_facts_of)
ROUND = Addressed(rounds_for)
with_round = ROUND.guard()
with_own_round = ROUND.guard(can_close)
for_reviewers = only_for(reviews)  # supervisors only read
