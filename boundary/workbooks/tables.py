"""One table of an uploaded file, and how large the file may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boundary.workbooks.cells import Cell

LARGEST_BYTES = 20 * 1024 * 1024
MOST_COLUMNS = 100
DAMAGED = "表格打不开，可能已损坏，或不是真正的 Excel 文件。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"

Row = tuple[int, Sequence[Cell]]  # number as Excel shows it, cells from column A


@dataclass(frozen=True)
class Table:
    """`rows` may be asked for more than once; rows without any value are left out."""

    name: str
    rows: Callable[[], Iterator[Row]]
