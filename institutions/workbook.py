"""Ledgers (台账) in xlsx: one sheet of rows, one that says what it holds. Every app's ledger is written here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from accounts.models import User
from boundary.cells import Cell, neutral

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Column = tuple[str, int]  # heading and width in characters


def write_workbook(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str, asked: str, by: User, freeze: str = "C2"
) -> BytesIO:
    """Return the workbook: the ledger with its heading in the first row, and a sheet of notes.

    `rows` is read once and not kept, however long it is. `asked` is the filter in words.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.freeze_panes = freeze
    for number, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([heading for heading, _ in columns])
    count = 0
    for row in rows:
        sheet.append([neutral(cell) for cell in row])
        count += 1
    notes = book.create_sheet("说明")
    for line in _notes(title, asked, by, count):
        notes.append([neutral(cell) for cell in line])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def day_cell(at: datetime | None) -> str:
    """Return a moment's local day as 2026-11-22; "" for None."""
    return f"{timezone.localtime(at):%Y-%m-%d}" if at else ""


def _notes(title: str, asked: str, by: User, count: int) -> Iterator[list[Cell]]:
    yield ["内容", title]
    yield ["筛选条件", asked]
    yield ["份数", count]
    yield ["导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"]
    yield ["导出人", by.full_name]
