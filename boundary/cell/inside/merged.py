"""Cells that reach over several rows: what stands in the first holds for the others, as everybody reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl.utils.cell import column_index_from_string

from boundary.cell import bounds
from boundary.refused import TABLE_TOO_HEAVY, UploadRefused

RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})")


class Merged:
    """Told of every row in its order, it gives each what reaches down to it."""

    def __init__(self, said: Iterable[str]) -> None:
        """Take ranges as a sheet names them; one that stays in its row, or is none, changes nothing. Raises
        UploadRefused where there are more than anybody makes."""
        self._coming = sorted(_read(said), reverse=True)  # first row, last row, column: the next one last
        self._open: dict[int, tuple[int, Any]] = {}  # of a column: to which row, and what

    def begin(self, number: int, cells: dict[int, Any]) -> None:
        """Keep what reaches down from a row, given the values of its columns."""
        while self._coming and self._coming[-1][0] <= number:
            first, last, column = self._coming.pop()
            self._open.pop(column, None)
            if first == number and column in cells:
                self._open[column] = last, cells[column]

    def fill(self, number: int, cells: dict[int, Any]) -> Iterator[int]:
        """Put into a row what reaches down to it from another, and yield the columns."""
        for column, (last, value) in list(self._open.items()):
            if last < number:
                del self._open[column]
            elif column not in cells:
                cells[column] = value
                yield column


def _read(said: Iterable[str]) -> Iterator[tuple[int, int, int]]:
    for count, each in enumerate(said, 1):
        if count > bounds.MOST_MERGED:
            raise UploadRefused(TABLE_TOO_HEAVY)
        if (found := RANGE.fullmatch(each)) and int(found[2]) < int(found[3]):
            column = column_index_from_string(found[1])
            if column <= bounds.MOST_COLUMNS:
                yield int(found[2]), int(found[3]), column
