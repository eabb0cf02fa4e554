"""The next number of a series. Gapless: a transaction that is rolled back gives its number back."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

# One statement each: the row is locked from here until the caller's transaction ends, so whoever draws next waits and
# then counts on from what was committed, or from what was there before if it was rolled back.
NEXT = "UPDATE numbering_counter SET last = last + 1 WHERE series = %s AND year = %s RETURNING last"
FIRST = """
INSERT INTO numbering_counter AS counter (series, year, last) VALUES (%s, %s, %s)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1 RETURNING last
"""
BEGIN = """
INSERT INTO numbering_counter (series, year, last) VALUES (%s, %s, %s) RETURNING last
"""


def draw(series: str, year: int, *, issued: Callable[[], int]) -> int:
    """Return the next number of the series in the year, within the caller's transaction.

    `issued` tells the highest number that rows made before the counter carry, 0 for none; it is asked once, when the
    series is begun. Draw late: until the commit everybody else who draws from this series waits.
    """
    assert connection.in_atomic_block  # noqa: S101 -- a number drawn outside could not be given back
    return _told(NEXT, series, year) or _told(FIRST, series, year, issued() + 1)


def drawn(series: str, year: int) -> int:
    """Return the last number of the series in the year; 0 while none was drawn."""
    return _told("SELECT last FROM numbering_counter WHERE series = %s AND year = %s", series, year)


def hold(series: str, year: int) -> None:
    """Let nobody draw from the series until the caller's transaction ends: who looks at what was issued sees all."""
    assert connection.in_atomic_block  # noqa: S101 -- outside nothing would be held
    _told("SELECT last FROM numbering_counter WHERE series = %s AND year = %s FOR NO KEY UPDATE", series, year)


def begin_after(series: str, year: int, last: int) -> None:
    """Let the first number of a new series in the year be the one after `last`, within the caller's transaction.

    A series that was begun counts on, one after the other: the database lets nobody set it.
    """
    if last:
        _told(BEGIN, series, year, last)


def _told(statement: str, *values: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
