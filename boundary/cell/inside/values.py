"""What a row of a table is before it leaves the cell: numbers, texts, days and moments, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from boundary.cell import bounds
from boundary.cell.noted import Note
from boundary.refused import UploadRefused


class Row(NamedTuple):
    """One row: its number as Excel shows it, its cells from column A, and what is noted of them."""

    number: int
    cells: Sequence[Any]
    notes: Sequence[Note] = ()


class Formula:
    """A formula that its program never computed."""


FORMULA = Formula()
NO_NUMBER = "#NUM!"  # as Excel says of a number that it cannot hold
TOO_LONG = f"有一格的内容超过 {bounds.LONGEST_CELL} 个字，不是正常的表格。请删去这一格再上传。"


TOO_MANY_LINES = "表格里的行太多（连同空行），不能导入。请删去下面的空行，只留需要的行，再上传。"


@dataclass(frozen=True)
class Table:
    """`rows` are those that hold anything; they may be asked for once."""

    name: str
    rows: Callable[[], Iterator[Row]]


@dataclass(frozen=True)
class Book:
    """What is read of a file: its tables, the names of those that are hidden, and how its numbers count days."""

    tables: Sequence[Table]
    hidden: Sequence[str] = ()
    counts_from_1904: bool = False


def filled(cells: Iterable[tuple[int, Any]]) -> list[Any]:
    """Return a row from column A to the last that says anything; [] for one that is empty to the eye.

    `cells` are columns, counted from 1, with their values. Raises UploadRefused for a text that no cell holds.
    """
    found = [(column, _bounded(value)) for column, value in cells if column <= bounds.MOST_COLUMNS]
    found = [(column, value) for column, value in found if not (isinstance(value, str) and is_blank(value))]
    if not found:
        return []
    row: list[Any] = [None] * max(column for column, _ in found)
    for column, value in found:
        row[column - 1] = value
    return row


def refuse_beyond(number: int) -> None:
    """Raise UploadRefused for a row that no table has, were it empty."""
    if number > bounds.MOST_LINES:
        raise UploadRefused(TOO_MANY_LINES)


def plain(value: object) -> dict[str, Any]:
    """Return what JSON has no word for, as `boundary.workbooks.plain` reads it. Raises TypeError for anything else."""
    if value is FORMULA:
        return {"formula": True}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    raise TypeError(f"a cell holds {type(value)}")


def is_blank(text: str) -> bool:
    return not text or text.isspace()


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > bounds.LONGEST_CELL:
            raise UploadRefused(TOO_LONG)
    elif isinstance(value, int | float) and not -bounds.LARGEST_NUMBER < value < bounds.LARGEST_NUMBER:
        return NO_NUMBER
    return value
