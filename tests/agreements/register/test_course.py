"""The course of an agreement from the left to the right, and the one thing that presses."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.register.course import Course, course_of, is_done
from agreements.sockets import PANELS
from filing.models import Filing
from frame.panels import panels_of
from tests.agreements.making import sent
from tests.filing.fixtures import InState

State = Filing.State


def course(agreement: Agreement, user: User) -> Course:
    return course_of(agreement, panels_of(PANELS, agreement, user))


def test_a_draft_has_done_nothing_and_what_was_sent_waits_to_be_agreed(
    draft: Agreement, elder_care_clerk: User
) -> None:
    assert [step.word for step in course(draft, elder_care_clerk).steps] == ["起草", "双方定稿", "签章", "生效"]
    assert course(draft, elder_care_clerk).now == 1
    sent(draft, by=elder_care_clerk)
    draft.refresh_from_db()
    found = course(draft, elder_care_clerk)
    assert (found.now, found.pressing) == (2, None)
    assert found.steps[0].done_on == timezone.localdate()


def test_in_force_the_filings_go_on_after_it(filing: Filing, elder_care_clerk: User) -> None:
    found = course(filing.agreement, elder_care_clerk)
    assert [step.word for step in found.steps][4:] == ["民政部门备案", "卫生健康部门备案"]
    assert [is_done(step) for step in found.steps] == [True] * 4 + [False] * 2
    assert found.now == 5
    assert found.steps[5].due_on == filing.due_on
    assert found.pressing is not None
    assert (found.pressing.act, found.pressing.is_late) == ("报送", False)


def test_what_was_accepted_is_done_on_its_day(in_state: InState, elder_care_clerk: User) -> None:
    agreement = in_state(State.ACCEPTED).agreement
    accepted = {step.word: step for step in course(agreement, elder_care_clerk).steps}["卫生健康部门备案"]
    assert (accepted.done_on, accepted.due_on) == (timezone.localdate(), None)


@pytest.mark.parametrize(("who", "act"), [("elder_care_clerk", "重新报送"), ("health_reviewer", "")])
def test_an_overdue_correction_presses_before_what_is_only_due(
    request: pytest.FixtureRequest, client: Client, in_state: InState, who: str, act: str
) -> None:
    returned = in_state(State.RETURNED)
    user: User = request.getfixturevalue(who)
    assert returned.correction_due_on is not None
    travel = time_machine.travel(datetime.combine(returned.correction_due_on, time(12), UTC) + timedelta(days=1))
    with travel:
        found = course(returned.agreement, user)
    assert found.pressing is not None
    assert (found.pressing.words, found.pressing.is_late) == ("越城区卫生健康局退回补正，已过 1 天", True)
    assert found.pressing.act == act
    with travel:
        client.force_login(user)
        page = client.get(reverse("agreement-detail", args=[returned.agreement.number])).content.decode()
    assert "越城区卫生健康局退回补正，已过 1 天" in page
    assert page.count("btn-primary") - page.count("btn-outline-primary") <= 1, "one filled button"


def test_the_authority_of_what_waits_for_it_takes_it_up(in_state: InState, health_reviewer: User) -> None:
    pressing = course(in_state(State.SUBMITTED).agreement, health_reviewer).pressing
    assert pressing is not None
    assert pressing.act == "接收审核"
