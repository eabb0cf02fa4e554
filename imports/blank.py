"""The template to download: a sheet for each side with drop-downs, the remit's region codes, and how to fill it in."""

from __future__ import annotations

from io import BytesIO

from boundary.workbooks.writing import Book, Styled
from imports.column import Column, Kind
from imports.columns import OF_ROLE
from imports.guidance import AS_TEXT, LAST_ROW, add_rule, write_notes, write_regions
from imports.remit import regions_of
from imports.saving import MODELS
from institutions.models import Authority, Role
from institutions.uscc import compose_uscc
from regions.models import Region

REQUIRED = "FFF4D6"
WIDTHS = {Kind.CODE: 24, Kind.LICENCE: 26, Kind.TEXT: 26, Kind.PHONE: 18, Kind.DAY: 16, Kind.REGION: 16}
CALLED = {Role.ELDER_CARE: "示例养老院", Role.MEDICAL: "示例卫生院"}
CODED = {Role.ELDER_CARE: ("52", "MJ"), Role.MEDICAL: ("12", "MB")}  # how a code begins, and its organisation's part
NOTES = (
    "两张表：“养老服务机构”和“医疗卫生机构”，各填各的；只有一类时，另一张留空即可。",
    "黄色的列必须填写（更新已登记的机构时可以留空）；空白单元格不改变已登记的内容。",
    "第 2 行是示例，不会导入，可以覆盖或删除。请不要改动第 1 行的列名。",
    "统一社会信用代码、电话、登记号等列已设为“文本”；从别处粘贴时请选“只粘贴文本”，以免变成 1.23E+17。",
)


def template_for(authority: Authority) -> BytesIO:
    """Return the workbook with the regions of the authority's remit."""
    regions = regions_of(authority)
    book = Book()
    write_notes(book, f"{authority.name}：机构导入模板", NOTES)
    for role in (Role.ELDER_CARE, Role.MEDICAL):
        _write_side(book, role, authority, regions)
    write_regions(book, regions)
    book.open_at(1)
    return book.content()


def _columns(role: Role, authority: Authority) -> list[Column]:
    """Return what this authority may enter: licences or filings only of the side that it watches over."""
    left_out = () if authority.kind == role.watched_by else MODELS[role].PERIOD
    return [column for column in OF_ROLE[role].values() if column.field not in left_out]


def _write_side(book: Book, role: Role, authority: Authority, regions: list[Region]) -> None:
    columns = _columns(role, authority)
    example: dict[str, str | int] = {column.field: column.example for column in columns}
    example |= _example(role, regions[0]) if regions else {}
    name, *others = [WIDTHS.get(column.kind, 14) for column in columns]
    texts = {place for place, column in enumerate(columns, 2) if column.kind in AS_TEXT}
    page = book.page(role.label, [16, name], *([width] for width in others), texts=texts, head_rows=1)
    page.append(["序号", *map(_heading, columns)])
    shown = (Styled(example[each.field], is_quiet=True, is_text=each.kind in AS_TEXT) for each in columns)
    page.append([Styled("示例（不导入）", is_quiet=True), *shown])
    for place, column in enumerate(columns, 2):
        add_rule(page, place, column, rows=(2, LAST_ROW), region_count=len(regions))


def _example(role: Role, region: Region) -> dict[str, str]:
    """Return the example's facts that speak of a place, all of one county: somebody may copy them as they stand."""
    kind, organisation = CODED[role]
    code = compose_uscc(kind, region.code, organisation + region.code)
    return {
        "name": region.name + CALLED[role],
        "region": region.name,
        "address": f"{region.name}示例路 1 号",
        "uscc": code,
        "licence_number": f"{code[8:17]}{region.code}11C2201",
    }


def _heading(column: Column) -> Styled:
    star, fill = ("*", REQUIRED) if column.is_required else ("", "")
    return Styled(f"{column.heading}{star}", is_bold=True, fill=fill)
