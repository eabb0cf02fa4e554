"""Which looks of cells show a day or a moment, and which a span of time: to a workbook all of these are numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from boundary.cell.inside.packages import Package

# Formats that Excel knows by number alone where it speaks Chinese (ECMA-376, part 1, 18.8.30).
DAYS, TIMES = (*range(27, 32), 36, *range(50, 55), 57, 58), (*range(32, 36), 55, 56)
CHINESE = dict.fromkeys(DAYS, 'yyyy"年"m"月"d"日"') | dict.fromkeys(TIMES, 'h"时"mm"分"')


class Looks:
    """The looks of a workbook's cells by their number, as far as they are known."""

    def __init__(self, package: Package) -> None:
        codes: dict[int, str] = {}
        looks: list[int] = []
        if package.styles:
            root = package.parsed(package.styles)
            codes = {_number(each.get("numFmtId")): each.get("formatCode", "") for each in _in(root, "numFmts")}
            looks = [_number(each.get("numFmtId")) for each in _in(root, "cellXfs")]
        known = {**BUILTIN_FORMATS, **CHINESE, **codes}
        shown = [known.get(number) or "General" for number in looks]
        self.of_spans = frozenset(place for place, code in enumerate(shown) if is_timedelta_format(code))
        self.of_days = frozenset(place for place, code in enumerate(shown) if is_date_format(code)) | self.of_spans


def _in(root: Any, group: str) -> Iterator[Any]:
    """Yield what stands in one of the groups at the top."""
    for each in root:
        if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == group:
            yield from (child for child in each if isinstance(child.tag, str))


def _number(said: str | None) -> int:
    return int(said) if said and said.isdecimal() and len(said) < 6 else 0
