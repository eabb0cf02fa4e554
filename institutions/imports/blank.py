"""The template to download: a sheet for each side with drop-downs, the remit's region codes, and how to fill it in."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from institutions.imports.column import Column, Kind
from institutions.imports.columns import OF_ROLE
from institutions.imports.places import regions_of
from institutions.imports.saving import MODELS
from institutions.imports.tables import LARGEST_BYTES, MOST_ROWS
from institutions.models import Authority, Role
from regions.models import Region

PLACES = "行政区划"
LAST_ROW = 5_000  # as far down as the drop-downs reach
REQUIRED = PatternFill("solid", fgColor="FFFFF4D6")
QUIET = Font(color="FF5A6872", italic=True)
BOLD = Font(bold=True)
AS_TEXT = frozenset({Kind.CODE, Kind.LICENCE, Kind.PHONE, Kind.DAY, Kind.TEXT, Kind.REGION})
WIDTHS = {Kind.CODE: 24, Kind.LICENCE: 26, Kind.TEXT: 26, Kind.PHONE: 18, Kind.DAY: 16, Kind.REGION: 16}
EXAMPLES = {
    Role.ELDER_CARE: {"name": "示例养老院", "uscc": "52330602MJ3306020C"},
    Role.MEDICAL: {"name": "示例卫生院", "uscc": "12330602MB33060215", "licence_number": "MB330602133060211C2201"},
}
NOTES = (
    "一、两张表：“养老服务机构”和“医疗卫生机构”，各填各的；只有一类时，另一张留空即可。",
    "二、黄色的列必须填写（更新已登记的机构时可以留空）；空白单元格不改变已登记的内容。",
    "三、第 2 行是示例，不会导入，可以覆盖或删除。请不要改动第 1 行的列名。",
    "四、统一社会信用代码、电话、登记号等列已设为“文本”；从别处粘贴时请选“只粘贴文本”，以免变成 1.23E+17。",
    "五、所在县区从下拉列表中选择，或填写 6 位行政区划代码（见“行政区划”表）；只能导入本辖区的机构。",
    "六、日期写成 2026-11-22、2026/11/22 或 2026年11月22日。",
    "七、没有自己的统一社会信用代码的机构，代码留空，并填写举办单位。",
    "八、许可证和养老机构备案只由负责的部门登记：别的部门的模板没有这几列，自带的表格里有也不写入，会逐格提醒。",
    f"九、一次最多 {MOST_ROWS // 10_000} 万行，文件不超过 {LARGEST_BYTES // 1024 // 1024} 兆。",
    "十、上传后先逐行核对，核对无误并由您确认以后才会写入；只要有一行错误，就不写入任何内容。",
)


def template_for(authority: Authority) -> BytesIO:
    """Return the workbook with the regions of the authority's remit."""
    regions = regions_of(authority)
    book = Workbook()
    _fill_notes(book.worksheets[0], authority)
    for role in (Role.ELDER_CARE, Role.MEDICAL):
        _fill_side(book.create_sheet(role.label), role, authority, regions)
    _fill_places(book.create_sheet(PLACES), regions)
    book.active = 1
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _fill_notes(sheet: Worksheet, authority: Authority) -> None:
    sheet.title = "说明"
    sheet.column_dimensions["A"].width = 110
    sheet.append([f"{authority.name}：机构导入模板"])
    sheet["A1"].font = BOLD
    for note in NOTES:
        sheet.append([note])


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
    source = f'"{",".join(column.options)}"' if column.options else ""
    if column.kind is Kind.REGION and region_count:
        source = f"'{PLACES}'!$C$2:$C${region_count + 1}"
    if source:
        rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{LAST_ROW}")
    elif column.hint:
        rule = DataValidation(allow_blank=True, showInputMessage=True, promptTitle=column.heading, prompt=column.hint)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _fill_places(sheet: Worksheet, regions: list[Region]) -> None:
    names = Counter(region.name for region in regions)
    for letter, width in zip("ABC", (14, 40, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(["行政区划代码", "全称", "填写"])
    for region in regions:
        word = region.name if names[region.name] == 1 else f"{region.code} {region.name}"
        sheet.append([region.code, region.full_name or region.name, word])
