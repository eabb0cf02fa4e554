"""Two clerks at one survey, two people beginning one case, two reviewers deciding it, on connections of their own."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from accounts.models import User
from audit.models import Entry
from duties import bureaus
from eligibility import answering, reviewing
from eligibility.models import EligibilityCase
from institutions.models import Authority, Duty, Institution, Membership
from notifications.models import Notice
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from surveys import events, rounds, saving
from surveys.models import Survey, SurveyRound
from tests import factories
from tests.at_once import at_once
from tests.duties.closing import confirmed, deputy
from tests.eligibility.conftest import ALL_MET, answered
from tests.surveys.answers import ELDER_CARE
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)

MADE_UP = Path(__file__).resolve().parent.parent / "eligibility" / "made_up"
State = EligibilityCase.State


def refusals(results: list[object]) -> list[WrongState]:
    return [result for result in results if isinstance(result, WrongState)]


def test_of_two_clerks_one_edition_is_handed_in(
    elder_care_institution: Institution, elder_care_clerk: User, colleague: User
) -> None:
    def hand_in(by: User, beds: int) -> Survey | None:
        try:
            values = {**ELDER_CARE, "beds": beds}
            return saving.hand_in(elder_care_institution, by=by, revision=0, values=values)
        except saving.StaleSurvey:
            return None

    results = at_once(lambda: hand_in(elder_care_clerk, 120), lambda: hand_in(colleague, 130))
    [winner] = [each for each in results if each is not None]
    assert Survey.objects.get() == winner
    assert Entry.objects.filter(event=events.Saved.code).count() == 1
    elder_care_institution.elder_care_profile.refresh_from_db()
    assert elder_care_institution.elder_care_profile.beds == winner.beds


def test_a_round_is_opened_and_closed_once(
    health_authority: Authority, health_reviewer: User, medical_clerk: User
) -> None:
    def ask() -> SurveyRound:
        return rounds.ask(health_authority, by=health_reviewer, title="摸底", due_on=factories.FAR_AHEAD)

    assert len(refusals(at_once(ask, ask))) == 1
    assert Notice.objects.filter(kind="survey_asked").count() == 1
    opened = SurveyRound.objects.get()
    closing = at_once(
        lambda: rounds.close(opened, by=health_reviewer), lambda: rounds.close(opened, by=health_reviewer)
    )
    assert len(refusals(closing)) == 1


def test_a_case_is_begun_and_decided_once(
    medical_institution: Institution, medical_clerk: User, health_authority: Authority, health_reviewer: User
) -> None:
    load_scheme_files(read_schemes(MADE_UP))

    def begin() -> EligibilityCase:
        return answering.begin(medical_institution, by=medical_clerk)

    assert len(refusals(at_once(begin, begin))) == 1
    row = answered(EligibilityCase.objects.get(), medical_clerk)
    row = answering.submit(row, by=medical_clerk, revision=row.revision)
    row = reviewing.review(row, by=health_reviewer, revision=row.revision, findings=ALL_MET)
    until = factories.today() + timedelta(days=90)
    results = at_once(
        lambda: reviewing.confirm(row, by=health_reviewer, valid_from=factories.today(), valid_to=until),
        lambda: reviewing.return_(row, by=health_reviewer, reason="看不清。"),
    )
    assert len(refusals(results)) == 1
    row.refresh_from_db()
    assert bool(row.valid_to) != bool(row.reason)
    if row.state == State.RETURNED:
        return
    later = until + timedelta(days=1)
    assert sorted(at_once(lambda: reviewing.expire_due(on=later), lambda: reviewing.expire_due(on=later))) == [0, 1]


@pytest.mark.parametrize("what", ["round", "case"])
def test_what_begins_while_a_bureau_closes_with_nobody_to_follow_is_nobodys_orphan(
    what: str,
    health_authority: Authority,
    health_reviewer: User,
    platform_administrator: User,
    medical_institution: Institution,
    medical_clerk: User,
) -> None:
    load_scheme_files(read_schemes(MADE_UP))
    confirming = deputy()
    begun: dict[str, Callable[[], object]] = {
        "round": partial(rounds.ask, health_authority, by=health_reviewer, title="摸底", due_on=factories.FAR_AHEAD),
        "case": partial(answering.begin, medical_institution, by=medical_clerk),
    }
    for _ in range(6):
        SurveyRound.objects.all().delete()
        EligibilityCase.objects.all().delete()
        Authority.objects.filter(pk=health_authority.pk).update(closed_on=None)
        Membership.objects.get_or_create(
            user=health_reviewer, authority=health_authority, duty=Duty.REVIEWER, state=Membership.State.EFFECTIVE
        )
        bureaus.ask_to_close(health_authority, by=platform_administrator, reason="没有启用过")
        at_once(begun[what], partial(confirmed, health_authority, by=confirming))
        bureaus.let_be(health_authority, by=platform_administrator)
        for row in (*SurveyRound.objects.all(), *EligibilityCase.objects.all()):
            assert row.authority.closed_on is None
