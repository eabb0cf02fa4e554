"""Drawing numbers: one after the other in each series and year, none left out, none twice."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from numbering.drawing import draw
from numbering.models import Counter

pytestmark = pytest.mark.django_db


def none() -> int:
    return 0


def test_each_series_counts_for_itself_in_each_year() -> None:
    drawn = [(series, year, draw(series, year, issued=none)) for series in "ab" for year in (2026, 2027) for _ in "123"]
    assert drawn == [(series, year, n) for series in "ab" for year in (2026, 2027) for n in (1, 2, 3)]
    assert Counter.objects.count() == 4


def test_what_was_issued_before_the_counter_is_asked_once() -> None:
    asked: list[int] = []

    def issued() -> int:
        asked.append(119)
        return 119

    assert [draw("a", 2026, issued=issued) for _ in range(3)] == [120, 121, 122]
    assert asked == [119]


@pytest.mark.parametrize("before", [0, 2], ids=["the first of the series", "a later one"])
def test_a_rollback_gives_the_number_back(before: int) -> None:
    for _ in range(before):
        draw("a", 2026, issued=none)
    with transaction.atomic():
        assert draw("a", 2026, issued=none) == before + 1
        transaction.set_rollback(True)
    assert draw("a", 2026, issued=none) == before + 1


@pytest.mark.django_db(transaction=True)
def test_no_number_is_drawn_outside_a_transaction() -> None:
    """It could not be given back."""
    with pytest.raises(AssertionError):
        draw("a", 2026, issued=none)
    assert not Counter.objects.exists()


@pytest.mark.parametrize(("last", "rule"), [(0, "counted_from_one"), (1, "one_counter_a_series_and_year")])
def test_the_database_holds_the_rules(last: int, rule: str) -> None:
    Counter.objects.create(series="a", year=2026, last=7)
    with pytest.raises(IntegrityError, match=rule):
        Counter.objects.create(series="a", year=2026, last=last)


@pytest.mark.parametrize("change", [{"last": 1}, {"last": 9}, {"series": "b"}, {"year": 2027}], ids=str)
def test_a_series_never_counts_back_nor_becomes_another(change: dict[str, Any]) -> None:
    for _ in "123":
        draw("a", 2026, issued=none)
    with pytest.raises(DatabaseError, match="counts on"), transaction.atomic():
        Counter.objects.update(**change)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Counter.objects.all().delete()
    assert draw("a", 2026, issued=none) == 4
