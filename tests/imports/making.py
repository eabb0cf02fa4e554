"""Sheets as officials make them, and the runs that a worker would do with them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from accounts.models import User
from imports import check_run, read_run, runs, write_run
from imports.columns import OF_ROLE
from imports.models import ImportRow, InstitutionImport
from institutions.models import Authority, Role
from institutions.uscc import compose_uscc

CARE, MEDICAL = Role.ELDER_CARE, Role.MEDICAL
SHEETS = {CARE: "养老服务机构", MEDICAL: "医疗卫生机构"}
HOME: dict[str, Any] = {
    "name": "越城区安康养老院",
    "region": "越城区",
    "address": "胜利东路 1 号",
    "legal_representative": "赵堃",
    "ownership": "民办非营利",
    "kind": "养老机构",
    "beds": 100,
    "residents": 60,
    "residents_60": 58,
    "residents_65": 50,
    "residents_80": 20,
}
CLINIC: dict[str, Any] = {
    "name": "越城区东湖卫生院",
    "region": "330602",
    "address": "东湖路 2 号",
    "legal_representative": "钱喆",
    "ownership": "公办",
    "kind": "乡镇卫生院",
    "level": "一级",
    "licence_valid_from": "2020-01-01",
    "licence_valid_to": "2099-12-31",
    "is_insurance_designated": "是",
}


def code(number: int, kind: str = "52") -> str:
    return compose_uscc(kind, "330602", f"MJ{number:06d}")


def home(number: int, **changes: Any) -> dict[str, Any]:
    """Return the numberth home as the sheet says it: no two have the same name, address or code."""
    facts = {**HOME, "name": f"越城区安康{number}养老院", "address": f"胜利东路 {number} 号", "uscc": code(number)}
    return {**facts, **changes}


def clinic(number: int, **changes: Any) -> dict[str, Any]:
    facts = {
        **CLINIC,
        "name": f"越城区东湖{number}卫生院",
        "address": f"东湖路 {number} 号",
        "uscc": code(number, "12"),
    }
    return {**facts, **changes}


def table(rows: Sequence[dict[str, Any]], role: Role) -> list[list[Any]]:
    """Return the rows under the template's headings."""
    columns = list(OF_ROLE[role].values())
    return [[each.heading for each in columns], *([row.get(each.field) for each in columns] for row in rows)]


def book(*rows: dict[str, Any], role: Role = CARE, **others: Sequence[dict[str, Any]]) -> bytes:
    """Return a workbook with a sheet of that side, and one more for `medical=…` or `elder_care=…`."""
    return workbook({SHEETS[Role(side)]: table(found, Role(side)) for side, found in {role: rows, **others}.items()})


def workbook(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    made = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(made)


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def text(*rows: dict[str, Any], role: Role = CARE, encoding: str = "utf-8") -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(table(rows, role))
    return file.getvalue().encode(encoding)


def uploaded(content: bytes, authority: Authority, by: User, name: str = "机构.xlsx") -> InstitutionImport:
    """Upload and have it opened, as the worker would."""
    run = sent(content, authority, by, name)
    read_run.read(run.pk)
    return fresh(run)


def sent(content: bytes, authority: Authority, by: User, name: str = "机构.xlsx") -> InstitutionImport:
    return runs.upload(authority, by=by, name=name, file=io.BytesIO(content), size=len(content))


def checked(content: bytes, authority: Authority, by: User) -> InstitutionImport:
    """Upload and check, as the worker would."""
    run = uploaded(content, authority, by)
    check_run.check(run.pk)
    return fresh(run)


def written(run: InstitutionImport, by: User) -> InstitutionImport:
    """Decide to update whatever differs, confirm and write."""
    for outcome in (ImportRow.Outcome.CHANGED, ImportRow.Outcome.DOUBTFUL):
        runs.decide(run, ImportRow.Decision.UPDATE, by=by, outcome=outcome)
    runs.confirm(run, by=by)
    write_run.write(run.pk)
    return fresh(run)


def fresh(run: InstitutionImport) -> InstitutionImport:
    return InstitutionImport.objects.with_people().get(pk=run.pk)


def said(run: InstitutionImport, level: str = "error") -> list[str]:
    """Return what is said at the rows: 第 2 行「地址」：…"""
    sheets = runs.sheets_of(run)
    return [
        f"第 {row.number} 行「{sheets[row.sheet].headings[place]}」：{sentence}"
        for row in run.rows.order_by("sheet", "number")
        for place, kind, sentence in row.problems
        if kind == level
    ]
