"""Two people at the same corrected scan, on connections of their own."""

import pytest

from accounts.models import User
from filing import handing_in, lifecycle, rescans
from filing.models import Filing, HandIn, RescanCall
from tests.at_once import at_once
from tests.filing.fixtures import InState, scanned_again
from tests.filing.reckoning import assert_as_reckoned
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)
State = HandIn.State


def refused(results: list[object]) -> int:
    """Return how many were refused; whatever else was raised is a fault."""
    others = [each for each in results if isinstance(each, Exception) and not isinstance(each, WrongState)]
    assert not others
    return sum(isinstance(each, WrongState) for each in results)


def test_of_two_who_ask_one_does(accepted: Filing, elder_care_clerk: User, health_reviewer: User) -> None:
    results = at_once(
        lambda: rescans.ask(accepted, by=elder_care_clerk, reason="第二页缺角"),
        lambda: rescans.ask(accepted, by=health_reviewer, reason="印章看不清"),
    )
    assert refused(results) == 1
    assert RescanCall.objects.count() == 1


def test_of_two_who_hand_in_one_does(due: HandIn, elder_care_clerk: User, medical_clerk: User) -> None:
    results = at_once(
        lambda: handing_in.hand_in(due, by=elder_care_clerk, remark="已换"),
        lambda: handing_in.hand_in(due, by=medical_clerk, remark="已换"),
    )
    assert refused(results) == 1
    assert HandIn.objects.get().state == State.SUBMITTED


def test_of_noting_and_sending_back_exactly_one_happens(
    handed_in: HandIn, health_reviewer: User, second_reviewer: User
) -> None:
    results = at_once(
        lambda: handing_in.note(handed_in, by=health_reviewer),
        lambda: handing_in.send_back(handed_in, by=second_reviewer, reasons="看不清"),
    )
    assert refused(results) == 1
    handed_in.refresh_from_db()
    assert (handed_in.state == State.RETURNED) == HandIn.objects.filter(state=State.DUE).exists()


def test_handing_in_while_the_copy_is_accepted_loses_neither(
    in_state: InState, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(Filing.State.UNDER_REVIEW)
    rescans.ask(filing, by=elder_care_clerk, reason="第二页缺角")
    scanned_again(filing.agreement, elder_care_clerk, medical_clerk)
    row = filing.hand_ins.get()
    results = at_once(
        lambda: lifecycle.accept(filing, by=health_reviewer),
        lambda: handing_in.hand_in(row, by=medical_clerk, remark="已换"),
    )
    assert refused(results) == 0
    row.refresh_from_db()
    assert Filing.objects.get(pk=filing.pk).state == Filing.State.ACCEPTED
    assert row.state in {State.NOTED, State.SUBMITTED}
    assert row.scans
    assert assert_as_reckoned() == 2
