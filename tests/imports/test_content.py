"""A column with a heading that nobody knows is proposed by what it holds, marked, and always shown to a person."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports import check_run, runs
from imports.models import InstitutionImport
from imports.runs import sheets_of
from institutions.models import Authority, Institution, Role
from tests import factories
from tests.imports.making import MEDICAL, checked, clinic, code, fresh, home, table, uploaded, workbook, written

State = InstitutionImport.State
MARK = "按内容猜的，请核对"
ALIEN = {
    "统一社会信用代码": "证照号",
    "联系电话": "找谁",
    "所在县区": "归属",
    "性质": "体制",
    "机构类型": "属于哪种",
    "开业日期": "哪天开的",
}


def strange(*rows: dict[str, Any], role: Role = Role.ELDER_CARE, words: dict[str, str] = ALIEN) -> bytes:
    """Return a bureau's own sheet, whose headings for some columns are nobody else's."""
    lines = table(rows, role)
    lines[0] = [words.get(heading, heading) for heading in lines[0]]
    return workbook({"2026": lines})


def several(count: int = 5, **changes: Any) -> list[dict[str, Any]]:
    return [home(number, phone="0575-88000001", opened_on="2019年5月1日", **changes) for number in range(1, count + 1)]


def test_unknown_columns_are_proposed_marked_and_never_pass_unseen(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    run = uploaded(strange(*several()), health_authority, health_reviewer)
    assert run.state == State.MAPPING, "nobody has looked yet, though no required column is missing"
    [sheet] = sheets_of(run)
    assert sheet.missing == []
    guessed = {sheet.headings[place]: sheet.fields[place] for place in sheet.by_content}
    assert guessed == dict(
        zip(ALIEN.values(), ("uscc", "phone", "region", "ownership", "kind", "opened_on"), strict=True)
    )
    client.force_login(health_reviewer)
    url = reverse("import-columns", args=[run.pk])
    page = client.get(url).content.decode()
    assert page.count(f"{MARK}</p>") == len(ALIEN), "each guess, and nothing that a heading said"
    fields = {f"column-0-{place}": name for place, name in enumerate(sheet.fields)} | {"role-0": sheet.role}
    assert client.post(url, fields).status_code == 302
    [said] = sheets_of(fresh(run))
    assert (said.by_content, said.fields) == ([], sheet.fields)
    again = uploaded(strange(*several(3)), health_authority, health_reviewer)
    assert again.state == State.WAITING, "what a person has looked at is remembered"
    assert MARK not in client.get(reverse("import-columns", args=[again.pk])).content.decode()


def test_what_is_proposed_is_read_as_what_it_is(health_authority: Authority, health_reviewer: User) -> None:
    first = uploaded(strange(*several(2)), health_authority, health_reviewer)
    from_page = sheets_of(first)
    runs.set_columns(first, from_page, by=health_reviewer)
    check_run.check(first.pk)
    run = written(fresh(first), health_reviewer)
    assert run.state == State.DONE, run.failure
    assert Institution.objects.get(uscc=code(1)).phone == "0575-88000001"


@pytest.mark.parametrize(
    ("heading", "field", "values"),
    [
        ("联系电话", "phone", ["一楼", "二楼", "0575-88000001", "三楼", "四楼"]),
        ("联系电话", "phone", [120, 80, 64, 77, 300]),
        ("统一社会信用代码", "uscc", [code(1)[:17], "12345", "无", "", code(2)]),
        ("所在县区", "region", ["上城区", "西湖区", "越城区", "上城区", "西湖区"]),
        ("开业日期", "opened_on", [44440, 44441, 44442, 44443, 44444]),
        ("开业日期", "opened_on", [date.today() + timedelta(days=400)] * 5),  # noqa: DTZ011 -- any day ahead
        ("性质", "ownership", ["民办", "好", "公办", "差", "差"]),
        ("机构类型", "kind", ["", "", "", "", ""]),
    ],
)
def test_what_is_only_like_it_is_not_proposed(
    heading: str, field: str, values: list[Any], health_authority: Authority, health_reviewer: User
) -> None:
    rows = [home(number, **{field: value}) for number, value in enumerate(values, 1)]
    [sheet] = sheets_of(uploaded(strange(*rows, words={heading: "别的"}), health_authority, health_reviewer))
    assert field not in sheet.fields
    assert sheet.by_content == []


def test_numbers_and_blanks_are_no_level(health_authority: Authority, health_reviewer: User) -> None:
    rows = [clinic(number, level=said) for number, said in enumerate((1, 2, "无", 3, 1), 1)]
    sheet = strange(*rows, role=MEDICAL, words={"等级": "别的"})
    assert sheets_of(uploaded(sheet, health_authority, health_reviewer))[0].by_content == []


def test_the_templates_own_sheet_with_a_heading_gone_is_shown(
    health_authority: Authority, health_reviewer: User
) -> None:
    run = uploaded(strange(*several(2), words={"联系电话": ""}), health_authority, health_reviewer)
    assert run.state == State.MAPPING
    assert [sheets_of(run)[0].fields[place] for place in sheets_of(run)[0].by_content] == ["phone"]


def test_one_slip_of_five_still_shows_what_a_column_is(health_authority: Authority, health_reviewer: User) -> None:
    rows = [*several(4), *several(1, uscc=code(9)[:17])]
    [sheet] = sheets_of(uploaded(strange(*rows), health_authority, health_reviewer))
    assert "uscc" in {sheet.fields[place] for place in sheet.by_content}


def test_a_second_column_of_numbers_to_call_and_one_by_its_heading_are_left(
    health_authority: Authority, health_reviewer: User
) -> None:
    lines = table(several(), Role.ELDER_CARE)
    for line, more in zip(lines, ["备用", *["13800000001"] * 5], strict=True):
        line.append(more)
    [sheet] = sheets_of(uploaded(workbook({"2026": lines}), health_authority, health_reviewer))
    assert (sheet.fields[-1], sheet.by_content) == ("", [])


def test_the_side_shows_by_the_words_for_kinds(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    """No heading is known: the table speaks only by what stands in it."""
    ahead = str(factories.FAR_AHEAD)
    lines = [["甲", "乙", "丙", "丁", "戊"]]
    lines += [[f"东湖{n}", code(n, "12"), "卫生院", "一级", ahead] for n in range(1, 4)]
    run = uploaded(workbook({"表": lines}), health_authority, health_reviewer)
    [sheet] = sheets_of(run)
    assert (sheet.role, sheet.fields, run.state) == (
        MEDICAL,
        ["", "uscc", "kind", "level", "licence_valid_to"],
        State.MAPPING,
    )
    client.force_login(health_reviewer)
    page = client.get(reverse("import-columns", args=[run.pk])).content.decode()
    assert page.count(f"{MARK}</p>") == 5, "four columns and the side"


def test_columns_of_one_heading_are_remembered_apart(health_authority: Authority, health_reviewer: User) -> None:
    lines = table(several(2), Role.ELDER_CARE)
    places = [lines[0].index(heading) for heading in ("联系电话", "地址", "统一社会信用代码")]
    for place in places:
        lines[0][place] = ""
    run = uploaded(workbook({"2026": lines}), health_authority, health_reviewer)
    [sheet] = sheets_of(run)
    address = places[1]
    sheet.fields[address] = "address"
    runs.set_columns(run, [sheet], by=health_reviewer)
    again = checked(workbook({"2026": lines}), health_authority, health_reviewer)
    assert sheets_of(again)[0].fields == sheet.fields
    assert (again.state, again.tally["new"]) == (State.CHECKED, 2)
