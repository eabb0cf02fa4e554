"""The register as a bureau's ledger (台账). Phones and people are not in it: reading those is logged one by one."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from accounts.models import User
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Column
from institutions.models import ElderCareProfile, Institution, MedicalProfile
from institutions.register.page import Register, Row

LEDGER = "机构台账"
CHUNK = 1000
MOST_ROWS = 20_000  # a request writes about 3,000 rows a second; more is asked for region by region
# Heading and width in characters.
COLUMNS: tuple[Column, ...] = (
    ("序号", 6),
    ("机构名称", 36),
    ("曾用名", 30),
    ("类别", 16),
    ("机构类型", 20),
    ("状态", 10),
    ("统一社会信用代码", 24),
    ("举办单位", 30),
    ("举办单位代码", 24),
    ("所在地区", 28),
    ("行政区划代码", 14),
    ("地址", 40),
    ("法定代表人（负责人）", 18),
    ("性质", 14),
    ("开业日期", 14),
    ("关闭日期", 14),
    ("许可/备案情况", 14),
    ("许可证登记号或备案编号", 28),
    ("有效期起或备案日期", 18),
    ("有效期止", 14),
    ("等级", 10),
    ("基层医疗卫生机构", 16),
    ("医保定点", 10),
    ("床位数", 10),
    ("入住人数", 10),
    ("60岁及以上", 12),
    ("65岁及以上", 12),
    ("80岁及以上", 12),
    ("自设医务室", 12),
    ("自设医务室设立日期", 18),
    ("自设医务室停办日期", 18),
)


def write_ledger(register: Register, *, by: User) -> BytesIO:
    """Return the workbook of everything the register shows, all pages of it."""
    columns = (*COLUMNS, *((facet.label, 20) for facet in register.more))
    return ledgers.write_ledger(columns, rows(register), title=LEDGER, asked=register.asked.in_words(), by=by.full_name)


def rows(register: Register) -> Iterator[list[Cell]]:
    found = register.rows.iterator(chunk_size=CHUNK)
    for number, row in enumerate(register.shown(found), 1):
        more = [word for _, word in row.more]
        yield [number, *_facts(row), *_profile(row.institution), *more]


def _facts(row: Row) -> Iterator[Cell]:
    each = row.institution
    yield from (each.name, each.former_names.replace("\n", "；"), each.get_role_display())
    yield each.profile.get_kind_display() if each.profile else ""
    yield from (each.get_status_display(), each.uscc, each.operator_name, each.operator_uscc)
    yield from (each.region.full_name, each.region.code, each.address, each.legal_representative)
    yield from (each.get_ownership_display(), day_cell(each.opened_on), day_cell(each.closed_on), row.validity.word)


def _profile(institution: Institution) -> list[Cell]:
    match institution.profile:
        case MedicalProfile() as of:
            period = of.licence_number, day_cell(of.licence_valid_from), day_cell(of.licence_valid_to)
            own = of.get_level_display(), _yes(of.is_primary), _yes(of.is_insurance_designated)
            return [*period, *own, *[None] * 5, *[""] * 3]
        case ElderCareProfile() as of:
            period = of.filing_number, day_cell(of.filed_on), day_cell(of.filing_valid_to)
            numbers = of.beds, of.residents, of.residents_60, of.residents_65, of.residents_80
            clinic = _yes(of.has_own_clinic), day_cell(of.own_clinic_since), day_cell(of.own_clinic_until)
            return [*period, *[""] * 3, *numbers, *clinic]
    return [None] * 14


def _yes(fact: object) -> str:
    return "是" if fact else "否"
