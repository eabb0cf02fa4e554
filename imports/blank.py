"""The template to download: a sheet for each side with drop-downs, the remit's region codes, and how to fill it in."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from imports.column import Column, Kind
from imports.columns import OF_ROLE
from imports.guidance import AS_TEXT, BOLD, LAST_ROW, add_rule, write_notes, write_places
from imports.places import regions_of
from imports.saving import MODELS
from imports.tables import NOTES_SHEET, PLACES_SHEET
from institutions.models import Authority, Role
from regions.models import Region

REQUIRED = PatternFill("solid", fgColor="FFFFF4D6")
QUIET = Font(color="FF5A6872", italic=True)
WIDTHS = {Kind.CODE: 24, Kind.LICENCE: 26, Kind.TEXT: 26, Kind.PHONE: 18, Kind.DAY: 16, Kind.REGION: 16}
EXAMPLES = {
    Role.ELDER_CARE: {"name": "示例养老院", "uscc": "52330602MJ3306020C"},
    Role.MEDICAL: {"name": "示例卫生院", "uscc": "12330602MB33060215", "licence_number": "MB330602133060211C2201"},
}
NOTES = (
    "两张表：“养老服务机构”和“医疗卫生机构”，各填各的；只有一类时，另一张留空即可。",
    "黄色的列必须填写（更新已登记的机构时可以留空）；空白单元格不改变已登记的内容。",
    "第 2 行是示例，不会导入，可以覆盖或删除。请不要改动第 1 行的列名。",
    "统一社会信用代码、电话、登记号等列已设为“文本”；从别处粘贴时请选“只粘贴文本”，以免变成 1.23E+17。",
)


def template_for(authority: Authority) -> BytesIO:
    """Return the workbook with the regions of the authority's remit."""
    regions = regions_of(authority)
    book = Workbook()
    notes = book.worksheets[0]
    notes.title = NOTES_SHEET
    write_notes(notes, f"{authority.name}：机构导入模板", NOTES)
    for role in (Role.ELDER_CARE, Role.MEDICAL):
        _fill_side(book.create_sheet(role.label), role, authority, regions)
    write_places(book.create_sheet(PLACES_SHEET), regions)
    book.active = 1
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _columns(role: Role, authority: Authority) -> list[Column]:
    """Return what this authority may enter: licences or filings only of the side that it watches over."""
    left_out = () if authority.kind == role.watched_by else MODELS[role].PERIOD
    return [column for column in OF_ROLE[role].values() if column.field not in left_out]


def _fill_side(sheet: Worksheet, role: Role, authority: Authority, regions: list[Region]) -> None:
    columns = _columns(role, authority)
    sheet.append(["序号", *(f"{column.heading}{'*' if column.is_required else ''}" for column in columns)])
    example: dict[str, str | int] = {column.field: column.example for column in columns}
    example |= EXAMPLES[role] | {"region": regions[0].name if regions else ""}
    sheet.append(["示例（不导入）", *(example[column.field] for column in columns)])
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].width = 16
    sheet["A2"].font = QUIET
    for place, column in enumerate(columns, 2):
        _fit_column(sheet, place, column, len(regions))


def _fit_column(sheet: Worksheet, place: int, column: Column, region_count: int) -> None:
    letter = get_column_letter(place)
    heading, example = sheet[f"{letter}1"], sheet[f"{letter}2"]
    heading.font, example.font = BOLD, QUIET
    if column.is_required:
        heading.fill = REQUIRED
    sheet.column_dimensions[letter].width = WIDTHS.get(column.kind, 14)
    if column.kind in AS_TEXT:
        sheet.column_dimensions[letter].number_format = example.number_format = "@"
    add_rule(sheet, place, column, rows=(2, LAST_ROW), places=PLACES_SHEET, count=region_count)
