"""Workbooks of ours, streamed: a page is filled from top to bottom and not kept, however long it is.

Nothing gets into a cell but through `_dressed`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.xml.functions import Element

from boundary.workbooks import paper, spelling
from boundary.workbooks.cells import Cell, looks_like_a_formula, plain

BOLD = Font(bold=True)
QUIET = Font(color="FF5A6872", italic=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
IN_TABLE = Alignment(wrap_text=True, vertical="center")
# Of a page's title, as Excel has it.
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\t\r\n]")
LONGEST_TITLE = 31
RESERVED = ("History",)
MARK = re.compile(rb"<spelt\s*/>")  # nothing else says it: in a text its first sign is spelt otherwise
BLOCK = 1 << 20
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


class _Writer(WorksheetWriter):
    """Takes whole rows, spelt by us, beside openpyxl's cells, each of which costs as much as such a row.

    They wait in a file of their own. Where a run of them goes, openpyxl writes a mark, which they replace at the end.
    """

    def __init__(self, sheet: Any) -> None:
        super().__init__(sheet)
        self._path = Path(str(self.out))
        self.spelt = ""
        self._rows = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the sheet
        self._ends: list[int] = []  # of the runs
        self._is_running = False

    def write_row(self, xf: Any, row: Iterable[Any], row_idx: int) -> None:
        if not self.spelt:
            self._end_run()
            super().write_row(xf, row, row_idx)
            return
        if not self._is_running:
            xf.write(Element("spelt"))
            self._is_running = True
        self._rows.write(self.spelt.encode())

    def close(self) -> None:
        super().close()
        self._end_run()
        with self._rows as rows:
            if self._ends:
                first, *others = MARK.split(self._path.read_bytes())
                rows.seek(0)
                with self._path.open("wb") as whole:
                    whole.write(first)
                    for end, rest in zip(self._ends, others, strict=True):
                        _copy(rows, whole, end - rows.tell())
                        whole.write(rest)

    def _end_run(self) -> None:
        if self._is_running:
            self._ends.append(self._rows.tell())
            self._is_running = False


class Page:
    """One sheet of a workbook, written row by row. `Book.page` makes it."""

    def __init__(self, sheet: Any, widths: Sequence[int]) -> None:
        self._sheet = sheet
        self._widths = widths
        self._count = 0
        self._styles: dict[spelling.Look, int] = {}  # the look of each kind of cell of a table
        self._letters = [column_letter(place) for place in range(1, len(widths) + 1)]
        self._writer: _Writer | None = None

    def append(self, cells: Iterable[Cell | Styled] = ()) -> None:
        """Write the next row; without cells it stays blank."""
        self._count += 1
        self._sheet.append([self._dressed(each) if isinstance(each, Styled) else self._bare(each) for each in cells])

    def tabulate(self, cells: Iterable[Cell | Styled]) -> None:
        """Write the next row of a table: what is longer than its column is wide goes on in a further line."""
        row = list(cells)
        self._count += 1
        kinds = {type(each) for each in row}
        high = 1
        if str in kinds or Styled in kinds:
            texts = (each.value if isinstance(each, Styled) else each for each in row)
            lines = [
                paper.lines(each, width) for each, width in zip(texts, self._widths, strict=False) if type(each) is str
            ]
            high = min(max(lines, default=1), paper.MOST_LINES)
        if kinds <= spelling.KINDS and len(row) <= len(self._letters):
            self._write_spelt(row, high)
            return
        if high > 1:
            self._sheet.row_dimensions[self._count].height = high * paper.LINE
        self._sheet.append([self._tabulated(each) for each in row])
        self._sheet.row_dimensions.pop(self._count, None)

    def _write_spelt(self, row: Sequence[Any], high: int) -> None:
        """Write a row of values of those kinds that we spell ourselves, so many lines high."""
        cells = []
        for letter, each in zip(self._letters, row, strict=False):
            if each is not None:
                look, rest = spelling.spelt(each)
                if look not in self._styles:
                    self._styles[look] = self._tabulated(each).style_id
                cells.append(f'<c r="{letter}{self._count}" s="{self._styles[look]}" {rest}')
        height = f' ht="{high * paper.LINE}" customHeight="1"' if high > 1 else ""
        if self._writer is None:
            self._sheet._get_writer()  # it writes the top of the page, once
            self._writer = self._sheet._writer
        self._writer.spelt = f'<row r="{self._count}"{height}>{"".join(cells)}</row>'
        self._sheet.append(())
        self._writer.spelt = ""

    def entitle(self, words: str, columns: int) -> None:
        """Write a title over the first columns and not beyond them: further sheets of paper repeat only those."""
        self._count += 1
        self._sheet.row_dimensions[self._count].height = paper.LINE * paper.lines(words, sum(self._widths[:columns]))
        self._sheet.append([self._tabulated(Styled(words, is_bold=True))])
        if columns > 1:
            self._sheet.merged_cells.add(f"A{self._count}:{column_letter(columns)}{self._count}")

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

    def _tabulated(self, given: Cell | Styled) -> Any:
        """Return the cell in the look of tables: the same one for each kind, with another value."""
        if given is None:
            return None
        cell: Any
        if isinstance(given, Styled):
            cell = self._dressed(given)
            cell.alignment = IN_TABLE
            return cell
        value: Any = plain(given)
        formula = looks_like_a_formula(given)
        cell = self._as_text(str(value)) if formula else WriteOnlyCell(self._sheet, value=value)
        cell.alignment = IN_TABLE
        return cell

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
        *groups: Sequence[int],
        freeze: str = "",
        texts: Collection[int] = (),
        before: int = 0,
        head_rows: int = 0,
    ) -> Page:
        """Add a page whose columns are so many characters wide, by groups. A title that no page can have is made fit,
        and one that is taken gets a number.

        Rows above and columns left of the cell `freeze` stay in view; without it, the head and the first group if
        others follow. `texts` are the columns, counted from 1, that hold text whatever is typed. The page stands
        before the last `before` pages. On paper the head and the first group come again on every sheet.
        """
        sheet: Any = self._book.create_sheet(self._title(title), len(self._book.worksheets) - before)
        sheet._get_writer = lambda: _begin(sheet)
        keys = len(groups[0]) if len(groups) > 1 else 0
        sheet.freeze_panes = freeze or (f"{column_letter(keys + 1)}{head_rows + 1}" if head_rows else None)
        _lay_out(sheet, head_rows, keys)
        for column in paper.breaks(groups):
            sheet.col_breaks.append(Break(id=column))
        widths = list(chain(*groups))
        for place, width in enumerate(widths, 1):
            dimension = sheet.column_dimensions[column_letter(place)]
            dimension.width = width
            if place in texts:
                dimension.number_format = AS_TEXT
        return Page(sheet, widths)

    def _title(self, wanted: str) -> str:
        """Return a title that programs open: they call a workbook damaged whose pages are called otherwise."""
        fit = NOT_IN_TITLES.sub("_", str(plain(wanted))).strip().strip("'")[:LONGEST_TITLE] or "Sheet"
        taken = {each.casefold() for each in (*self._book.sheetnames, *RESERVED)}
        tried, number = fit, 0
        while tried.casefold() in taken:
            number += 1
            tried = f"{fit[: LONGEST_TITLE - len(str(number))]}{number}"
        return tried

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


def _lay_out(sheet: Any, head_rows: int, keys: int) -> None:
    """Say how the page is printed: across, with what is repeated on every sheet, a grid and the sheet's number."""
    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.scale = "landscape", paper.A4, paper.SCALE
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = paper.MARGIN / paper.MM
    margins.bottom, margins.header, margins.footer = paper.FOOT / paper.MM, 0, paper.MARGIN / 2 / paper.MM
    words = sheet.HeaderFooter
    # Else they are written empty, of which Gnumeric complains.
    words.evenHeader = words.evenFooter = words.firstHeader = words.firstFooter = None
    words.oddFooter.center.text = "&A　第 &P 页，共 &N 页"
    sheet.print_options.gridLines = True
    if head_rows:
        sheet.print_title_rows = f"1:{head_rows}"
    if keys:
        sheet.print_title_cols = f"A:{column_letter(keys)}"


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size > 0:
        block = source.read(min(size, BLOCK))
        target.write(block)
        size -= len(block)


def _begin(sheet: Any) -> None:
    """Write the top of a page before its first row, as openpyxl does, with a writer of ours."""
    if sheet._writer is None:
        sheet._writer = _Writer(sheet)
        sheet._writer.write_top()


@cache
def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=f"FF{colour}")
