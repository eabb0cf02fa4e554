"""The sheet as it was uploaded with its faulty cells in red and a column that says what is wrong. Never held whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from boundary.cells import neutral
from institutions.imports.books import opened
from institutions.imports.cells import Cell, WithoutValue
from institutions.imports.headings import Sheet
from institutions.imports.tables import Table
from institutions.models import InstitutionImport

RED = PatternFill("solid", fgColor="FFF4CCCC")
AMBER = PatternFill("solid", fgColor="FFFFF4D6")
FILLS = {"error": RED, "warning": AMBER}
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
PROBLEMS = "问题"
PROBLEM_WIDTH = 60
MOST_BLANK = 1_000  # blank rows kept between two others, so that row numbers stay the same
WIDTH = 16
Problems = Sequence[tuple[int, str, str]]


def keep_marked(run: InstitutionImport, sheets: Sequence[Sheet]) -> None:
    """Write the marked sheet beside the uploaded file, over the one of an earlier check, and name it in `run`."""
    name = f"{str(run.file.name).rsplit('/', 1)[0]}/marked.xlsx"
    with tempfile.TemporaryFile() as target:
        book = Workbook(write_only=True)
        with run.file.open("rb") as file, opened(file, run.size) as tables:
            for place, (sheet, table) in enumerate(zip(sheets, tables, strict=True)):
                if sheet.role:
                    _write(book, run, place, sheet, table)
            book.save(target)
        target.seek(0)
        default_storage.delete(name)
        run.marked.name = default_storage.save(name, File(target))


def problem_text(sheet: Sheet, problem: tuple[int, str, str]) -> str:
    """Return 「统一社会信用代码」：…, or the bare sentence for what concerns a column that the sheet lacks."""
    place, _, text = problem
    if place < 0:
        return text
    return f"「{sheet.headings[place] or get_column_letter(place + 1) + ' 列'}」：{text}"


def _write(book: Workbook, run: InstitutionImport, place: int, sheet: Sheet, table: Table) -> None:
    page = book.create_sheet(sheet.name or "导入表格")
    # What an earlier marking of ours added is written anew.
    width = len(sheet.headings) - (sheet.headings[-1:] == [PROBLEMS])
    for column in range(1, width + 1):
        page.column_dimensions[get_column_letter(column)].width = WIDTH
    page.column_dimensions[get_column_letter(width + 1)].width = PROBLEM_WIDTH
    page.freeze_panes = f"A{sheet.heading_row + 1}"
    found = _problems(run, place)
    current = next(found, None)
    last = 0
    for number, cells in table.rows():
        for _ in range(last + 1, min(number, last + MOST_BLANK)):
            page.append([])
        last = number
        if number == sheet.heading_row:
            page.append([_bold(page, cell) for cell in [*_filled(cells, width), PROBLEMS]])
            continue
        while current is not None and current[0] < number:
            current = next(found, None)
        problems = current[1] if current is not None and current[0] == number else ()
        page.append(_marked(page, _filled(cells, width), problems, sheet))


def _problems(run: InstitutionImport, place: int) -> Iterator[tuple[int, Problems]]:
    rows = run.rows.filter(sheet=place).exclude(problems=[]).order_by("number")
    return iter(rows.values_list("number", "problems").iterator(chunk_size=1_000))


def _marked(page: Any, cells: Sequence[Cell], problems: Problems, sheet: Sheet) -> list[Any]:
    row: list[Any] = [_plain(cell) for cell in cells]
    grave = [problem for problem in problems if problem[1] in FILLS]
    for place, level, _ in sorted(grave, key=lambda problem: problem[1] == "error"):
        if 0 <= place < len(row):
            row[place] = _coloured(page, _plain(cells[place]), FILLS[level])
    if not grave:
        return row
    note = WriteOnlyCell(page, value="\n".join(problem_text(sheet, problem) for problem in grave))
    note.alignment = WRAPPED
    return [*row, note]


def _coloured(page: Any, value: Any, fill: PatternFill) -> Any:
    cell = WriteOnlyCell(page, value=value)
    cell.fill = fill
    return cell


def _bold(page: Any, value: Cell) -> Any:
    cell = WriteOnlyCell(page, value=_plain(value))
    cell.font = BOLD
    return cell


def _filled(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells[:width], *[None] * (width - len(cells))]


def _plain(cell: Cell) -> Any:
    """Return what a spreadsheet may be given: no text that it would take for a formula."""
    if isinstance(cell, WithoutValue):
        return str(cell)
    return cell if isinstance(cell, bool | date | time | timedelta) else neutral(cell)
