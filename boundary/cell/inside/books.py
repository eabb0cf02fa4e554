"""The tables of an xlsx workbook, row by row, with formulas that have no value told from empty cells.

Nothing is computed, fetched or run: a formula gives the value that its program stored, links stay shut, and XML with
entities is refused (defusedxml, which openpyxl uses where it is installed).
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import DEFUSEDXML, LXML
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from boundary.cell import bounds
from boundary.cell.inside.values import FORMULA, Row, Table, filled, refuse_beyond
from boundary.refused import TABLE_DAMAGED, UploadRefused

if LXML or not DEFUSEDXML:
    raise ImportError("strangers' workbooks are opened with defusedxml, and with no other parser")

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
    RecursionError,
    TypeError,
    ValueError,
)
TOO_COMPLEX = "表格的内部结构异常，不能导入。请把需要的行复制到新的表格中（只粘贴数值）再上传。"
TEXT_TAG, ONE_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"


class Parser(WorkSheetParser):
    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = FORMULA
        return cell

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        number, cells = super().parse_row(row)
        self.row_dimensions.clear()  # else the looks of a million empty rows are kept
        return number, cells


class Reader(ExcelReader):
    def read_strings(self) -> None:
        """Read the shared texts, those of one piece at once: openpyxl builds an object for each."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]  # openpyxl has no types
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = [_text(each) for each in elements(source, TEXT_TAG)]


@contextmanager
def tables_of_workbook(file: IO[bytes]) -> Iterator[list[Table]]:
    """Give the visible sheets. Raises UploadRefused, also while rows are read, for what is no harmless workbook."""
    reader, sheets = _read(file)
    try:
        yield [Table(name, partial(_rows, reader, part)) for name, part in sheets]
    finally:
        reader.archive.close()


def elements(source: IO[bytes], tag: str) -> Iterator[Any]:
    """Yield each element of a name when it is whole, and forget it.

    Raises UploadRefused for XML that is too deep, or where one element holds more than is kept in memory.
    """
    inside: list[Any] = []
    held = 0
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            inside.append(element)
            held += 1
            if len(inside) > bounds.DEEPEST_XML or held > bounds.MOST_ELEMENTS:
                raise UploadRefused(TOO_COMPLEX)
            continue
        inside.pop()
        if element.tag == tag:
            yield element
            inside[-1].clear()  # with it, and whatever stood before it
            held = 0
        elif len(inside) == 1:
            inside[0].clear()  # of a part, all but what is asked for
            held = 0


def _text(element: Any) -> str:
    if len(element) == 1 and element[0].tag == ONE_TEXT_TAG:
        text = element[0].text or ""
    else:
        rich: Any = Text.from_tree(element)
        text = rich.content
    return text.replace("x005F_", "") if "x005F_" in text else text


def _read(file: IO[bytes]) -> tuple[ExcelReader, list[tuple[str, str]]]:
    """Read all but the sheets; return these as name and part. openpyxl itself would read each through for its size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that it does not know
            reader = Reader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            reader.read_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
        found = [(sheet, rel) for sheet, rel in reader.parser.find_sheets() if rel.target in reader.valid_files]
    except UploadRefused:
        raise
    except (*FAULTS, OSError) as error:  # OSError is what openpyxl says of an archive without a workbook
        raise UploadRefused(TABLE_DAMAGED) from error
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
            for count, element in enumerate(elements(source, ROW_TAG), 1):
                number, cells = parser.parse_row(element)
                refuse_beyond(max(count, number))
                if row := filled(_placed(cells)):
                    yield number, row
    except UploadRefused:
        raise
    except FAULTS as error:
        raise UploadRefused(TABLE_DAMAGED) from error


def _placed(cells: Iterable[dict[str, Any]]) -> Iterator[tuple[int, Any]]:
    return ((cell["column"], cell["value"]) for cell in cells if cell["value"] is not None)
