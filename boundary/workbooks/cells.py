"""What stands in a cell, read or written: no spreadsheet may take what somebody typed for a formula.

Such a text is written as a text and marked as one (`quotePrefix`), so that no apostrophe stands before what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

FORMULA = frozenset("=+-@＝＋－＠")  # full width too: some programs fold them
BEFORE_FORMULA = frozenset("\t\r\n")
# What no XML holds (XML 1.0, 2.2): one of them in one cell, and there is no workbook.
NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# How Excel spells a sign, _x003D_ for =: it reads that in whatever text (ECMA-376, 22.9.2.19, ST_Xstring).
SIGN = re.compile("_x([0-9A-Fa-f]{4})_")


class WithoutValue:
    """A formula that its program never computed."""

    def __str__(self) -> str:
        return "（公式）"


WITHOUT_VALUE = WithoutValue()
NEARLY = 60.0  # seconds from midnight that are taken for it
Cell = str | int | float | bool | date | datetime | time | timedelta | WithoutValue | None


def plain(cell: Cell) -> Cell:
    """Return the cell as it is written: a formula without value in words, a text without what XML cannot hold."""
    if isinstance(cell, WithoutValue):
        return str(cell)
    return NOT_IN_XML.sub("", cell) if isinstance(cell, str) else cell


def looks_like_a_formula(cell: Cell) -> bool:
    """Whether a program might compute this text, or a person by pressing return in it: it is marked as a text.

    Asked of the text as it will stand there: without what XML cannot hold, and as programs read what stands for a sign.
    """
    if not isinstance(cell, str):
        return False
    text = SIGN.sub(lambda sign: chr(int(sign[1], 16)), NOT_IN_XML.sub("", cell))
    start = NOT_IN_XML.sub("", text)
    return start.lstrip()[:1] in FORMULA or any(each[:1] in BEFORE_FORMULA for each in (cell, start))


def day_cell(day: date | None) -> date | None:
    """Return a day, or the local day of a moment; None for None."""
    return timezone.localtime(day).date() if isinstance(day, datetime) else day


@dataclass(frozen=True)
class Day:
    """The day of a moment, and what is to be said of the rest: "" for midnight. `is_doubtful` where a person should
    look."""

    day: date
    note: str = ""
    is_doubtful: bool = False


def day_of(moment: datetime) -> Day:
    """Return the day that a moment in a sheet means.

    A program that reckons in Shanghai's old local time writes days 43 seconds too early: close to midnight is midnight.
    """
    nearest = (moment + timedelta(hours=12)).date() if moment.date() < date.max else date.max
    off = abs(moment - datetime.combine(nearest, time())).total_seconds()
    if not off:
        return Day(nearest)
    if off <= NEARLY:
        return Day(nearest, f"与零点差 {off:.0f} 秒，按 {nearest.isoformat()} 读取。")
    return Day(
        moment.date(), f"带有时刻 {moment:%H:%M:%S}，只取日期 {moment.date().isoformat()}，请核对。", is_doubtful=True
    )
