"""Deciding one filing opens the next: whoever has thirty of them does not look for each in the list."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from filing.worklist import next_to_review
from tests.filing.fixtures import InState

State = Filing.State


def test_after_a_decision_the_most_urgent_of_what_waits_is_open(
    client: Client, in_state: InState, health_reviewer: User, elder_care_clerk: User
) -> None:
    first = in_state(State.UNDER_REVIEW)
    facts = {"agreement": first.agreement, "authority": first.authority, "due_on": first.due_on, "round": 2}
    facts |= {
        "due_basis": first.due_basis,
        "submitted_at": first.submitted_at,
        "submitted_by": elder_care_clerk,
        "previous": first,
    }
    waiting = Filing.objects.create(state=State.SUBMITTED, review_due_on=first.review_due_on, **facts)
    client.force_login(health_reviewer)
    response = client.post(reverse("filing-accept", args=[first.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("filing-detail", args=[waiting.pk])
    page = response.content.decode()
    assert "已受理，备案号" in page
    assert "下面是下一件" in page


def test_what_a_colleague_has_taken_up_is_not_the_next(
    in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    taken = lifecycle.take_up(in_state(State.SUBMITTED), by=second_reviewer)
    assert next_to_review(health_reviewer, after=Filing(pk=0)) is None
    assert next_to_review(second_reviewer, after=Filing(pk=0)) == taken


def test_where_nothing_waits_the_decided_one_is_shown(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.UNDER_REVIEW)
    client.force_login(health_reviewer)
    response = client.post(reverse("filing-return", args=[filing.pk]), {"reasons": "缺页"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("filing-detail", args=[filing.pk])
    assert "已退回补正" in response.content.decode()
