"""One table of an uploaded file, and how large the file may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from boundary.cell import bounds
from boundary.cell.noted import Note
from boundary.workbooks.cells import Cell

LARGEST_BYTES = bounds.LARGEST_BOOK


class Row(NamedTuple):
    """One row: its number as Excel shows it, its cells from column A, and what is noted of them."""

    number: int
    cells: Sequence[Cell]
    notes: Sequence[Note] = ()


@dataclass(frozen=True)
class Table:
    """`rows` may be asked for more than once; rows without any value are left out."""

    name: str
    rows: Callable[[], Iterator[Row]]
