"""Rows of a long list, some hundreds at a time: how many there are changes neither memory nor what one costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from audit.checking import one_moment

M = TypeVar("M", bound=Model)
CHUNK = 500


@contextmanager
def at_one_moment() -> Iterator[None]:
    """All that is read inside is as of one moment; nothing is written. Cursors are planned to be read to their end."""
    with one_moment(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        yield


def in_chunks(found: QuerySet[M], read: Callable[[Sequence[Any]], QuerySet[M]]) -> Iterator[list[M]]:
    """Yield the rows that were found, in their order, as `read` gives those of some keys.

    What is found is asked for its keys alone, by a cursor of the database: neither side holds the rows.
    """
    keys = found.values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    while some := list(islice(keys, CHUNK)):
        rows = {row.pk: row for row in read(some).order_by()}
        yield [rows[key] for key in some if key in rows]


def counting(found: Callable[[], QuerySet[Any]]) -> Callable[[int | None], int]:
    """Return what counts the rows that are found, up to a number."""

    def count(most: int | None) -> int:
        rows = found().order_by().values("pk")
        return (rows if most is None else rows[:most]).count()

    return count
