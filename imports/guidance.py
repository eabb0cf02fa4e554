"""What helps to fill in a sheet, in the template and in a marked sheet alike: notes, region codes, drop-downs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from boundary.workbooks.tables import LARGEST_BYTES
from boundary.workbooks.writing import Book, Page, Styled
from imports.column import Column, Kind
from imports.tables import MOST_ROWS, NOTES_SHEET, REGIONS_SHEET
from regions.models import Region

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


def write_notes(book: Book, title: str, notes: Iterable[str]) -> None:
    """Add a page with numbered notes, those that are the same everywhere last."""
    page = book.page(NOTES_SHEET, [110])
    page.append([Styled(title, is_bold=True)])
    for numeral, note in zip(NUMERALS, (*notes, *COMMON_NOTES), strict=False):
        page.tabulate([f"{numeral}、{note}"])


def write_regions(book: Book, regions: Sequence[Region]) -> None:
    """Add a page with code and name of each region, and the word for a cell: its name where only one has it."""
    names = Counter(region.name for region in regions)
    page = book.page(REGIONS_SHEET, [14, 40, 24], head_rows=1)
    page.append(["行政区划代码", "全称", "填写"])
    for region in regions:
        word = region.name if names[region.name] == 1 else f"{region.code} {region.name}"
        page.append([region.code, region.full_name or region.name, word])


def add_rule(page: Page, place: int, column: Column, *, rows: tuple[int, int], region_count: int) -> None:
    """Give a column, counted from 1, its drop-down or its hint in these rows."""
    if column.kind is Kind.REGION and region_count:
        page.offer(place, rows, f"'{REGIONS_SHEET}'!$C$2:$C${region_count + 1}")
    elif column.options:
        page.offer(place, rows, f'"{",".join(column.options)}"')
    elif column.hint:
        page.hint(place, rows, column.heading, column.hint)
