"""Workbooks of ours, streamed: a page is filled from top to bottom and not kept, however long it is.

Nothing gets into a cell but through `_dressed`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from boundary.workbooks.cells import Cell, looks_like_a_formula, plain

BOLD = Font(bold=True)
QUIET = Font(color="FF5A6872", italic=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
A4 = 9  # of the paper sizes of ECMA-376, 18.3.1.63
AS_RATE = "0.0%"
AS_TEXT = "@"  # what is typed over it stays as typed: no 1.23E+17


@dataclass(frozen=True)
class Styled:
    """A cell that does not look like the others. `fill` is a colour, RRGGBB; a rate is a share of 1."""

    value: Cell
    is_bold: bool = False
    is_quiet: bool = False
    is_wrapped: bool = False
    is_text: bool = False
    is_rate: bool = False
    fill: str = ""


class Page:
    """One sheet of a workbook, written row by row. `Book.page` makes it."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def append(self, cells: Iterable[Cell | Styled] = ()) -> None:
        """Write the next row; without cells it stays blank."""
        self._sheet.append([self._dressed(each) if isinstance(each, Styled) else self._bare(each) for each in cells])

    def offer(self, place: int, rows: tuple[int, int], source: str) -> None:
        """Give these rows of a column, counted from 1, a drop-down; other values may be entered as well.

        `source` is a formula: "a,b" in quotation marks, or cells of another page.
        """
        self._add(place, rows, DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False))

    def hint(self, place: int, rows: tuple[int, int], title: str, words: str) -> None:
        """Show words beside whatever cell is entered in these rows of a column, counted from 1."""
        rule = DataValidation(allow_blank=True, showInputMessage=True, promptTitle=title, prompt=words)
        self._add(place, rows, rule)

    def _bare(self, cell: Cell) -> Any:
        return self._as_text(str(plain(cell))) if looks_like_a_formula(cell) else plain(cell)

    def _as_text(self, text: str) -> Any:
        """Return a cell that no program computes, nor a person by pressing return in it."""
        cell = WriteOnlyCell(self._sheet)
        cell.value = text
        cell.data_type = "s"  # and not a formula, as openpyxl takes it for
        cell.quotePrefix = True
        return cell

    def _dressed(self, styled: Styled) -> Any:
        value: Any = plain(styled.value)
        formula = looks_like_a_formula(styled.value)
        cell = self._as_text(str(value)) if formula else WriteOnlyCell(self._sheet, value=value)
        if styled.is_bold or styled.is_quiet:
            cell.font = BOLD if styled.is_bold else QUIET
        if styled.is_wrapped:
            cell.alignment = WRAPPED
        if styled.is_text:
            cell.number_format = AS_TEXT
        if styled.is_rate:
            cell.number_format = AS_RATE
        if styled.fill:
            cell.fill = _solid(styled.fill)
        return cell

    def _add(self, place: int, rows: tuple[int, int], rule: DataValidation) -> None:
        letter = column_letter(place)
        rule.add(f"{letter}{rows[0]}:{letter}{rows[1]}")
        self._sheet.data_validations.append(rule)


class Book:
    """A workbook. Its pages stand in the order in which they are made."""

    def __init__(self) -> None:
        self._book = Workbook(write_only=True)
        self._book.security = None  # else an empty <workbookProtection/>, of which Gnumeric complains

    def page(
        self,
        title: str,
        widths: Sequence[int],
        *,
        freeze: str = "",
        texts: Collection[int] = (),
        before: int = 0,
        repeated: int = 0,
    ) -> Page:
        """Add a page whose columns are so many characters wide; a title that is taken gets a number.

        Rows above and columns left of the cell `freeze` stay in view. `texts` are the columns, counted from 1, that
        hold text whatever is typed. The page stands before the last `before` pages. With `repeated` rows it is one to
        print: those rows stand on every sheet of paper, which lies across and is as wide as all columns.
        """
        sheet: Any = self._book.create_sheet(title, len(self._book.worksheets) - before)
        sheet.freeze_panes = freeze or None
        if repeated:
            sheet.print_title_rows = f"1:{repeated}"
            sheet.page_setup.orientation = "landscape"
            sheet.page_setup.paperSize = A4
            sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        for place, width in enumerate(widths, 1):
            column = sheet.column_dimensions[column_letter(place)]
            column.width = width
            if place in texts:
                column.number_format = AS_TEXT
        return Page(sheet)

    def open_at(self, number: int) -> None:
        """Let programs show this page first, counted from 0."""
        self._book.active = number

    def save(self, target: IO[bytes]) -> None:
        """Write the workbook, once: its pages are streamed."""
        self._book.save(target)

    def content(self) -> BytesIO:
        """Return the whole file. As `save`, only once."""
        file = BytesIO()
        self.save(file)
        file.seek(0)
        return file


def column_letter(place: int) -> str:
    """Return what a column, counted from 1, is called: A, B, … AA."""
    return get_column_letter(place)


@cache
def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=f"FF{colour}")
