"""Which column means what: guessed by its heading, corrected by a person, remembered for the authority."""

import io

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from imports import check_run
from imports.models import InstitutionImport
from imports.runs import sheets_of
from institutions.models import Authority, Role
from tests.imports.making import fresh, home, table, uploaded, workbook

State = InstitutionImport.State


def ledger(*rows: dict[str, object]) -> bytes:
    """Return a bureau's own ledger: a title, its own words for the columns, a column of no use, a foot."""
    lines = table(rows, Role.ELDER_CARE)
    own = {"机构名称": "单位名称", "床位数": "核定床位（张）", "联系电话": "负责人", "法定代表人（负责人）": "管事的人"}
    lines[0] = [own.get(heading, heading) for heading in lines[0]]
    lines = [[number or "序号", *line] for number, line in enumerate(lines)]
    return workbook({"2026": [["越城区养老机构台账"], *lines, ["合计", len(rows)], ["填表人：赵堃"]]})


def test_a_corrected_mapping_is_remembered_for_the_marked_sheet_too(
    client: Client, health_authority: Authority, health_reviewer: User, other_reviewer: User
) -> None:
    run = uploaded(ledger(home(1, beds="很多")), health_authority, health_reviewer)
    assert run.state == State.MAPPING
    [sheet] = sheets_of(run)
    assert (sheet.role, sheet.heading_row, sheet.fields[1:3]) == (Role.ELDER_CARE, 2, ["name", "uscc"])
    assert [column.heading for column in sheet.missing] == []
    assert sheet.samples[1] == ["越城区安康1养老院"]
    client.force_login(health_reviewer)
    url = reverse("import-columns", args=[run.pk])
    fields = {f"column-0-{place}": name for place, name in enumerate(sheet.fields)} | {"role-0": sheet.role}
    twice, handler = sheet.fields.index("legal_representative"), sheet.headings.index("管事的人")
    refused = client.post(url, fields | {f"column-0-{handler}": "legal_representative"})
    assert (refused.status_code, "有不止一列选了“法定代表人（负责人）”" in refused.content.decode()) == (422, True)
    refused = client.post(url, fields | {f"column-0-{twice}": ""})
    assert "缺少必需的列：法定代表人（负责人）。" in refused.content.decode()
    right = {f"column-0-{twice}": "", f"column-0-{handler}": "legal_representative"}
    assert client.post(url, fields | right).status_code == 302
    check_run.check(run.pk)
    run = fresh(run)
    assert (run.state, run.tally["wrong"], run.tally["ignored"]) == (State.CHECKED, 1, 2), run.failure
    with run.marked.open() as file:
        book = load_workbook(io.BytesIO(file.read()))
    again = uploaded(_bytes(book), health_authority, health_reviewer)
    assert again.state == State.WAITING
    assert sheets_of(again)[0].fields[handler] == "legal_representative"
    neighbour = Authority.objects.get(memberships__user=other_reviewer)
    assert uploaded(_bytes(book), neighbour, other_reviewer).state == State.MAPPING


def _bytes(book: object) -> bytes:
    file = io.BytesIO()
    book.save(file)  # type: ignore[attr-defined]  # a workbook
    return file.getvalue()
