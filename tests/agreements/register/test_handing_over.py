"""What takes another's place does so on its first day: until the day before, the old one is told to be running."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from agreements.register.viewer import Viewer
from tests.agreements.making import in_force, save

SIGNED, LAST, FIRST = (datetime(2099, 12, day, 4, tzinfo=UTC) for day in (1, 19, 20))


@pytest.fixture
def old(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Renewed on the 1st of December with a term that starts on the 20th."""
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with time_machine.travel(SIGNED, tick=False):
        renewal = lifecycle.start_renewal(row, by=elder_care_clerk)
        dates = {"valid_from": "2099-12-20", "valid_to": "2101-12-19"}
        renewal = save(renewal, by=elder_care_clerk, step="terms", answers={**renewal.answers, **dates})
        in_force(renewal, drafter=elder_care_clerk, answerer=medical_clerk)
    return Agreement.objects.with_parties().get(pk=row.pk)


def test_until_the_day_before_it_runs_and_says_who_takes_over_and_when(
    client: Client, old: Agreement, elder_care_clerk: User
) -> None:
    number = old.successors.get().number
    words = f"将于2099年12月20日由 {number} 接替"
    for moment in (SIGNED, LAST):
        with time_machine.travel(moment, tick=False):
            assert old.state_words == f"履行中，{words}"
            assert number not in old.state_in_words(naming=False), "to whoever only holds the paper"
            client.force_login(elder_care_clerk)
            for page in (reverse("agreement-detail", args=[old.number]), reverse("agreement-list")):
                shown = client.get(page).content.decode()
                assert words in shown
                assert "履行中" in shown


def test_from_the_first_day_of_the_new_one_it_is_superseded(old: Agreement, elder_care_clerk: User) -> None:
    with time_machine.travel(FIRST, tick=False):
        assert old.state_words == "已续签或换签"
        assert Viewer(elder_care_clerk).of(old).chip.word == "已续签或换签"


def test_a_list_asks_for_all_that_take_over_at_once(
    old: Agreement, django_assert_num_queries: DjangoAssertNumQueries, elder_care_clerk: User
) -> None:
    found = Agreement.objects.with_successor().get(pk=old.pk)
    with time_machine.travel(SIGNED, tick=False), django_assert_num_queries(0):
        assert "接替" in found.hands_over()
