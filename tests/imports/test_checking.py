"""Every row against the rules, the other rows and the register, with the row and the column named."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from accounts.models import User
from audit.models import Entry
from imports import events, runs
from imports.models import ImportRow, InstitutionImport
from institutions.models import Authority, Institution, Role
from tests import factories
from tests.imports.making import book, checked, clinic, code, home, said, saved, text, uploaded, written

State = InstitutionImport.State
Outcome = ImportRow.Outcome


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": None}, "第 2 行「机构名称」：没有填写。"),
        (
            {"region": "上虞区"},
            "第 2 行「所在县区」：“上虞区”不是浙江省绍兴市越城区辖区内的县区，请对照“行政区划”表填写。",
        ),
        (
            {"region": 330604},
            "第 2 行「所在县区」：代码 330604 是浙江省绍兴市上虞区，不是浙江省绍兴市越城区辖区内的县区。",
        ),
        ({"region": "339999"}, "第 2 行「所在县区」：没有行政区划代码 339999。"),
        ({"residents_65": 59}, "第 2 行「其中65岁及以上」：“其中65岁及以上”（59）不能多于“其中60岁及以上”（58）。"),
        ({"residents": None}, "第 2 行「其中60岁及以上」：“其中60岁及以上”（58）不能多于“入住人数”（0）。"),
    ],
)
def test_a_home_that_cannot_be(
    changes: dict[str, Any], sentence: str, health_authority: Authority, health_reviewer: User
) -> None:
    factories.region("330604")
    run = checked(book(home(1, **changes)), health_authority, health_reviewer)
    assert (run.state, said(run)) == (State.CHECKED, [sentence])
    assert run.tally["wrong"] == 1


def test_a_filing_that_is_yet_to_come_is_a_fault_of_its_row(
    civil_affairs_authority: Authority, civil_affairs_officer: User
) -> None:
    run = checked(book(home(1, filed_on="2099-01-01")), civil_affairs_authority, civil_affairs_officer)
    assert said(run) == ["第 2 行「备案日期」：备案日期（2099-01-01）不能晚于今天，请改正。"]


def test_what_a_workbook_hides_and_what_reaches_down_is_said_at_its_cell(
    health_authority: Authority, health_reviewer: User, client: Client
) -> None:
    made = load_workbook(io.BytesIO(book(home(1), home(2), home(3))))
    sheet = made.active
    assert sheet is not None
    places = {heading.value: get_column_letter(place) for place, heading in enumerate(sheet[1], 1)}
    sheet.merge_cells(f"{places['所在县区']}2:{places['所在县区']}3")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions[places["床位数"]].hidden = True
    made.create_sheet("去年的").sheet_state = "hidden"
    run = checked(saved(made), health_authority, health_reviewer)
    assert (run.tally["new"], run.tally["wrong"], run.tally["warned"]) == (3, 0, 3)
    client.force_login(health_reviewer)
    assert "隐藏的工作表没有读：去年的。" in client.get(reverse("import-detail", args=[run.pk])).content.decode()
    rows = {row.number: row.problems for row in run.rows.all()}
    columns = runs.sheets_of(run)[0].fields
    assert [columns.index("region"), "note", "是合并的单元格，按上面一行的内容填写。"] in rows[3]
    assert [-1, "warning", "这一行在表格里是隐藏的，请核对是不是真的要登记。"] in rows[4]
    assert all(
        [columns.index("beds"), "warning", "这一列在表格里是隐藏的，请核对。"] in rows[number] for number in rows
    )


def test_a_workbook_that_counts_from_1904_is_read_by_its_own_calendar(
    health_authority: Authority, health_reviewer: User
) -> None:
    made = load_workbook(io.BytesIO(book(home(1, opened_on=42124))))
    made.epoch = CALENDAR_MAC_1904
    run = checked(saved(made), health_authority, health_reviewer)
    assert run.rows.get().values["opened_on"] == "2019-05-01"


def test_a_row_whose_name_is_too_long_is_found_by_its_beginning(
    health_authority: Authority, health_reviewer: User
) -> None:
    run = checked(book(home(1, name="安康" * 60), home(2, name="")), health_authority, health_reviewer)
    assert [row.name for row in run.rows.order_by("number")] == [f"{'安康' * 10}…（机构名称太长）", ""]


def test_what_looks_odd_is_told_and_stops_nothing(health_authority: Authority, health_reviewer: User) -> None:
    odd = clinic(1, licence_valid_to="2021-01-01", licence_number="MB430103843010311C2201", ownership="民办营利")
    codeless = home(1, uscc="", residents=101, opened_on="2099-01-01")
    run = checked(book(codeless, medical=[odd]), health_authority, health_reviewer)
    assert (run.tally["new"], run.tally["wrong"], run.tally["warned"]) == (2, 0, 2)
    warnings = "".join(said(run, "warning"))
    for part in ("没有举办单位", "多于床位数", "晚于今天", "已于 2021-01-01 到期", "不在同一市", "与所填性质"):
        assert part in warnings, part


def test_a_licence_is_changed_by_the_bureau_that_watches_over_it(
    health_authority: Authority, health_reviewer: User, civil_affairs_authority: Authority, civil_affairs_officer: User
) -> None:
    lapsed = factories.ExpiredLicenceMedicalFactory.create(uscc=code(1, "12"))
    facts = {"name": lapsed.name, "address": lapsed.address, "licence_valid_to": "2030-01-01"}
    sheet = book(clinic(1, **facts), role=Role.MEDICAL)
    refused = checked(sheet, civil_affairs_authority, civil_affairs_officer)
    assert refused.tally["wrong"] == 1
    words = "与登记的不同，只能由卫生健康部门更改。请改回登记的内容，或清空这一格。"
    assert said(refused) == [f"第 2 行「许可证有效期{end}」：{words}" for end in "起止"]
    assert checked(sheet, health_authority, health_reviewer).tally["changed"] == 1


def test_what_the_other_bureau_enters_is_left_out_and_said(
    health_authority: Authority, health_reviewer: User, civil_affairs_authority: Authority, civil_affairs_officer: User
) -> None:
    """Both sides in one ledger: nothing of a row is lost but what its bureau cannot enter, and the same sheet again."""
    twin = factories.OpenMedicalInstitutionFactory.create(name="越城区东湖2卫生院", address="东湖路 2 号")
    doubtful = clinic(2, uscc="", operator_name="越城区", licence_valid_to=str(factories.FAR_AHEAD))
    rows = [clinic(1, licence_number="MB430103843010311C2201"), doubtful | {"licence_valid_from": factories.LONG_AGO}]
    sheet = book(home(1, filing_number="越民养备〔2020〕12号", filed_on="2020-06-01"), medical=rows)
    run = checked(sheet, civil_affairs_authority, civil_affairs_officer)
    left_out = "只能由卫生健康部门登记，不写入这一格。"
    where = [(2, "执业许可证登记号"), (2, "许可证有效期起"), (2, "许可证有效期止")]
    where += [(3, "许可证有效期起"), (3, "许可证有效期止")]
    assert [each for each in said(run, "warning") if left_out in each] == [
        f"第 {number} 行「{heading}」：{left_out}" for number, heading in where
    ]
    assert (run.tally["new"], run.tally["doubtful"], run.tally["wrong"], run.tally["warned"]) == (2, 1, 0, 2)
    runs.decide(run, ImportRow.Decision.ADD, by=civil_affairs_officer, outcome=Outcome.DOUBTFUL)
    run = written(run, civil_affairs_officer)
    added = Institution.objects.with_profiles().exclude(pk=twin.pk).filter(role=Role.MEDICAL)
    assert {(row.medical_profile.licence_number, row.medical_profile.licence_valid_to) for row in added} == {("", None)}
    assert Institution.objects.with_profiles().get(uscc=code(1)).elder_care_profile.filing_number
    again = checked(book(medical=rows[:1]), civil_affairs_authority, civil_affairs_officer)
    assert (again.tally["unchanged"], again.tally["warned"]) == (1, 1)


def test_rows_that_repeat_each_other_name_the_earlier_one(health_authority: Authority, health_reviewer: User) -> None:
    rows = [home(1), home(2, uscc=code(1)), home(3, uscc=""), home(3, uscc="", name="越城区安康 3 养老院"), home(4)]
    same_place = home(4, uscc=code(5))
    run = checked(book(*rows, same_place), health_authority, health_reviewer)
    assert said(run) == [
        "第 3 行「统一社会信用代码」：与第 2 行的代码重复，请删去其中一行。",
        "第 5 行「机构名称」：与第 4 行的名称和地址相同，请核对。",
    ]
    assert "第 7 行「机构名称」：与第 6 行的名称和地址相同，请核对。" in said(run, "warning")


def test_the_register_is_matched_by_code_and_by_name_with_address(
    health_authority: Authority, health_reviewer: User
) -> None:
    elsewhere = factories.OpenElderCareFactory.create(region=factories.region("330604"))
    by_code = factories.OpenElderCareFactory.create(name="甲养老院", address="一路 1 号")
    by_place = factories.OpenElderCareFactory.create(name="乙（北区）养老院", address="二路2号")
    both = factories.OpenMedicalInstitutionFactory.create(uscc=code(9))
    rows = [
        home(1, uscc=by_code.uscc, name="甲养老院", address="一路 1 号", ownership="公办", beds=121),
        home(2, name="乙(北区) 养老院", address="二路 2 号"),
        home(3, uscc=elsewhere.uscc),
        home(4, uscc=both.uscc),
        home(5, name="甲养老院"),
    ]
    run = checked(text(*rows), health_authority, health_reviewer)
    changed, doubtful, foreign, other_side, namesake = run.rows.order_by("number")
    assert (changed.outcome, changed.institution, changed.changes["beds"]) == (Outcome.CHANGED, by_code, [120, 121])
    assert (doubtful.outcome, doubtful.institution) == (Outcome.DOUBTFUL, by_place)
    assert doubtful.changes["uscc"] == [by_place.uscc, code(2)]
    assert (foreign.outcome, other_side.outcome, namesake.outcome) == (Outcome.WRONG, Outcome.NEW, Outcome.NEW)
    assert "辖区外的机构" in said(run)[0]
    assert (foreign.institution, foreign.changes) == (None, {}), "nothing more is told of it"
    assert "已登记同名机构" in "".join(said(run, "warning"))


def test_the_marked_sheet_helps_like_the_template(health_authority: Authority, health_reviewer: User) -> None:
    """Notes, region codes and drop-downs come along, and what is corrected in it is taken as it is."""
    run = checked(book(home(1, uscc=1.23456789e17), medical=[clinic(1)]), health_authority, health_reviewer)
    with run.marked.open() as file:
        marked = load_workbook(io.BytesIO(file.read()))
    assert marked.sheetnames == ["养老服务机构", "医疗卫生机构", "说明", "行政区划"]
    assert marked["说明"]["A2"].value.startswith("一、红色的单元格有错误")
    sheet = marked["养老服务机构"]
    places = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    for heading, source in (("性质", '"公办,民办非营利,民办营利"'), ("所在县区", "'行政区划'!$C$2:$C$2")):
        letter = get_column_letter(places[heading])
        assert rules[f"{letter}2:{letter}5000"] == source
    spoilt = sheet.cell(row=2, column=places["统一社会信用代码"])
    assert spoilt.number_format == "@", "or the code typed over it is spoilt as well"
    spoilt.value = code(1)
    corrected = io.BytesIO()
    marked.save(corrected)
    run = checked(corrected.getvalue(), health_authority, health_reviewer)
    assert (run.tally["new"], run.tally["wrong"], run.failure) == (2, 0, "")


def test_the_marked_sheet_has_no_formula_and_keeps_its_rows(health_authority: Authority, health_reviewer: User) -> None:
    evil = home(2, name='=HYPERLINK("http://x","y")', beds="@SUM(1)")
    run = checked(text(home(1), evil), health_authority, health_reviewer)
    with run.marked.open() as file:
        sheet = load_workbook(io.BytesIO(file.read())).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    name, beds = sheet[3][headings.index("机构名称")], sheet[3][headings.index("床位数")]
    assert (name.data_type, name.value) == ("s", '=HYPERLINK("http://x","y")')
    assert (beds.value, beds.fill.fgColor.rgb) == ("@SUM(1)", "FFF4CCCC")
    assert sheet[3][headings.index("问题")].value == "「床位数」：应填写整数，现在是“@SUM(1)”。"
    with run.marked.open() as file:
        again = checked(file.read(), health_authority, health_reviewer)
    assert again.rows.get(number=3).name == evil["name"]


def test_a_sheet_without_rows_or_headings_says_so(health_authority: Authority, health_reviewer: User) -> None:
    run = checked(book(), health_authority, health_reviewer)
    assert (run.state, "没有需要导入的行" in run.failure) == (State.FAILED, True)
    assert Entry.objects.filter(event=events.Failed.code, subject_id=run.pk).exists()
    assert uploaded("甲,乙,丙\n1,2,3".encode(), health_authority, health_reviewer).state == State.MAPPING
