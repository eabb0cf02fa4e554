"""What helps to fill in a sheet, in the template and in a marked sheet alike: notes, region codes, drop-downs.

Everything is written by appending, which an ordinary workbook and a streamed one both take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from imports.column import Column, Kind
from imports.tables import LARGEST_BYTES, MOST_ROWS
from regions.models import Region

BOLD = Font(bold=True)
LAST_ROW = 5_000  # as far down as the drop-downs reach at least
AS_TEXT = frozenset({Kind.CODE, Kind.LICENCE, Kind.PHONE, Kind.DAY, Kind.TEXT, Kind.REGION})
NUMERALS = "一二三四五六七八九十"
COMMON_NOTES = (
    "所在县区从下拉列表中选择，或填写 6 位行政区划代码（见“行政区划”表）；只能导入本辖区的机构。",
    "日期写成 2026-11-22、2026/11/22 或 2026年11月22日。",
    "没有自己的统一社会信用代码的机构，代码留空，并填写举办单位。",
    "许可证和养老机构备案只由负责的部门登记：别的部门的模板没有这几列，自带的表格里有也不写入，会逐格提醒。",
    f"一次最多 {MOST_ROWS // 10_000} 万行，文件不超过 {LARGEST_BYTES // 1024 // 1024} 兆。",
    "上传后先逐行核对，核对无误并由您确认以后才会写入；只要有一行错误，就不写入任何内容。",
)


def bold(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.font = BOLD
    return cell


def write_notes(sheet: Any, title: str, notes: Iterable[str]) -> None:
    """Write a sheet with numbered notes, those that are the same everywhere last."""
    sheet.column_dimensions["A"].width = 110
    sheet.append([bold(sheet, title)])
    for numeral, note in zip(NUMERALS, (*notes, *COMMON_NOTES), strict=False):
        sheet.append([f"{numeral}、{note}"])


def write_places(sheet: Any, regions: Sequence[Region]) -> None:
    """Write a sheet with code and name of each region, and the word for a cell: its name where only one has it."""
    names = Counter(region.name for region in regions)
    for letter, width in zip("ABC", (14, 40, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(["行政区划代码", "全称", "填写"])
    for region in regions:
        word = region.name if names[region.name] == 1 else f"{region.code} {region.name}"
        sheet.append([region.code, region.full_name or region.name, word])


def add_rule(sheet: Any, place: int, column: Column, *, rows: tuple[int, int], places: str, count: int) -> None:
    """Give a column, counted from 1, its drop-down or its hint in these rows.

    `places` is the name of the sheet with regions, of which there are `count`.
    """
    source = f'"{",".join(column.options)}"' if column.options else ""
    if column.kind is Kind.REGION and count:
        source = f"'{places}'!$C$2:$C${count + 1}"
    if source:
        rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
    elif column.hint:
        rule = DataValidation(allow_blank=True, showInputMessage=True, promptTitle=column.heading, prompt=column.hint)
    else:
        return
    letter = get_column_letter(place)
    rule.add(f"{letter}{rows[0]}:{letter}{rows[1]}")
    sheet.data_validations.append(rule)
