"""Reckoning with working days (民法典 201 and 203) on the calendar table."""

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
class ReckonedDay:
    """A day reckoned with working days; provisional when a year without its official notice had a part in it."""

    date: date
    is_provisional: bool


def is_workday(day: date) -> bool:
    """Tell whether it is a working day, make-up days (调休) included. Raises CalendarGapError."""
    return next(_days_from(day, 1)).is_workday


def add_working_days(start: date, days: int) -> ReckonedDay:
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
    return ReckonedDay(day.date, is_provisional)


def next_workday_if_rest(day: date) -> ReckonedDay:
    """Return the day itself, or the next working day when it is a rest day (民法典 203). Raises CalendarGapError."""
    is_provisional = False
    for candidate in _days_from(day, 20):
        is_provisional |= candidate.provisional
        if candidate.is_workday:
            break
    return ReckonedDay(candidate.date, is_provisional)


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`; 0 when `end` is not later."""
    count = (end - start).days
    return sum(day.is_workday for day in _days_from(start + timedelta(days=1), count)) if count > 0 else 0


def _days_from(first: date, count: int) -> Iterator[CalendarDay]:
    """Yield `count` calendar days in order, from one query; raises CalendarGapError when it comes to a missing one."""
    last = first + timedelta(days=count - 1)
    stored = {day.date: day for day in CalendarDay.objects.filter(date__range=(first, last))}
    for offset in range(count):
        day = first + timedelta(days=offset)
        if day not in stored:
            raise CalendarGapError(day)
        yield stored[day]
