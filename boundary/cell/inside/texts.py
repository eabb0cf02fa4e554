"""The one table of a text file (CSV): cells parted by commas, tabs, semicolons or upright strokes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
OPEN_QUOTE = "第 {number} 行有一个引号没有成对，从那里到文件末尾读成了一格。请补上或删去这个引号，再上传。"
A_PAGE = "这个文件其实是网页，只是扩展名像表格。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
BEGINS_A_PAGE = ("<!doctype html", "<html", "<head", "<meta", "<body", "<style", "<table", "<div", "<?xml")


def table_of_text(file: IO[bytes]) -> Table:
    """Return the table. Raises UploadRefused, also while rows are read, for what is no text or is crooked."""
    encoding = encoding_of(file)
    with decoded(file, encoding) as lines:
        if lines.read(LONGEST_LOOK).lstrip().lower().startswith(BEGINS_A_PAGE):
            raise UploadRefused(A_PAGE)
    return Table("", partial(_rows, file, encoding))


def _rows(file: IO[bytes], encoding: str) -> Iterator[Row]:
    csv.field_size_limit(bounds.LONGEST_CELL)
    try:
        with decoded(file, encoding) as lines:
            delimiter = _delimiter_of(lines.read(LONGEST_LOOK))
            lines.seek(0)
            kept = _Kept(lines)
            for number, row in enumerate(csv.reader(kept, delimiter=delimiter), 1):
                cells = row[: bounds.MOST_COLUMNS]
                refuse_beyond(number)
                notes = [(WHOLE_ROW, noted) for noted in _notes(number, row, kept.taken(), delimiter)]
                if any(cell and not cell.isspace() for cell in cells):
                    yield Row(number, cells, notes)
    except csv.Error as error:
        raise UploadRefused(CROOKED) from error


class _Kept:
    """Lines on their way to a reader, with those of the row that it is at."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._of_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._of_row.append(line)
            yield line

    def taken(self) -> list[str]:
        """Return the lines of the row that was read last."""
        taken, self._of_row = self._of_row, []
        return taken


def _notes(number: int, row: Sequence[str], lines: Sequence[str], delimiter: str) -> Iterator[Noted]:
    """Yield what is noted of a row. Raises UploadRefused where a quotation mark swallows the rest of the file."""
    if any(row[bounds.MOST_COLUMNS :]):
        yield Noted.BEYOND
    if not any('"' in line for line in lines):
        return
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise UploadRefused(OPEN_QUOTE.format(number=number)) from error
        yield Noted.QUOTES


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
