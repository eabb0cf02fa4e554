"""Deciding one filing opens the next: whoever has thirty of them does not look for each in the list."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import TemplateVersion
from filing import lifecycle
from filing.models import Filing
from filing.worklist import next_to_review
from tests.agreements.making import complete_draft, in_force
from tests.filing.fixtures import InState

State = Filing.State


@pytest.fixture
def waiting(
    filing: Filing, published: dict[str, TemplateVersion], elder_care_clerk: User, medical_clerk: User
) -> Filing:
    """Handed in to the same bureau by the same pair, of an agreement by another template."""
    elder_care, medical = filing.agreement.elder_care, filing.agreement.medical
    assert elder_care is not None
    assert medical is not None
    draft = complete_draft(elder_care, medical, published["shaoxing-2024-home-sickbed"], by=elder_care_clerk)
    second = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    return lifecycle.submit(second.filings.get(authority=filing.authority), by=elder_care_clerk)


def test_after_a_decision_the_most_urgent_of_what_waits_is_open(
    client: Client, in_state: InState, health_reviewer: User, waiting: Filing
) -> None:
    first = in_state(State.UNDER_REVIEW)
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


@pytest.mark.parametrize("act", ["accept", "return"])
def test_where_the_decided_one_is_found_again_is_said_as_the_list_has_it(
    act: str, client: Client, in_state: InState, health_reviewer: User, waiting: Filing
) -> None:
    decided = in_state(State.UNDER_REVIEW)
    client.force_login(health_reviewer)
    answer = client.post(reverse(f"filing-{act}", args=[decided.pk]), {"reasons": "缺页"}, follow=True)
    [named] = re.findall(r"在备案列表“(.+?)”里可以再打开", answer.content.decode())
    queue = client.get(reverse("filing-list"), {"group": "all"}).context["filter"]
    [group] = [group for group in queue.groups if group.word == named]
    found = client.get(reverse("filing-list"), {"group": group.slug}).context["page"]
    assert decided in found.object_list
    assert waiting not in found.object_list
