"""Rows as a cell left them, line by line: each value is looked at, for what wrote them had opened a stranger's file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn, TypeVar

from boundary.cell import bounds
from boundary.cell.noted import WHOLE_ROW, Note, Noted
from boundary.refused import TABLE_DAMAGED, UploadRefused
from boundary.workbooks.cells import WITHOUT_VALUE, Cell
from boundary.workbooks.tables import Row

T = TypeVar("T", datetime, time)
ENDLESS_DAYS = timedelta(days=3_000_000).total_seconds()  # more than Excel's calendar has


def rows_of(lines: Iterable[bytes]) -> Iterator[Row]:
    """Yield the rows, whose numbers grow. Raises UploadRefused for anything that no cell of ours writes."""
    last = 0
    for line in lines:
        try:
            number, cells, *more = _decode(line)
            if type(number) is not int or not last < number <= bounds.MOST_LINES:
                raise ValueError("no number of a row")
            if type(cells) is not list or not 0 < len(cells) <= bounds.MOST_COLUMNS:
                raise ValueError("no row")
            row = Row(number, [_cell(value) for value in cells], _notes(more, len(cells)))
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise UploadRefused(TABLE_DAMAGED) from error
        last = number
        yield row


def _notes(more: list[Any], width: int) -> list[Note]:
    """Return what is noted of a row so wide. Raises ValueError, TypeError."""
    if not more:
        return []
    [notes] = more
    if type(notes) is not list or len(notes) > len(Noted) * (width + 1):
        raise ValueError("no notes")
    return [_note(column, noted, width) for column, noted in notes]


def _note(column: Any, noted: Any, width: int) -> Note:
    if type(column) is not int or not WHOLE_ROW <= column < width:
        raise ValueError("no column")
    return column, Noted(noted)


def _no_number(said: str) -> NoReturn:
    raise ValueError(f"{said} stands in no cell")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def _decode(line: bytes) -> Any:
    """Return what a line says. Raises ValueError for one that would take more memory to read than any row."""
    if len(line) > bounds.LONGEST_LINE:
        raise ValueError("no row is as long")
    return _DECODER.decode(line.decode())


def _cell(value: Any) -> Cell:
    """Return the value of a cell. Raises ValueError, TypeError."""
    kind = type(value)
    if kind is str:
        if len(value) > bounds.LONGEST_CELL or "\0" in value:
            raise ValueError("no text of a cell")
        if not value.isascii():
            value.encode()  # raises for half a character, which nothing of ours can keep
    elif kind is int or kind is float:
        if not -bounds.LARGEST_NUMBER < value < bounds.LARGEST_NUMBER:
            raise ValueError("no number of a cell")
    elif value is not None and kind is not bool:
        return _tagged(value)
    plain: Cell = value
    return plain


def _tagged(value: Any) -> Cell:
    """Return what JSON has no word for, as `boundary.cell.inside.values` writes it."""
    if type(value) is not dict or len(value) != 1:
        raise ValueError("no value of a cell")
    [(what, said)] = value.items()
    if what not in READ:
        raise ValueError("no value of a cell")
    return READ[what](said)


def _seconds(said: Any) -> timedelta:
    if not -ENDLESS_DAYS < said < ENDLESS_DAYS:
        raise ValueError("no span of time")
    return timedelta(seconds=said)


def _moment(said: Any) -> datetime:
    return _naive(datetime.fromisoformat(said))


def _time(said: Any) -> time:
    return _naive(time.fromisoformat(said))


def _naive(value: T) -> T:
    if value.tzinfo is not None:
        raise ValueError("a sheet knows no time zones")
    return value


READ: dict[str, Callable[[Any], Cell]] = {
    "formula": lambda _: WITHOUT_VALUE,
    "day": date.fromisoformat,
    "moment": _moment,
    "time": _time,
    "seconds": _seconds,
}
