"""Opening an uploaded sheet, streamed: what it is by its content, and its tables.

Nothing is computed, fetched or run: a formula gives the value that its program stored, links stay shut, and XML with
entities or a DTD is refused (defusedxml, which openpyxl uses where it is installed).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from boundary.refused import UploadRefused
from boundary.workbooks.archives import refuse_old_office
from boundary.workbooks.reading import tables_of_workbook
from boundary.workbooks.tables import LARGEST_BYTES, MOST_COLUMNS, Row, Table
from imports.encodings import decoded, encoding_of
from imports.tables import MOST_SHEETS, NOTES_SHEET, REGIONS_SHEET

LONGEST_CELL = 32_767  # as in Excel
DELIMITERS = ",\t;，"


@contextmanager
def opened(file: IO[bytes], size: int) -> Iterator[list[Table]]:
    """Open a file and give its visible tables. Raises UploadRefused, also while rows are read, with reason and cure."""
    if not size:
        raise UploadRefused("文件是空的，请重新选择。")
    if size > LARGEST_BYTES:
        raise UploadRefused(f"文件超过 {LARGEST_BYTES // 1024 // 1024} 兆，请按县区分成几个表格上传。")
    refuse_old_office(file)
    file.seek(0)
    if file.read(2) == b"PK":
        with tables_of_workbook(file) as tables:
            _refuse_too_many(tables)
            yield tables
        return
    encoding = encoding_of(file)
    yield [Table("", lambda: _text_rows(file, encoding))]


def kind_of(file: IO[bytes]) -> str:
    """Return the ending under which an accepted file is kept."""
    file.seek(0)
    return "xlsx" if file.read(2) == b"PK" else "csv"


def _refuse_too_many(tables: list[Table]) -> None:
    count = sum(table.name not in (NOTES_SHEET, REGIONS_SHEET) for table in tables)
    if count > MOST_SHEETS:
        raise UploadRefused(f"工作表过多（{count} 张），请只留下需要导入的，最多 {MOST_SHEETS} 张。")


def _text_rows(file: IO[bytes], encoding: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        with decoded(file, encoding) as lines:
            first = lines.readline(LONGEST_CELL)
            lines.seek(0)
            delimiter = max(DELIMITERS, key=first.count)
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                cells = row[:MOST_COLUMNS]
                if any(cell and not cell.isspace() for cell in cells):
                    yield number, cells
    except csv.Error as error:
        raise UploadRefused("CSV 文件的结构不对（例如引号没有成对），请用 Excel 打开后另存为 .xlsx 再上传。") from error
