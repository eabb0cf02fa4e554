"""Many at once: every row its own transaction and its own answer."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from tests.filing.fixtures import InState

State = Filing.State


def post(client: Client, user: User, *filings: Filing, **data: str) -> tuple[int, str]:
    client.force_login(user)
    response = client.post(reverse("filing-batch"), {"filing": [filing.pk for filing in filings], **data})
    return response.status_code, response.content.decode()


def test_accepting_asks_once_then_does_each(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    status, page = post(client, health_reviewer, filing, verb="accept")
    assert (status, "受理后不能撤销" in page) == (200, True)
    assert Filing.objects.get(pk=filing.pk).state == State.SUBMITTED
    _, page = post(client, health_reviewer, filing, verb="accept", sure="yes")
    accepted = Filing.objects.get(pk=filing.pk)
    assert accepted.state == State.ACCEPTED
    assert accepted.number in page


def test_one_refusal_stops_none_of_the_others(
    client: Client, in_state: InState, second_reviewer: User, health_reviewer: User, elder_care_clerk: User
) -> None:
    busy = in_state(State.UNDER_REVIEW)
    other = Filing.objects.create(
        agreement=busy.agreement,
        authority=busy.authority,
        round=2,
        previous=busy,
        state=State.RETURNED,
        submitted_at=busy.submitted_at,
        decided_at=busy.submitted_at,
        reasons="缺页",
        due_on=busy.due_on,
        due_basis=busy.due_basis,
    )
    _, page = post(client, second_reviewer, busy, other, verb="accept", sure="yes")
    assert "没有办成" in page
    assert "孙昇审核" in page
    assert Filing.objects.get(pk=busy.pk).state == State.UNDER_REVIEW


def test_taking_up_needs_no_question(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    _, page = post(client, health_reviewer, filing, verb="take_up")
    assert "办成 <strong>1</strong> 件" in page
    assert Filing.objects.get(pk=filing.pk).taken_up_by == health_reviewer


@pytest.mark.parametrize("verb", ["take_up", "accept"])
def test_rows_that_are_not_ones_own(
    verb: str,
    client: Client,
    in_state: InState,
    stranger: User,
    other_reviewer: User,
    supervisor: User,
    civil_affairs_officer: User,
) -> None:
    filing = in_state(State.SUBMITTED)
    for person, status in ((stranger, 404), (other_reviewer, 404), (supervisor, 403), (civil_affairs_officer, 403)):
        assert post(client, person, filing, verb=verb, sure="yes")[0] == status
    assert Filing.objects.get(pk=filing.pk).state == State.SUBMITTED


def test_nothing_ticked_and_made_up_verbs(client: Client, filing: Filing, health_reviewer: User) -> None:
    assert post(client, health_reviewer, verb="accept")[0] == 302
    assert post(client, health_reviewer, filing, verb="delete")[0] == 404
    client.force_login(health_reviewer)
    odd = client.post(reverse("filing-batch"), {"verb": "accept", "filing": ["x", "9" * 40, "-1"]})
    assert odd.status_code == 404


def test_late_withdrawal_is_said_row_by_row(
    client: Client, in_state: InState, health_reviewer: User, elder_care_clerk: User
) -> None:
    filing = in_state(State.SUBMITTED)
    lifecycle.withdraw(filing, by=elder_care_clerk)
    _, page = post(client, health_reviewer, filing, verb="take_up")
    assert "待报送" in page
