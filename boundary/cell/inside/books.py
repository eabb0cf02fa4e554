"""The tables of an xlsx workbook, row by row, with formulas that have no value told from empty cells.

Nothing is computed, fetched or run: a formula gives the value that its program stored, links stay shut, and XML with
entities is refused (defusedxml, which openpyxl uses where it is installed). What somebody does not see in their own
program is noted: rows and columns that are hidden, and a value that reaches down from a row above.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import DEFUSEDXML, LXML
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from boundary.cell import bounds
from boundary.cell.inside.formats import Looks
from boundary.cell.inside.merged import Merged
from boundary.cell.inside.packages import YES, Package
from boundary.cell.inside.values import FORMULA, Book, Row, Table, filled, is_blank, refuse_beyond
from boundary.cell.noted import WHOLE_ROW, Note, Noted
from boundary.refused import TABLE_DAMAGED, UploadRefused

if LXML or not DEFUSEDXML:
    raise ImportError("strangers' workbooks are opened with defusedxml, and with no other parser")

# What the XML parser, the archive and our own reading raise for crooked files. defusedxml's refusals are ValueErrors;
# its ParseError is another class than the standard library's, and both are SyntaxErrors.
FAULTS = (
    BadZipFile,
    OSError,
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


def _tag(name: str) -> str:
    return f"{{{SHEET_MAIN_NS}}}{name}"


ROW, CELL, VALUE, FORMULA_TAG, INLINE = (_tag(name) for name in ("row", "c", "v", "f", "is"))
TEXT, PIECE, WRITTEN = (_tag(name) for name in ("si", "r", "t"))
COLUMN, MERGED = _tag("col"), _tag("mergeCell")
PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
SIGN = re.compile("_x([0-9A-Fa-f]{4})_")  # one that XML does not hold, or an underscore before what looks like one
LONGEST_NUMBER = 5_000  # characters; a program of integers without end may write them out
NO_DAY = "#VALUE!"  # as Excel says of a number that is no day of its calendar


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Book]:
    """Give what is read of a workbook. Raises UploadRefused, also while rows are read, for what is no harmless one."""
    with _faults_are_damage():
        package = Package(file)
    try:
        yield _Reader(package).book()
    finally:
        package.close()


@contextmanager
def _faults_are_damage() -> Iterator[None]:
    """Raise UploadRefused for whatever a crooked file makes of our reading; what is refused in its own words stays."""
    try:
        yield
    except UploadRefused:
        raise
    except FAULTS as error:
        raise UploadRefused(TABLE_DAMAGED) from error


class _Reader:
    """Reads the sheets of one package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.epoch = CALENDAR_MAC_1904 if package.counts_from_1904 else CALENDAR_WINDOWS_1900
        with _faults_are_damage():
            self.looks = Looks(package)
            self.texts = list(self._texts())

    def book(self) -> Book:
        shown = [Table(each.name, partial(self.rows, each.part)) for each in self.package.sheets if not each.is_hidden]
        hidden = [each.name for each in self.package.sheets if each.is_hidden]
        return Book(shown, hidden, counts_from_1904=self.package.counts_from_1904)

    def rows(self, part: str) -> Iterator[Row]:
        """Yield the rows that hold anything. Raises UploadRefused."""
        with _faults_are_damage():
            yield from self._rows(part)

    def _rows(self, part: str) -> Iterator[Row]:
        merged = Merged(self._merged(part))
        hidden: set[int] = set()
        number = 0
        with self.package.open(part) as source:
            for count, element in enumerate(elements(source, {ROW, COLUMN})):
                if element.tag == COLUMN:
                    hidden |= _hidden_columns(element)
                    continue
                number = int(element.get("r") or number + 1)
                refuse_beyond(max(count, number))
                cells = dict(self._cells(element))
                is_beyond = any(column > bounds.MOST_COLUMNS for column in cells)
                merged.begin(number, cells)
                if not filled(cells.items()):
                    continue
                notes = [(column, Noted.MERGED) for column in merged.fill(number, cells)]
                notes += [(column, Noted.HIDDEN_COLUMN) for column in cells if column in hidden]
                row = filled(cells.items())
                if len(cells) > 1:  # more than a title or a remark across the table
                    beside = sorted(merged.beside(number, cells))
                    notes += [(column, Noted.BESIDE) for column in beside]
                    row += [None] * (max(beside, default=0) - len(row))
                of_row = [Noted.HIDDEN_ROW] * _is_hidden(element, "ht") + [Noted.BEYOND] * is_beyond
                yield Row(number, row, list(_notes(of_row, notes, len(row))))

    def _merged(self, part: str) -> Iterator[str]:
        """Yield which cells of a sheet are one. They stand behind its rows, so it is read twice where there are any."""
        with self.package.open(part) as source:
            if not _holds(source, b"mergeCell"):
                return
        with self.package.open(part) as source:
            yield from (element.get("ref", "") for element in elements(source, {ROW, MERGED}) if element.tag == MERGED)

    def _cells(self, row: Any) -> Iterator[tuple[int, Any]]:
        """Yield the columns of a row that hold anything, counted from 1, with their values."""
        column = 0
        for cell in row:
            if cell.tag != CELL:
                continue
            said = PLACE.fullmatch(cell.get("r", ""))
            column = column_index_from_string(said[1]) if said else column + 1
            value = self._value(cell)
            if value is not None and not (isinstance(value, str) and is_blank(value)):
                yield column, value

    def _value(self, cell: Any) -> Any:
        kind, said = cell.get("t", "n"), cell.findtext(VALUE)
        if kind == "inlineStr":
            inline = cell.find(INLINE)
            return None if inline is None else _text(inline)
        if said is None or (said == "" and kind != "str"):
            return None if cell.find(FORMULA_TAG) is None else FORMULA
        if kind == "s":
            return self.texts[int(said)]
        if kind == "b":
            return said.strip() in YES
        if kind == "d":
            return from_ISO8601(said)  # type: ignore[no-untyped-call]  # openpyxl has no types
        return self._number(said, int(cell.get("s") or 0)) if kind == "n" else _plain(said)

    def _number(self, said: str, look: int) -> Any:
        if len(said) > LONGEST_NUMBER:
            raise ValueError("no program writes such a number")
        number = int(said) if said.lstrip("+-").isdecimal() and len(said) < 20 else float(said)
        if look not in self.looks.of_days:
            return number
        try:
            return from_excel(number, self.epoch, timedelta=look in self.looks.of_spans)
        except (ValueError, OverflowError):
            return NO_DAY

    def _texts(self) -> Iterator[str]:
        if part := self.package.texts:
            with self.package.open(part) as source:
                yield from (_text(each) for each in elements(source, {TEXT}))


