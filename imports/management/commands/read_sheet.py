"""What is read of sheets: a line of JSON for each row. Exit code 0 only when every file could be read.

Nothing is kept and nothing is registered. The same cell opens them as for an import, and the same rules read texts and
days; what a column means is not asked here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from boundary.cell.noted import WHOLE_ROW
from boundary.cell.tables import read
from boundary.refused import UploadRefused
from boundary.workbooks.cells import Cell, WithoutValue, day_of
from boundary.workbooks.tables import Row
from boundary.workbooks.wording import WORDS
from boundary.workbooks.writing import column_letter
from chinese.cleaning import UNFORCED, cleaned, unforced
from imports.books import refuse_by_size, tables_of
from imports.cells import EXCEL_ERRORS, LONGEST_EXACT, LOST_DIGITS
from imports.tables import MOST_SHEETS

Remarks = list[dict[str, Any]]


class Command(BaseCommand):
    help = "逐行打印表格里读到的内容（每行一个 JSON：表、行号、各格的值、提醒）。文件都能读时退出码为 0，否则为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        unread = 0
        for path in options["files"]:
            try:
                for line in self._lines(path):
                    self.stdout.write(json.dumps(line, ensure_ascii=False))
            except (UploadRefused, OSError) as refusal:
                unread += 1
                self.stderr.write(f"✗ {path.name}：读不了。{refusal}")
        sys.exit(1 if unread else 0)

    def _lines(self, path: Path) -> Iterator[dict[str, Any]]:
        """Yield the rows of a file as they are printed. Raises UploadRefused, OSError."""
        refuse_by_size(path.stat().st_size)
        with TemporaryDirectory(prefix="yiyang-sheet-") as folder:
            found = read(path, most=MOST_SHEETS, beside=(), into=Path(folder))
            for name in found.hidden:
                self.stderr.write(f"提醒 {path.name}：工作表“{name}”是隐藏的，没有读。要读请先取消隐藏。")
            for table in tables_of(found.tables):
                for row in table.rows():
                    yield _line(table.name, row)


def _line(sheet: str, row: Row) -> dict[str, Any]:
    remarks: Remarks = [_remark(place, WORDS[noted]) for place, noted in row.notes]
    values = [_value(cell, place, remarks) for place, cell in enumerate(row.cells)]
    return {"sheet": sheet, "row": row.number, "values": values, "remarks": remarks}


def _remark(place: int, text: str) -> dict[str, Any]:
    """Return what is said of a cell by its column's letter, or with none of the whole row."""
    return {"column": None if place == WHOLE_ROW else column_letter(place + 1), "text": text}


def _value(cell: Cell, place: int, remarks: Remarks) -> Any:
    """Return a value as JSON has it, and say what is to be said of it."""
    if isinstance(cell, str):
        return _text(cell, place, remarks)
    if isinstance(cell, WithoutValue):
        remarks.append(_remark(place, "是没有结果的公式。请在 Excel 中复制这一列，再“选择性粘贴”为“数值”。"))
        return None
    if isinstance(cell, datetime):
        found = day_of(cell)
        if found.note:
            remarks.append(_remark(place, found.note))
        return cell.isoformat(sep=" ") if found.is_doubtful else found.day.isoformat()
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= LONGEST_EXACT:
        remarks.append(_remark(place, LOST_DIGITS.format(shown=f"{float(cell):.2E}")))
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _text(cell: str, place: int, remarks: Remarks) -> str | None:
    plain = unforced(cell)
    found = cleaned(plain)
    notes = [UNFORCED] * (plain != cell) + list(found.notes)
    remarks.extend(_remark(place, f"{note}。") for note in notes)
    if found.text in EXCEL_ERRORS:
        remarks.append(_remark(place, f"是 Excel 的错误值 {found.text}，请改正后再上传。"))
    return found.text or None
