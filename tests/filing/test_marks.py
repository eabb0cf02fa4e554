"""One chip for all filings of an agreement, in the list of agreements."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from agreements.register.viewer import Viewer
from filing.marks import filed
from filing.models import Filing
from tests import factories
from tests.filing.fixtures import InState

State = Filing.State


def test_what_has_no_filing_has_no_chip(draft: Agreement) -> None:
    assert filed([draft]) == {}


@pytest.mark.parametrize(
    ("state", "word", "colour"),
    [
        (State.DUE, "待报送", "amber"),
        (State.SUBMITTED, "待报送", "amber"),  # the other authority's is still to be handed in
        (State.RETURNED, "退回补正", "cinnabar"),
        (State.ACCEPTED, "待报送", "amber"),
    ],
)
def test_the_most_urgent_stands_for_all(in_state: InState, state: Filing.State, word: str, colour: str) -> None:
    filing = in_state(state)
    chip = filed([filing.agreement])[filing.agreement_id]
    assert (chip.word, chip.colour) == (word, colour)


def test_what_is_late_says_by_how_many_days(in_state: InState, elder_care_clerk: User) -> None:
    late = in_state(State.SUBMITTED)
    Filing.objects.filter(pk=late.pk).update(review_due_on=factories.yesterday())
    [row] = Viewer(elder_care_clerk).of_page([late.agreement])
    assert row.filed is not None
    assert (row.filed.word, row.filed.colour) == ("待接收，超期 1 天", "cinnabar")


def test_beside_what_is_late_the_first_page_denies_only_others(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    late = in_state(State.SUBMITTED)
    client.force_login(health_reviewer)
    Filing.objects.filter(pk=late.pk).update(review_due_on=factories.yesterday())
    page = client.get(reverse("home")).content.decode()
    assert "没有其他待接收的备案。" in page
    assert "没有待接收的备案。" not in page
