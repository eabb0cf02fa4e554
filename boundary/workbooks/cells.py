"""What stands in a cell, read or written: no spreadsheet may take what somebody typed for a formula."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMULA = frozenset("=+-@＝＋－＠")  # full width too: some programs fold them
BEFORE_FORMULA = frozenset("\t\r\n")


class WithoutValue:
    """A formula that its program never computed."""

    def __str__(self) -> str:
        return "（公式）"


WITHOUT_VALUE = WithoutValue()
Cell = str | int | float | bool | date | datetime | time | timedelta | WithoutValue | None


def neutral(cell: Cell) -> Cell:
    """Return the cell so that no spreadsheet takes a text for a formula, and without control characters.

    Numbers and dates stay what they are, negative ones too. For xlsx and csv alike.
    """
    if isinstance(cell, WithoutValue):
        return str(cell)
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{text}" if text.lstrip()[:1] in FORMULA or text[:1] in BEFORE_FORMULA else text


def day_cell(day: date | None) -> str:
    """Return a day, or the local day of a moment, as 2026-11-22; "" for None."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return day.isoformat() if day else ""
