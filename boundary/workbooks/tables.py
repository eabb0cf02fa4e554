"""One table of an uploaded file, and how large the file may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boundary.cell import bounds
from boundary.workbooks.cells import Cell

LARGEST_BYTES = bounds.LARGEST_BOOK

Row = tuple[int, Sequence[Cell]]  # number as Excel shows it, cells from column A


@dataclass(frozen=True)
class Table:
    """`rows` may be asked for more than once; rows without any value are left out."""

    name: str
    rows: Callable[[], Iterator[Row]]
