"""Each verb in allowed states, in forbidden states, and failing half-way."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from audit.log import history
from audit.models import Entry
from filing import events as filing_events
from filing import lifecycle
from filing.deadlines import correction_due
from filing.models import Filing
from institutions.models import Authority, Duty, Membership
from notifications.models import Notice
from tests.factories import MembershipFactory
from tests.filing.fixtures import InState, ended
from tests.verbs.written import steps_of
from verbs.errors import NotAllowed, WrongState

State = Filing.State
Verb = Callable[[Filing], Filing]
TABLE = steps_of("filing")
OPENS_NEW_ROW = {"resubmit", "close"}
ONCE_ENDED = {"waive", "close"}  # while the agreement is in force: test_closing.py
BY_THE_CLERK = {"submit", "withdraw", "resubmit"}


@pytest.fixture
def verbs(elder_care_clerk: User, health_reviewer: User, second_reviewer: User) -> dict[str, Verb]:
    return {
        "submit": lambda filing: lifecycle.submit(filing, by=elder_care_clerk, remark="请查收"),
        "withdraw": lambda filing: lifecycle.withdraw(filing, by=elder_care_clerk),
        "take_up": lambda filing: lifecycle.take_up(filing, by=health_reviewer),
        "hand_over": lambda filing: lifecycle.hand_over(filing, by=health_reviewer, to=second_reviewer),
        "accept": lambda filing: lifecycle.accept(filing, by=health_reviewer),
        "return": lambda filing: lifecycle.return_(filing, by=health_reviewer, reasons="缺少第二页。"),
        "resubmit": lambda filing: lifecycle.resubmit(filing, by=elder_care_clerk, remark="已补第二页。"),
        "waive": lambda filing: lifecycle.waive(filing, by=health_reviewer, reason="协议只履行了三天。"),
        "close": lambda filing: lifecycle.close(filing, by=health_reviewer, reason="协议只履行了三天。"),
    }


def test_every_transition_has_a_verb_here(verbs: dict[str, Verb]) -> None:
    assert TABLE.keys() == verbs.keys()


def written_of(filing: Filing) -> dict[str, Any]:
    """Return the row without what the database notes of what came after it."""
    row = Filing.objects.values().get(pk=filing.pk)
    return {name: value for name, value in row.items() if name not in {"clock_on", "is_at_work"}}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(TABLE))
def test_verb_follows_the_table(
    verb: str,
    state: State,
    verbs: dict[str, Verb],
    in_state: InState,
    elder_care_clerk: User,
    health_reviewer: User,
) -> None:
    filing = in_state(state)
    if verb in ONCE_ENDED and state != State.CLOSED:
        ended(filing.agreement, by=elder_care_clerk)
    before, entries = written_of(filing), Entry.objects.count()
    step = TABLE[verb]
    if state not in step.sources:
        with pytest.raises(WrongState, match=state.label):
            verbs[verb](filing)
        assert written_of(filing) == before
        assert Entry.objects.count() == entries
        return
    after = verbs[verb](filing)
    assert Filing.objects.get(pk=after.pk).state == step.target
    entry = history(filing.agreement).filter(event=step.event, data__filing=after.pk)[0]
    assert entry.actor_id == (elder_care_clerk if verb in BY_THE_CLERK else health_reviewer).pk
    assert entry.data["authority"] == filing.authority.name
    assert (after.pk != filing.pk) == (verb in OPENS_NEW_ROW)
    if verb in OPENS_NEW_ROW:
        assert written_of(filing) == before


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("verb", list(TABLE))
def test_failing_log_undoes_the_whole_verb(verb: str, verbs: dict[str, Verb], in_state: InState) -> None:
    """A trigger that refuses the log must undo everything before it, numbers and notices included."""
    filing = in_state(State(min(TABLE[verb].sources)))
    if verb in ONCE_ENDED:
        ended(filing.agreement, by=filing.agreement.created_by)
    before = list(Filing.objects.order_by("pk").values())
    notices = Notice.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_log()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        verbs[verb](filing)
    assert list(Filing.objects.order_by("pk").values()) == before
    assert Notice.objects.count() == notices


@pytest.mark.parametrize("state", [state for state in State if state != State.CLOSED])  # that one has ended before
def test_filing_never_touches_the_agreement(state: State, agreement: Agreement, in_state: InState) -> None:
    before = Agreement.objects.values().get(pk=agreement.pk)
    in_state(state)
    assert Agreement.objects.values().get(pk=agreement.pk) == before


def test_submitting_starts_the_authoritys_clock_and_withdrawing_stops_it(
    filing: Filing, elder_care_clerk: User
) -> None:
    submitted = lifecycle.submit(filing, by=elder_care_clerk, remark="请查收")
    assert submitted.review_due_on is not None
    assert submitted.review_due_on > timezone.localdate()
    withdrawn = lifecycle.withdraw(submitted, by=elder_care_clerk)
    assert (withdrawn.submitted_at, withdrawn.submitted_by, withdrawn.review_due_on) == (None, None, None)
    assert withdrawn.due_on == filing.due_on


def test_a_colleague_decides_only_after_hand_over(
    in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    with pytest.raises(WrongState, match="孙昇审核，不能受理备案。需要由您办理的，请先转交给自己"):
        lifecycle.accept(filing, by=second_reviewer)
    with pytest.raises(WrongState, match="孙昇审核"):
        lifecycle.return_(filing, by=second_reviewer, reasons="缺页")
    handed = lifecycle.hand_over(filing, by=second_reviewer, to=second_reviewer)
    assert lifecycle.accept(handed, by=second_reviewer).decided_by == second_reviewer


def test_hand_over_only_to_reviewers_of_the_same_authority(
    in_state: InState, health_reviewer: User, second_reviewer: User, civil_affairs_officer: User, supervisor: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    for person in (civil_affairs_officer, supervisor):
        with pytest.raises(WrongState, match="不是越城区卫生健康局的审核员"):
            lifecycle.hand_over(filing, by=health_reviewer, to=person)
    with pytest.raises(WrongState, match="不必转交"):
        lifecycle.hand_over(filing, by=health_reviewer, to=health_reviewer)
    Membership.objects.filter(user=second_reviewer).delete()
    with pytest.raises(WrongState, match="不是"):
        lifecycle.hand_over(filing, by=health_reviewer, to=second_reviewer)


@pytest.mark.parametrize("reasons", ["", "  \n "])
def test_return_needs_reasons(reasons: str, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.UNDER_REVIEW)
    with pytest.raises(ValueError, match="reasons"):
        lifecycle.return_(filing, by=health_reviewer, reasons=reasons)


def test_resubmission_refers_to_what_was_returned_and_has_its_own_clock(
    in_state: InState, medical_clerk: User, health_reviewer: User
) -> None:
    returned = in_state(State.RETURNED)
    again = lifecycle.resubmit(returned, by=medical_clerk, remark="已补正。")
    assert (again.previous, again.round, again.due_on) == (returned, 2, returned.correction_due_on)
    assert again.is_platform_default
    assert "退回" in again.due_basis
    with pytest.raises(WrongState, match="已经补正重报"):
        lifecycle.resubmit(returned, by=medical_clerk, remark="再报一次。")
    taken_up = lifecycle.take_up(again, by=health_reviewer)
    third = lifecycle.resubmit(
        lifecycle.return_(taken_up, by=health_reviewer, reasons="仍不清。"), by=medical_clerk, remark="重新扫描。"
    )
    assert third.round == 3


def test_what_is_brought_in_later_is_decided_on_its_own_day(
    in_state: InState, health_reviewer: User, medical_clerk: User
) -> None:
    """It is written once: nobody moves it afterwards. A correction is due from that day on."""
    then = timezone.now() - timedelta(days=20)
    returned = lifecycle.return_(in_state(State.UNDER_REVIEW), by=health_reviewer, reasons="缺页", at=then)
    assert (returned.decided_at, returned.correction_due_on) == (
        then,
        correction_due(returned, timezone.localdate(then)).on,
    )
    again = lifecycle.take_up(lifecycle.resubmit(returned, by=medical_clerk, remark="已补"), by=health_reviewer)
    assert lifecycle.accept(again, by=health_reviewer, at=then).decided_at == then


def test_the_history_names_person_authority_and_reason(in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.RETURNED)
    entry = history(filing.agreement).filter(event=filing_events.Returned.code).get()
    assert entry.actor_name == str(health_reviewer)
    assert entry.data == {"filing": filing.pk, "authority": "越城区卫生健康局", "reason": "扫描件第3页不清。"}


def test_the_clerks_are_told_number_and_reasons_the_reviewers_what_came_in(
    in_state: InState, medical_clerk: User, elder_care_clerk: User, health_reviewer: User
) -> None:
    in_state(State.ACCEPTED)
    kinds = set(Notice.objects.values_list("kind", "recipient"))
    assert ("filing_submitted", health_reviewer.pk) in kinds
    assert {("filing_accepted", person.pk) for person in (medical_clerk, elder_care_clerk)} <= kinds


def test_nobody_decides_on_what_they_submitted_whatever_places_they_hold(
    filing: Filing, elder_care_clerk: User, health_reviewer: User, health_authority: Authority
) -> None:
    MembershipFactory.create(user=elder_care_clerk, authority=health_authority, duty=Duty.REVIEWER)
    here, there = ("institution", filing.agreement.elder_care_id or 0), ("authority", health_authority.pk)
    row = lifecycle.submit(filing, by=elder_care_clerk.at(*here))
    with pytest.raises(NotAllowed, match="您本人报送"):
        lifecycle.take_up(row, by=elder_care_clerk.at(*there))
    row = lifecycle.take_up(row, by=health_reviewer)
    with pytest.raises(WrongState, match="这份备案是这一位本人报送"):
        lifecycle.hand_over(row, by=health_reviewer, to=elder_care_clerk)
    Filing.objects.filter(pk=row.pk).update(taken_up_by=elder_care_clerk)
    for decide in (lifecycle.accept, partial(lifecycle.return_, reasons="缺页")):
        with pytest.raises(NotAllowed, match="您本人报送"):
            decide(row, by=elder_care_clerk.at(*there))


def test_nobody_decides_on_a_filing_of_their_own_house_whoever_submitted_it(
    filing: Filing, elder_care_clerk: User, health_reviewer: User, medical_clerk: User, health_authority: Authority
) -> None:
    """A partner of another county is in nobody's way when duties are granted."""
    MembershipFactory.create(user=medical_clerk, authority=health_authority, duty=Duty.REVIEWER)
    there = medical_clerk.at("authority", health_authority.pk)
    row = lifecycle.submit(filing, by=elder_care_clerk)
    with pytest.raises(NotAllowed, match="一方任职"):
        lifecycle.take_up(row, by=there)
    row = lifecycle.take_up(row, by=health_reviewer)
    with pytest.raises(WrongState, match="这一位在这份协议的一方任职"):
        lifecycle.hand_over(row, by=health_reviewer, to=medical_clerk)
    Filing.objects.filter(pk=row.pk).update(taken_up_by=medical_clerk)  # who was taken on over there since
    for decide in (lifecycle.accept, partial(lifecycle.return_, reasons="缺页")):
        with pytest.raises(NotAllowed, match="一方任职"):
            decide(row, by=there)


