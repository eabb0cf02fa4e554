"""The register as a bureau's ledger (台账). Phones and people are not in it: reading those is logged one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import IO, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from exports.reading import counting, in_chunks
from exports.sockets import Asked, Counted, Listed
from institutions.models import ElderCareProfile, Institution, MedicalProfile
from institutions.register.page import Register, Row
from institutions.sockets import FACETS

LEDGER = "机构台账"
# Heading and width in characters, by groups: the first says which institution it is.
COLUMNS: tuple[Group, ...] = (
    (("序号", 6), ("机构名称", 28)),
    (("类别", 14), ("机构类型", 16), ("状态", 8), ("统一社会信用代码", 22), ("所在地区", 24)),
    (("行政区划代码", 9), ("许可/备案情况", 12), ("有效期止", 11), ("曾用名", 24), ("举办单位", 24)),
    (("举办单位代码", 22), ("地址", 40), ("法定代表人（负责人）", 11), ("性质", 10)),
    (
        ("开业日期", 11),
        ("关闭日期", 11),
        ("许可证登记号或备案编号", 25),
        ("有效期起或备案日期", 11),
        ("等级", 8),
        ("基层医疗卫生机构", 8),
        ("医保定点", 6),
    ),
    (("床位数", 7), ("入住人数", 7), ("60岁及以上", 7), ("65岁及以上", 7), ("80岁及以上", 7)),
    (("自设医务室", 7), ("自设医务室设立日期", 11), ("自设医务室停办日期", 11)),
)


def _ask(user: User, query: QueryDict) -> Asked:
    register = Register(user, query, on=timezone.localdate(), more=FACETS)
    words = register.asked.in_words()

    def write(target: IO[bytes], counted: Counted) -> None:
        groups = *COLUMNS, tuple((facet.label, 14) for facet in register.more)
        lines = counted(rows(register))
        ledgers.write_ledger(target, groups, lines, title=LEDGER, asked=words, by=user.full_name)

    return Asked(words, LEDGER, counting(lambda: register.rows), write)


LISTED = Listed("institutions", LEDGER, lambda query: f"{reverse('institution-list')}?{query.urlencode()}", _ask)


def rows(register: Register) -> Iterator[list[Cell]]:
    found = chain.from_iterable(in_chunks(register.rows, register.whole))
    for number, row in enumerate(register.shown(found), 1):
        more = [word for _, word in row.more]
        yield [number, *_cells(row), *more]


def _cells(row: Row) -> Iterator[Cell]:
    each, period = row.institution, _period(row.institution)
    yield from (each.name, each.get_role_display())
    yield each.profile.get_kind_display() if each.profile else ""
    yield from (each.get_status_display(), each.uscc, each.region.full_name, each.region.code)
    yield from (row.validity.word, period.until)
    yield from (each.former_names.replace("\n", "；"), each.operator_name, each.operator_uscc, each.address)
    yield from (each.legal_representative, each.get_ownership_display())
    yield from (day_cell(each.opened_on), day_cell(each.closed_on), period.number, period.since)
    yield from _profile(each)


class _Period(NamedTuple):
    """An institution's licence, or its filing as one for elder care."""

    number: str = ""
    since: date | None = None
    until: date | None = None


def _period(institution: Institution) -> _Period:
    match institution.profile:
        case MedicalProfile() as of:
            return _Period(of.licence_number, of.licence_valid_from, of.licence_valid_to)
        case ElderCareProfile() as of:
            return _Period(of.filing_number, of.filed_on, of.filing_valid_to)
    return _Period()


def _profile(institution: Institution) -> list[Cell]:
    match institution.profile:
        case MedicalProfile() as of:
            own = of.get_level_display(), _yes(of.is_primary), _yes(of.is_insurance_designated)
            return [*own, *[None] * 5, *[""] * 3]
        case ElderCareProfile() as of:
            numbers = of.beds, of.residents, of.residents_60, of.residents_65, of.residents_80
            clinic = _yes(of.has_own_clinic), day_cell(of.own_clinic_since), day_cell(of.own_clinic_until)
            return [*[""] * 3, *numbers, *clinic]
    return [None] * 11


def _yes(fact: object) -> str:
    return "是" if fact else "否"
