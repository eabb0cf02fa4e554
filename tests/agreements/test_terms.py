"""Period arithmetic by 民法典 201, 202 and 490, with the examples that courts and textbooks use."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.terms import formed_on, last_day_after_months, last_day_after_years


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2022, 11, 30), 2, date(2024, 11, 30)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2026, 12, 31), 3, date(2029, 12, 31)),
        (date(2026, 1, 1), 1, date(2027, 1, 1)),
    ],
)
def test_years_end_on_the_corresponding_day(start: date, years: int, end: date) -> None:
    assert last_day_after_years(start, years) == end


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_end_at_the_month_end_where_the_day_is_missing(start: date, months: int, end: date) -> None:
    assert last_day_after_months(start, months) == end


def test_formed_when_the_later_side_has_sealed() -> None:
    assert formed_on({"medical": date(2026, 3, 2), "elder_care": date(2026, 2, 27)}) == date(2026, 3, 2)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 20))
def test_the_end_is_the_same_day_or_the_month_end(start: date, years: int) -> None:
    end = last_day_after_years(start, years)
    assert (end.year - start.year, end.month) == (years, start.month)
    assert end.day == start.day or (end + timedelta(days=1)).month != end.month