def elements(source: IO[bytes], tags: Collection[str]) -> Iterator[Any]:
    """Yield each element of these names when it is whole, and forget it.

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
        if element.tag in tags:
            yield element
            inside[-1].clear()  # with it, and whatever stood before it
            held = 0
        elif len(inside) == 1:
            inside[0].clear()  # of a part, all but what is asked for
            held = 0


def _text(element: Any) -> str:
    """Return a text, of pieces with looks of their own too; how it is read aloud (rPh) is no part of it."""
    pieces = (each if each.tag == WRITTEN else each.find(WRITTEN) for each in element if each.tag in (WRITTEN, PIECE))
    return _plain("".join(piece.text or "" for piece in pieces if piece is not None))


def _plain(text: str) -> str:
    """Return a text with the signs that XML spells out."""
    return SIGN.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _hidden_columns(element: Any) -> set[int]:
    """Return which columns an element hides, counted from 1."""
    if not _is_hidden(element, "width"):
        return set()
    first, last = int(element.get("min") or 1), int(element.get("max") or 1)
    return set(range(max(first, 1), min(last, bounds.MOST_COLUMNS) + 1))


def _is_hidden(element: Any, size: str) -> bool:
    return element.get("hidden") in YES or float(element.get(size) or 1) == 0


def _notes(of_row: Iterable[Noted], of_cells: Iterable[Note], width: int) -> Iterator[Note]:
    """Yield the notes of a row, with its columns counted from 0."""
    yield from ((WHOLE_ROW, noted) for noted in of_row)
    yield from ((column - 1, noted) for column, noted in of_cells if column <= width)


def _holds(source: IO[bytes], word: bytes) -> bool:
    """Whether a word stands anywhere in a part."""
    before = b""
    while piece := source.read(bounds.MEGABYTE):
        if word in before + piece:
            return True
        before = piece[-len(word) :]
    return False
