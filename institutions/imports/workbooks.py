"""The tables of an xlsx workbook, row by row, with formulas that have no value told from empty cells."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from boundary.refused import UploadRefused
from institutions.imports.cells import WITHOUT_VALUE, Cell
from institutions.imports.tables import DAMAGED, MOST_COLUMNS, MOST_SHEETS, Row, Table

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
    """Give the visible sheets of a judged archive. Raises UploadRefused for one that is no workbook after all."""
    book = _loaded(file)
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(sheets) > MOST_SHEETS:
            raise UploadRefused(f"工作表过多（{len(sheets)} 张），请只留下需要导入的，最多 {MOST_SHEETS} 张。")
        yield [Table(str(sheet.title), partial(_rows, sheet)) for sheet in sheets]
    finally:
        book.close()


def _loaded(file: IO[bytes]) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drop-downs and styles that it does not know
            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (*FAULTS, OSError) as error:  # OSError is what openpyxl says of an archive without a workbook
        raise UploadRefused(DAMAGED) from error


def _rows(sheet: Any) -> Iterator[Row]:
    """Yield the rows that hold anything. Our own loop: openpyxl's makes up every row missing in between."""
    book = sheet.parent
    try:
        with warnings.catch_warnings(), sheet._get_source() as source:
            warnings.simplefilter("ignore")  # a number formatted as a date that is none becomes #VALUE!
            parser = Parser(
                source,
                sheet._shared_strings,
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
