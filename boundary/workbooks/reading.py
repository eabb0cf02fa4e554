"""The tables of an xlsx workbook, row by row, with formulas that have no value told from empty cells."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from boundary.refused import UploadRefused
from boundary.workbooks.archives import judge_archive
from boundary.workbooks.cells import WITHOUT_VALUE, Cell
from boundary.workbooks.tables import DAMAGED, MOST_COLUMNS, Row, Table

# What openpyxl, the XML parser and the archive raise for crooked files. defusedxml's refusals are ValueErrors; its
# ParseError is another class than the standard library's, and both are SyntaxErrors.
FAULTS = (
    BadZipFile,
    InvalidFileException,
    SyntaxError,
    zlib.error,
    EOFError,
    AttributeError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    TypeError,
    ValueError,
)


class Parser(WorkSheetParser):
    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = WITHOUT_VALUE
        return cell


@contextmanager
def tables_of_workbook(file: IO[bytes]) -> Iterator[list[Table]]:
    """Give the visible sheets. Raises UploadRefused, also while rows are read, for what is no harmless workbook."""
    judge_archive(file)
    reader, sheets = _read(file)
    try:
        yield [Table(name, partial(_rows, reader, part)) for name, part in sheets]
    finally:
        reader.archive.close()


def _read(file: IO[bytes]) -> tuple[ExcelReader, list[tuple[str, str]]]:
    """Read all but the sheets; return these as name and part. openpyxl itself would read each through for its size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that it does not know
            reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            reader.read_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
        found = [(sheet, rel) for sheet, rel in reader.parser.find_sheets() if rel.target in reader.valid_files]
    except (*FAULTS, OSError) as error:  # OSError is what openpyxl says of an archive without a workbook
        raise UploadRefused(DAMAGED) from error
    visible = [(sheet, rel) for sheet, rel in found if sheet.state == "visible" and "chartsheet" not in rel.Type]
    return reader, [(str(sheet.name), str(rel.target)) for sheet, rel in visible]


def _rows(reader: ExcelReader, part: str) -> Iterator[Row]:
    """Yield the rows that hold anything. Our own loop: openpyxl's makes up every row missing in between."""
    book: Any = reader.wb
    try:
        with warnings.catch_warnings(), reader.archive.open(part) as source:
            warnings.simplefilter("ignore")  # a number formatted as a date that is none becomes #VALUE!
            parser = Parser(
                source,
                reader.shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for number, cells in parser.parse():
                row = _row(cells)
                if row:
                    yield number, row
    except FAULTS as error:
        raise UploadRefused(DAMAGED) from error


def _row(cells: list[dict[str, Any]]) -> list[Cell]:
    """Return the values from column A to the last that says anything; [] for a row that is empty to the eye."""
    found = [
        (cell["column"], cell["value"])
        for cell in cells
        if cell["value"] is not None
        and cell["column"] <= MOST_COLUMNS
        and not (isinstance(cell["value"], str) and cell["value"].isspace())
    ]
    if not found:
        return []
    row: list[Cell] = [None] * max(column for column, _ in found)
    for column, value in found:
        row[column - 1] = value
    return row
