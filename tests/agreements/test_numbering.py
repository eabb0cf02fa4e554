"""Agreement numbers: one series a year, without gaps, and after whatever was there before the counter."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import User
from agreements.lifecycle.numbering import create_numbered
from agreements.models import Agreement
from institutions.models import Institution

NEW_YEARS_EVE = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in China
Make = Callable[[str], Agreement]


@pytest.fixture
def make(elder_care_institution: Institution, elder_care_clerk: User) -> Make:
    """What builds an unsaved draft under a number."""
    own = elder_care_institution
    whose = {"drafted_by": own, "created_by": elder_care_clerk, own.role: own}
    return lambda number: Agreement(number=number, region=own.region, **whose)


def test_numbers_follow_each_other_and_each_year_begins_anew(make: Make) -> None:
    with time_machine.travel(NEW_YEARS_EVE, tick=False) as clock:
        numbers = [create_numbered(make).number for _ in range(3)]
        clock.shift(60)
        numbers += [create_numbered(make).number for _ in range(2)]
    assert numbers == ["YY2026-000001", "YY2026-000002", "YY2026-000003", "YY2027-000001", "YY2027-000002"]


@pytest.mark.parametrize(
    ("before", "following"),
    [
        (("YY2026-000119", "YY2026-000007", "YY2025-000300"), "YY2026-000120"),
        (("YY2026-999999", "YY2026-1000000"), "YY2026-1000001"),
        (("YY2025-000300", "YY-BENCH-000009"), "YY2026-000001"),
    ],
)
def test_the_highest_counts_and_not_the_latest(before: tuple[str, ...], following: str, make: Make) -> None:
    """Of a database that is older than its counter."""
    with time_machine.travel(NEW_YEARS_EVE, tick=False):
        for number in before:
            make(number).save()
        assert create_numbered(make).number == following


def test_a_refused_row_gives_its_number_back(make: Make) -> None:
    asked: list[str] = []

    def of_two_same_parties(number: str) -> Agreement:
        asked.append(number)
        agreement = make(number)
        agreement.medical = agreement.elder_care
        return agreement

    with time_machine.travel(NEW_YEARS_EVE, tick=False):
        with pytest.raises(IntegrityError, match="two_different_parties"), transaction.atomic():
            create_numbered(of_two_same_parties)
        assert asked == ["YY2026-000001"]
        assert create_numbered(make).number == "YY2026-000001"


def test_a_row_that_exists_is_never_saved_under_a_second_number(make: Make) -> None:
    first = create_numbered(make)

    def again(number: str) -> Agreement:
        first.number = number
        return first

    with pytest.raises(IntegrityError), transaction.atomic():
        create_numbered(again)
    assert Agreement.objects.get().number.endswith("-000001")
