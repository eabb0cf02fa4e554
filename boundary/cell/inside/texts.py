"""The one table of a text file (CSV): cells parted by commas, tabs, semicolons or upright strokes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import IO

from boundary.cell import bounds
from boundary.cell.inside.encodings import decoded, encoding_of
from boundary.cell.inside.values import Row, Table, refuse_beyond
from boundary.cell.noted import WHOLE_ROW, Noted
from boundary.refused import UploadRefused

DELIMITERS = ",\t;，；|"  # where two fit as well, the first
LOOKED_AT, LONGEST_LOOK = 40, 256 * 1024  # lines and characters by which the delimiter is judged
CROOKED = "CSV 文件的结构不对（例如引号没有成对），请用 Excel 打开后另存为 .xlsx 再上传。"


def table_of_text(file: IO[bytes]) -> Table:
    """Return the table. Raises UploadRefused, also while rows are read, for what is no text or is crooked."""
    return Table("", partial(_rows, file, encoding_of(file)))


def _rows(file: IO[bytes], encoding: str) -> Iterator[Row]:
    csv.field_size_limit(bounds.LONGEST_CELL)
    try:
        with decoded(file, encoding) as lines:
            delimiter = _delimiter_of(lines.read(LONGEST_LOOK))
            lines.seek(0)
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                cells = row[: bounds.MOST_COLUMNS]
                refuse_beyond(number)
                if any(cell and not cell.isspace() for cell in cells):
                    yield Row(number, cells, [(WHOLE_ROW, Noted.BEYOND)] * any(row[bounds.MOST_COLUMNS :]))
    except csv.Error as error:
        raise UploadRefused(CROOKED) from error


def _delimiter_of(beginning: str) -> str:
    """Return what parts the first lines into most rows of one width: a title above them has none of it, and a single
    address may be full of another."""
    return max(DELIMITERS, key=lambda delimiter: _alike(beginning, delimiter))


def _alike(beginning: str, delimiter: str) -> tuple[int, int]:
    """Return how many rows have the width that most have, of those with several columns, and that width."""
    widths: Counter[int] = Counter()
    try:
        for row in islice(csv.reader(beginning.splitlines(keepends=True), delimiter=delimiter), LOOKED_AT):
            widths[len(row)] += len(row) > 1
    except csv.Error:
        return 0, 0
    width, rows = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
    return rows, width
