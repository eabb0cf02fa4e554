"""What a table is sent as, and its rows as plain data: lines of JSON in files of the cell's folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from boundary.cell import bounds
from boundary.cell.inside.archives import judge_archive, refuse_old_office
from boundary.cell.inside.books import opened
from boundary.cell.inside.texts import table_of_text
from boundary.cell.inside.values import Book, Row, Table, plain
from boundary.refused import MOST_PAGES, TABLE_DAMAGED, TABLE_TOO_HEAVY, UploadRefused

BOOK, TEXT = "xlsx", "csv"
ARCHIVE = b"PK"
TOO_MANY_ROWS = f"几张表里一共超过 {bounds.MOST_FILLED_ROWS} 行，不能导入。请按县区分成几个表格上传。"
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain)


def read(path: Path, most: int, beside: Sequence[str], counted: Callable[[int], None]) -> dict[str, Any]:
    """Write the rows of every table; answer {"type", "tables", "hidden", "from_1904"}: `tables` is a list of each
    visible table's name with its files in order, `hidden` the names of those that are not read.

    More than `most` tables are refused; those that are named in `beside` do not count, and are read too.
    """
    with path.open("rb") as file, _opened(file, counted) as (kind, book):
        tables = book.tables
        count = sum(table.name not in beside for table in tables)
        if count > most:
            raise UploadRefused(f"工作表过多（{count} 张），请只留下需要导入的，最多 {most} 张。")
        written = _Written()
        read = [[each.name[: bounds.LONGEST_NAME], written.take(each)] for each in tables]
        hidden = [name[: bounds.LONGEST_NAME] for name in book.hidden[: bounds.MOST_HIDDEN]]
        return {"type": kind, "tables": read, "hidden": hidden, "from_1904": book.counts_from_1904}


@contextmanager
def _opened(file: IO[bytes], counted: Callable[[int], None]) -> Iterator[tuple[str, Book]]:
    refuse_old_office(file)
    file.seek(0)
    if file.read(len(ARCHIVE)) == ARCHIVE:
        counted(min(judge_archive(file) // bounds.BYTES_A_SECOND, MOST_PAGES))
        with opened(file) as book:
            yield BOOK, book
        return
    counted(min(file.seek(0, 2) // bounds.BYTES_A_SECOND, MOST_PAGES))
    yield TEXT, Book([table_of_text(file)])


class _Written:
    """The rows that were written so far, of all tables, and how many bytes they are."""

    def __init__(self) -> None:
        self.tables = self.rows = self.bytes = 0

    def take(self, table: Table) -> list[str]:
        """Write a table and return the names of its files."""
        self.tables += 1
        names: list[str] = []
        lines = _lines(self._counted(table.rows()))
        line = next(lines, b"")
        while line:
            names.append(f"rows-{self.tables}-{len(names) + 1}.jsonl")
            size = 0
            with Path(names[-1]).open("wb") as file:
                while line and size < bounds.LARGEST_PIECE:
                    size += file.write(line)
                    line = next(lines, b"")
            self.bytes += size
            if self.bytes > bounds.LARGEST_ROWS:
                raise UploadRefused(TABLE_TOO_HEAVY)
        return names

    def _counted(self, rows: Iterator[Row]) -> Iterator[Row]:
        last = 0
        for row in rows:
            if row.number <= last:  # two rows of one number, or rows out of order: no program writes that
                raise UploadRefused(TABLE_DAMAGED)
            self.rows, last = self.rows + 1, row.number
            if self.rows > bounds.MOST_FILLED_ROWS:
                raise UploadRefused(TOO_MANY_ROWS)
            yield row


def _lines(rows: Iterator[Row]) -> Iterator[bytes]:
    return (ENCODER.encode(row if row.notes else row[:2]).encode() + b"\n" for row in rows)
