"""What stands in a cell, read or written: no spreadsheet may take what somebody typed for a formula.

Such a text is written as a text and marked as one (`quotePrefix`), so that no apostrophe stands before what was typed.
"""

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


def plain(cell: Cell) -> Cell:
    """Return the cell as it is written: a formula without value in words, a text without control characters."""
    if isinstance(cell, WithoutValue):
        return str(cell)
    return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell


def looks_like_a_formula(cell: Cell) -> bool:
    """Whether a program might compute this text, or a person by pressing return in it: it is marked as a text."""
    return isinstance(cell, str) and (cell.lstrip()[:1] in FORMULA or cell[:1] in BEFORE_FORMULA)


def day_cell(day: date | None) -> date | None:
    """Return a day, or the local day of a moment; None for None."""
    return timezone.localtime(day).date() if isinstance(day, datetime) else day
