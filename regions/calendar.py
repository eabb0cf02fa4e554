"""Periods of working days (民法典 201) on the calendar table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from regions.models import CalendarDay


class CalendarGapError(LookupError):
    """A year that the working-day table does not have yet."""

    def __init__(self, day: date) -> None:
        super().__init__(f"工作日历没有 {day.year} 年的数据，请先载入该年的放假通知")
        self.year = day.year


@dataclass(frozen=True)
class CountedDay:
    """A day counted in working days; provisional when a year without its official notice had a part in it."""

    date: date
    is_provisional: bool


def add_working_days(start: date, days: int) -> CountedDay:
    """Return the last day of a period of working days; the start day is not counted (民法典 201).

    One query. Raises CalendarGapError, and ValueError for less than one day.
    """
    if days < 1:
        raise ValueError("The period must be one working day or longer.")
    left = days
    is_provisional = False
    for day in _days_from(start + timedelta(days=1), 2 * days + 20):
        is_provisional |= day.provisional
        left -= day.is_workday
        if not left:
            break
    return CountedDay(day.date, is_provisional)


def _days_from(first: date, count: int) -> Iterator[CalendarDay]:
    """Yield `count` calendar days in order, from one query; raises CalendarGapError when it comes to a missing one."""
    last = first + timedelta(days=count - 1)
    stored = {day.date: day for day in CalendarDay.objects.filter(date__range=(first, last))}
    for offset in range(count):
        day = first + timedelta(days=offset)
        if day not in stored:
            raise CalendarGapError(day)
        yield stored[day]
