"""The demo's survey round and its eligibility case."""

from django.utils import timezone

from eligibility.models import EligibilityCase
from institutions.models import Duty, Membership
from surveys.models import Survey, SurveyRound


def test_a_round_is_answered_by_some_and_waits_for_the_rest(demo: None) -> None:
    opened = SurveyRound.objects.get()
    assert opened.due_on > timezone.localdate()
    assert opened.answered().count() == 4
    assert opened.unanswered().exists()
    assert Survey.objects.filter(state=Survey.State.DRAFT).count() == 1


def test_a_private_institution_waits_to_be_checked(demo: None) -> None:
    case = EligibilityCase.objects.get()
    assert (case.state, case.institution.region.code) == (EligibilityCase.State.SUBMITTED, "410105")
    assert Membership.objects.filter(authority=case.authority, duty=Duty.REVIEWER, user__is_active=True).exists()
    assert case.answers.count() == 13
    assert case.evidence.count() == 11
