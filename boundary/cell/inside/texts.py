"""The one table of a text file (CSV): cells parted by commas, tabs or semicolons."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from typing import IO

from boundary.cell import bounds
from boundary.cell.inside.encodings import decoded, encoding_of
from boundary.cell.inside.values import Row, Table, refuse_beyond
from boundary.refused import UploadRefused

DELIMITERS = ",\t;，"
CROOKED = "CSV 文件的结构不对（例如引号没有成对），请用 Excel 打开后另存为 .xlsx 再上传。"


def table_of_text(file: IO[bytes]) -> Table:
    """Return the table. Raises UploadRefused, also while rows are read, for what is no text or is crooked."""
    return Table("", partial(_rows, file, encoding_of(file)))


def _rows(file: IO[bytes], encoding: str) -> Iterator[Row]:
    csv.field_size_limit(bounds.LONGEST_CELL)
    try:
        with decoded(file, encoding) as lines:
            first = lines.readline(bounds.LONGEST_CELL)
            lines.seek(0)
            delimiter = max(DELIMITERS, key=first.count)
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                cells = row[: bounds.MOST_COLUMNS]
                refuse_beyond(number)
                if any(cell and not cell.isspace() for cell in cells):
                    yield number, cells
    except csv.Error as error:
        raise UploadRefused(CROOKED) from error
