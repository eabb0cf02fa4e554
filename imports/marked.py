"""The sheet as it was uploaded with its faulty cells in red and a column that says what is wrong. Never held whole.

It brings what the template brings to fill it in: notes, the remit's region codes, and the drop-downs of each column.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from django.core.files.base import File
from django.core.files.storage import default_storage

from boundary.workbooks.cells import Cell
from boundary.workbooks.tables import Table
from boundary.workbooks.writing import Book, Page, Styled, column_letter
from imports.books import kept_tables
from imports.column import Column
from imports.guidance import AS_TEXT, LAST_ROW, add_rule, write_notes, write_regions
from imports.headings import Sheet
from imports.models import InstitutionImport
from imports.remit import regions_of

FILLS = {"error": "F4CCCC", "warning": "FFF4D6"}  # red, amber
PROBLEMS = "问题"
PROBLEM_WIDTH = 60
NOTES = (
    "红色的单元格有错误，改好以后才能导入；黄色的请再看一眼。原因写在最右边的“问题”列，再次上传时不必删去。",
    "改好后直接上传这个文件；没有错误的行不用动，空白单元格不改变已登记的内容。请不要改动各列的名称。",
    "统一社会信用代码、电话、登记号等从别处粘贴时请选“只粘贴文本”，以免变成 1.23E+17。",
)
MOST_BLANK = 1_000  # blank rows kept between two others, so that row numbers stay the same
WIDTH = 16
Problems = Sequence[tuple[int, str, str]]


def keep_marked(run: InstitutionImport, sheets: Sequence[Sheet]) -> None:
    """Write the marked sheet beside the uploaded file, over the one of an earlier check, and name it in `run`."""
    name = f"{str(run.file.name).rsplit('/', 1)[0]}/marked.xlsx"
    with tempfile.TemporaryFile() as target:
        book = Book()
        regions = regions_of(run.authority)
        # First, so that these two names are free; the tables are put before them.
        write_notes(book, f"{run.authority.name}：怎样改好这张表格", NOTES)
        write_regions(book, regions)
        tables = kept_tables(str(run.file.name), [sheet.name for sheet in sheets])
        for place, (sheet, table) in enumerate(zip(sheets, tables, strict=True)):
            if not sheet.role:
                continue
            page = _page(book, sheet)
            rows = (sheet.heading_row + 1, max(_write(page, run, place, sheet, table), LAST_ROW))
            for column_place, column in sheet.columns.items():
                add_rule(page, column_place + 1, column, rows=rows, region_count=len(regions))
        book.save(target)
        target.seek(0)
        default_storage.delete(name)
        run.marked.name = default_storage.save(name, File(target))


def problem_text(sheet: Sheet, problem: tuple[int, str, str]) -> str:
    """Return 「统一社会信用代码」：…, or the bare sentence for what concerns a column that the sheet lacks."""
    place, _, text = problem
    if place < 0:
        return text
    return f"「{sheet.headings[place] or column_letter(place + 1) + ' 列'}」：{text}"


def _page(book: Book, sheet: Sheet) -> Page:
    widths = [*[WIDTH] * _width(sheet), PROBLEM_WIDTH]
    groups = [], *([width] for width in widths)  # which of a stranger's columns say what a row is, nobody knows
    return book.page(sheet.name or "导入表格", *groups, head_rows=sheet.heading_row, before=2)


def _width(sheet: Sheet) -> int:
    """Return the number of columns as uploaded: what an earlier marking of ours added is written again."""
    return len(sheet.headings) - (sheet.headings[-1:] == [PROBLEMS])


def _write(page: Page, run: InstitutionImport, place: int, sheet: Sheet, table: Table) -> int:
    """Write one table and return the number of its last row."""
    width = _width(sheet)
    found = _problems(run, place)
    current = next(found, None)
    last = 0
    for number, cells, _ in table.rows():
        for _ in range(last + 1, min(number, last + MOST_BLANK)):
            page.append()
        last = number
        if number == sheet.heading_row:
            page.append([Styled(cell, is_bold=True) for cell in [*_filled(cells, width), PROBLEMS]])
            continue
        while current is not None and current[0] < number:
            current = next(found, None)
        problems = current[1] if current is not None and current[0] == number else ()
        page.append(_marked(_filled(cells, width), problems, sheet))
    return last


def _problems(run: InstitutionImport, place: int) -> Iterator[tuple[int, Problems]]:
    rows = run.rows.filter(sheet=place).exclude(problems=[]).order_by("number")
    return iter(rows.values_list("number", "problems").iterator(chunk_size=1_000))


def _marked(cells: Sequence[Cell], problems: Problems, sheet: Sheet) -> list[Cell | Styled]:
    row: list[Cell | Styled] = [*cells]
    grave = [problem for problem in problems if problem[1] in FILLS]
    if not grave:
        return row
    columns = sheet.columns
    for place, level, _ in sorted(grave, key=lambda problem: problem[1] == "error"):
        if 0 <= place < len(row):
            row[place] = _coloured(cells[place], FILLS[level], columns.get(place))
    note = "\n".join(problem_text(sheet, problem) for problem in grave)
    return [*row, Styled(note, is_wrapped=True)]


def _coloured(cell: Cell, fill: str, column: Column | None) -> Styled:
    # As text where the template has text: else the code that is typed over it becomes 1.23E+17.
    is_text = column is not None and column.kind in AS_TEXT and not isinstance(cell, date | time | timedelta)
    return Styled(cell, fill=fill, is_text=is_text)


def _filled(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells[:width], *[None] * (width - len(cells))]
