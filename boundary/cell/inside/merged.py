"""Cells that reach over others: what stands in the first row holds for those below, as everybody reads it. Whether it
holds for the columns beside it too nobody can tell from the sheet: these stay empty, and are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from openpyxl.utils.cell import column_index_from_string

from boundary.cell import bounds
from boundary.refused import TABLE_TOO_HEAVY, UploadRefused

RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


class Range(NamedTuple):
    row: int
    last_row: int
    column: int
    last_column: int


class Merged:
    """Told of every row in its order, it gives each what reaches down to it."""

    def __init__(self, said: Iterable[str]) -> None:
        """Take ranges as a sheet names them; what is none changes nothing. Raises UploadRefused where there are more
        than anybody makes."""
        self._coming = sorted(_read(said), reverse=True)  # the next one last
        self._open: dict[int, tuple[int, Any]] = {}  # of a column: to which row, and what
        self._wide: list[Range] = []  # those that reach over several columns here

    def begin(self, number: int, cells: dict[int, Any]) -> None:
        """Keep what reaches down from a row, given the values of its columns."""
        while self._coming and self._coming[-1][0] <= number:
            coming = self._coming.pop()
            if coming.last_column > coming.column:
                self._wide.append(coming)
            self._open.pop(coming.column, None)
            if coming.row == number < coming.last_row and coming.column in cells:
                self._open[coming.column] = coming.last_row, cells[coming.column]

    def fill(self, number: int, cells: dict[int, Any]) -> Iterator[int]:
        """Put into a row what reaches down to it from another, and yield the columns."""
        for column, (last, value) in list(self._open.items()):
            if last < number:
                del self._open[column]
            elif column not in cells:
                cells[column] = value
                yield column

    def beside(self, number: int, cells: dict[int, Any]) -> Iterator[int]:
        """Yield the columns of a row that are one with a cell to their left, which says something."""
        self._wide = [each for each in self._wide if each.last_row >= number]
        for each in self._wide:
            covered = range(each.column + 1, min(each.last_column, bounds.MOST_COLUMNS) + 1)
            if each.row <= number and each.column in cells:
                yield from (column for column in covered if column not in cells)


def _read(said: Iterable[str]) -> Iterator[Range]:
    for count, each in enumerate(said, 1):
        if count > bounds.MOST_MERGED:
            raise UploadRefused(TABLE_TOO_HEAVY)
        if not (found := RANGE.fullmatch(each)):
            continue
        left, right = (column_index_from_string(name) for name in (found[1], found[3]))
        read = Range(int(found[2]), int(found[4]), left, right)
        if read.column <= bounds.MOST_COLUMNS and read.row <= read.last_row:
            yield read
