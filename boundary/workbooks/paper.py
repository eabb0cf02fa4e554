"""How a page of a workbook lies on paper: large enough to read, and then on as few sheets side by side as that takes.

Paper is A4 across, the sheet that every office has. A page wider than that is not shrunk: its columns go on from sheet
to sheet, the first group of them, which says what a row is, stands at the left of each, and groups stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil

A4 = 9  # of the paper sizes of ECMA-376, 18.3.1.63
# Of 11 points: what is lowest, a figure of Calibri with 0.63 of them, is then 2.2 mm high, a Chinese character 3.
SCALE = 90  # per cent
MARGIN = 10  # mm at every side, which any office printer can do; the number of the sheet stands in a wider one below
FOOT = 15
MM = 25.4  # in an inch
CHARACTER = 9.4 / 96  # inch: what a width of 1 is in Calibri's widest stand-in; 7 where Calibri is there
SLACK = 0.97  # programs round columns differently, and a last one that does not fit would take a sheet of its own
WIDE = 0x1100  # the first character that is as wide as it is high
LINE = 15  # points that a line of 11 takes
MOST_LINES = 27  # a row is 409 points high at most
ACROSS = int((297 - 2 * MARGIN) / MM / CHARACTER / (SCALE / 100) * SLACK)  # characters side by side


@lru_cache(maxsize=4096)  # the columns of a ledger say the same few things in thousands of rows
def lines(text: str, width: int) -> int:
    """Return how many lines a text has in a column so wide: a program that is not told leaves them in one."""
    room = max(width - 1.5, 1)
    if len(text) * 2.2 <= room and "\n" not in text:
        return 1
    return sum(max(1, ceil(_length(line) / room)) for line in text.split("\n"))


def _length(text: str) -> float:
    """Return the length in characters of the width's unit: a Chinese one takes two and a bit."""
    wide = 0 if text.isascii() else sum(map(WIDE.__le__, map(ord, text)))
    return (len(text) + wide) * 1.1


def breaks(groups: Sequence[Sequence[int]]) -> list[int]:
    """Return after how many columns, by their widths, a new sheet begins. The first group stands on every sheet.

    A group goes to the next sheet as a whole; only one that is wider than a sheet is parted.
    """
    if not groups:
        return []
    keys, *others = groups
    room = max(ACROSS - sum(keys), 1)
    found, place, used = [], len(keys), 0
    for widths in _pieces(others, room):
        if used and used + sum(widths) > room:
            found.append(place)
            used = 0
        used += sum(widths)
        place += len(widths)
    return found


def _pieces(groups: Sequence[Sequence[int]], room: int) -> Iterator[Sequence[int]]:
    """Yield what stays together: groups, and the columns of those that no sheet can hold."""
    for widths in groups:
        if sum(widths) <= room:
            yield widths
        else:
            yield from ([width] for width in widths)
