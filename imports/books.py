"""An uploaded sheet: opened once, in a cell, and its rows kept beside it as plain data, a file for each table.

Checking and marking read these rows; the sheet itself is never opened again.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage

from boundary.cell.tables import Written
from boundary.refused import UploadRefused
from boundary.workbooks import plain
from boundary.workbooks.tables import LARGEST_BYTES, Row, Table

QUICKLY = 1  # of gzip's nine levels
ARCHIVE = b"PK"


def refuse_by_size(size: int) -> None:
    """Raise UploadRefused for what needs no opening to be refused."""
    if not size:
        raise UploadRefused("文件是空的，请重新选择。")
    if size > LARGEST_BYTES:
        raise UploadRefused(f"文件超过 {LARGEST_BYTES // 1024 // 1024} 兆，请按县区分成几个表格上传。")


def ending_of(file: IO[bytes]) -> str:
    """Return the ending under which a file is kept, by its first two bytes. What it really is, a cell says."""
    file.seek(0)
    return "xlsx" if file.read(len(ARCHIVE)) == ARCHIVE else "csv"


def tables_of(written: Iterable[Written]) -> list[Table]:
    """Return the tables as a cell left them. Raises UploadRefused while rows are read that no cell of ours writes."""
    return [Table(each.name, partial(_rows_of, each)) for each in written]


def keep_rows(sheet: str, written: Iterable[Written], folder: Path) -> None:
    """Store the rows of every table beside the sheet of this name, over those of a worker that died over them.

    Raises UploadRefused, with nothing stored of a table, for rows that no cell of ours writes. `folder` is for use
    meanwhile.
    """
    for place, each in enumerate(written):
        packed = folder / f"packed-{place}"
        with gzip.open(packed, "wb", QUICKLY) as target:
            for _ in plain.rows_of(_copied(each, target)):
                pass
        name = rows_name(sheet, place)
        default_storage.delete(name)
        with packed.open("rb") as source:
            stored = default_storage.save(name, File(source))
        packed.unlink()
        if stored != name:
            raise RuntimeError(f"{name} was stored as {stored}")


def kept_tables(sheet: str, names: Iterable[str]) -> list[Table]:
    """Return the tables whose rows are kept beside the sheet, in its order, by their names."""
    return [Table(name, partial(_kept_rows, rows_name(sheet, place))) for place, name in enumerate(names)]


def drop_rows(sheet: str, count: int) -> None:
    """Delete the rows of so many tables."""
    for place in range(count):
        default_storage.delete(rows_name(sheet, place))


def rows_name(sheet: str, place: int) -> str:
    """Return where the rows of a table lie, counted from 0."""
    return f"{sheet.rpartition('/')[0]}/rows-{place}.jsonl.gz"


def _lines(written: Written) -> Iterator[bytes]:
    for piece in written.pieces:
        with piece.open("rb") as file:
            yield from file


def _rows_of(written: Written) -> Iterator[Row]:
    return plain.rows_of(_lines(written))


def _copied(written: Written, target: Any) -> Iterator[bytes]:
    """Yield the lines, each written down before the next is asked for."""
    for line in _lines(written):
        target.write(line)
        yield line


def _kept_rows(name: str) -> Iterator[Row]:
    with default_storage.open(name, "rb") as stored, gzip.open(stored, "rb") as lines:
        yield from plain.rows_of(lines)