def test_a_refusal_reads_as_a_sentence(filing: Filing, health_reviewer: User) -> None:
    with pytest.raises(NotAllowed, match="您不能办理“报送”（这份备案）：要由有这项职责的人在所代表的单位办理。"):
        lifecycle.submit(filing, by=health_reviewer)


def test_the_clock_runs_against_whoever_has_to_act(in_state: InState) -> None:
    def clocked(row: Filing, today: date) -> tuple[date | None, bool, bool]:
        found = Filing.objects.with_clock(today).get(pk=row.pk)
        return found.clock_on, found.is_late, found.is_resubmitted

    for state in State:
        with transaction.atomic():
            row = in_state(state)
            days = {State.DUE: row.due_on, State.RETURNED: row.correction_due_on, State.ACCEPTED: None}
            on = days.get(state, row.review_due_on)
            assert clocked(row, timezone.localdate()) == (on, False, False), state
            if on is not None:
                assert clocked(row, on) == (on, False, False), state
                assert clocked(row, on + timedelta(days=1)) == (on, True, False), state
            transaction.set_rollback(True)


def test_what_was_submitted_again_waits_for_nobody(in_state: InState, medical_clerk: User) -> None:
    returned = in_state(State.RETURNED)
    again = lifecycle.resubmit(returned, by=medical_clerk, remark="已补正。")
    rows = Filing.objects.filter(authority=returned.authority).with_clock(date(2099, 1, 1)).by_urgency()
    assert [(row.pk, row.clock_on, row.is_late, row.is_resubmitted) for row in rows] == [
        (again.pk, again.review_due_on, True, False),
        (returned.pk, None, False, True),
    ]
    assert list(Filing.objects.filter(authority=returned.authority).current()) == [again]
