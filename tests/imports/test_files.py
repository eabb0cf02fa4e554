"""Files as they come: encodings, formulas, gaps, and files that were made to do harm."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from boundary.refused import UploadRefused
from boundary.workbooks.cells import WITHOUT_VALUE
from imports.blank import template_for
from institutions.identifiers import licence_warnings
from institutions.models import Authority, Role
from institutions.uscc import validate_uscc
from tests import factories
from tests.imports.making import book, home, saved, text
from tests.opening import tables_in

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_SHEET = "Workbook".encode("utf-16-le")


def rows_of(content: bytes) -> list[tuple[int, list[Any]]]:
    return [row for rows in tables_in(content).values() for row in rows]


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return the archive with one part put in, or in the place of its namesake."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_reads_the_same_in_every_encoding(encoding: str) -> None:
    [headings, first] = rows_of(text(home(1, name="安康䶮𠅤养老院"), encoding=encoding))
    assert (headings[1][0], first[0], first[1][0]) == ("机构名称", 2, "安康䶮𠅤养老院")


def test_gaps_merged_cells_and_formulas_are_told_apart() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet["A1"], sheet["A3"], sheet["B3"] = "题目", "=1+1", "   "
    sheet.merge_cells("A1:C1")
    sheet["B2000"] = 5
    hidden = made.create_sheet("隐藏")
    hidden.append(["看不见"])
    hidden.sheet_state = "hidden"
    assert rows_of(saved(made)) == [(1, ["题目"]), (3, [WITHOUT_VALUE]), (2000, [None, 5])]


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'


def hostile() -> Iterator[tuple[str, bytes, str]]:
    sheet = book(home(1))
    first = "xl/worksheets/sheet1.xml"
    yield "empty", b"", "文件是空的"
    yield "macros", with_part(sheet, "xl/vbaProject.bin", b"x"), "带有宏"
    yield "old", OLD_OFFICE + b"\0" * 600 + OLD_SHEET, "旧版 Excel"
    yield "password", OLD_OFFICE + b"\0" * 600, "打开密码"
    yield "bomb", with_part(sheet, first, b"<row/>" * 2_000_000), "异常庞大"
    yield "entities", with_part(sheet, first, ENTITIES), "打不开"
    yield "crooked", with_part(sheet, first, b"<worksheet><sheetData><row r='x'>"), "打不开"
    yield "no sheet", with_part(sheet, "xl/_rels/workbook.xml.rels", b"<Relationships/>"), "打不开"
    yield "picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "不是表格文件"
    yield "utf-16", "名称,代码".encode("utf-16"), "UTF-16"
    yield "endless cell", b'a,"' + b"b" * 40_000, "结构不对"
    yield "too large", b"a" * (20 * 1024 * 1024 + 1), "超过 20 兆"


@pytest.mark.parametrize(("content", "reason"), [pytest.param(*rest, id=name) for name, *rest in hostile()])
def test_a_file_that_is_no_harmless_sheet_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused, match=reason):
        rows_of(content)


def test_the_template_brings_drop_downs_region_codes_and_an_example_that_is_not_imported(
    health_authority: Authority,
) -> None:
    found = load_workbook(template_for(health_authority))
    assert found.sheetnames == ["说明", "养老服务机构", "医疗卫生机构", "行政区划"]
    sheet = found["养老服务机构"]
    rules = {str(rule.formula1) for rule in sheet.data_validations.dataValidation}
    assert {'"公办,民办非营利,民办营利"', "'行政区划'!$C$2:$C$2"} <= rules
    assert sheet["A2"].value == "示例（不导入）"
    # A filing is entered by civil affairs, a licence by the health bureau: each template has its own.
    headings = {name: {cell.value for cell in found[name][1]} for name in found.sheetnames}
    assert "许可证有效期止" in headings["医疗卫生机构"]
    assert "备案编号" not in headings["养老服务机构"]
    assert [cell.value for cell in found["行政区划"][2]] == ["330602", "浙江省绍兴市越城区", "越城区"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["330602", "430103", "640302"])
def test_the_examples_are_of_one_s_own_county_and_right_in_themselves(code: str) -> None:
    """Neither another county's code nor its telephone: an example is copied as it stands."""
    bureau = factories.AuthorityFactory.create(kind=Authority.Kind.HEALTH, region=factories.region(code))
    found = load_workbook(template_for(bureau))
    for name, role in (("养老服务机构", Role.ELDER_CARE), ("医疗卫生机构", Role.MEDICAL)):
        headings, example = ([cell.value for cell in found[name][number]] for number in (1, 2))
        said = {str(heading).rstrip("*"): str(cell) for heading, cell in zip(headings, example, strict=True)}
        place = bureau.region.name
        assert said["所在县区"] == place
        assert all(said[each].startswith(place) for each in ("机构名称", "地址"))
        validate_uscc(said["统一社会信用代码"])
        assert said["统一社会信用代码"][2:8] == code
        number = said.get("执业许可证登记号", "")
        assert licence_warnings(number, code, said["统一社会信用代码"]) == []
        assert bool(number) == (role is Role.MEDICAL)
        assert "0575" not in "".join(said.values())
