"""The register as a bureau's ledger (台账), in xlsx."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.models import User
from agreements.catalogue.schema import TermKind
from agreements.drafting.answers import values_of
from agreements.models import Agreement
from agreements.models.agreement import AgreementQuerySet
from agreements.register.parties import sides_of
from institutions.models import Role

CHUNK = 500
Cell = str | int | datetime | None
# Heading and width in characters.
COLUMNS = (
    ("序号", 6),
    ("协议编号", 20),
    ("状态", 12),
    ("所在县区", 12),
    ("行政区划代码", 14),
    ("养老服务机构", 32),
    ("养老服务机构统一社会信用代码", 24),
    ("医疗卫生机构", 32),
    ("医疗卫生机构统一社会信用代码", 24),
    ("范本", 28),
    ("范本性质", 12),
    ("范本版本", 10),
    ("合作期限", 30),
    ("起草方", 32),
    ("起草日期", 14),
    ("送对方确认日期", 16),
    ("定稿日期", 14),
    ("正本份数", 10),
    ("定稿文本摘要", 68),
)


def write_ledger(agreements: AgreementQuerySet, *, asked: str, by: User) -> BytesIO:
    """Return the workbook: the ledger with its heading in the first row, and a sheet that says what it holds."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.freeze_panes = "C2"
    for number, (_, width) in enumerate(COLUMNS):
        sheet.column_dimensions[_letter(number)].width = width
    sheet.append([heading for heading, _ in COLUMNS])
    count = 0
    for row in rows(agreements.iterator(chunk_size=CHUNK)):
        sheet.append([neutral(cell) for cell in row])
        count += 1
    notes = book.create_sheet("说明")
    for line in _notes(asked, by, count):
        notes.append([neutral(cell) for cell in line])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def neutral(cell: Cell) -> Cell:
    """Return the cell so that no spreadsheet takes a text for a formula, and without control characters."""
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r"} else text


def rows(agreements: Iterable[Agreement]) -> Iterator[list[Cell]]:
    for number, agreement in enumerate(agreements, 1):
        facts = {side.role: side.facts for side in sides_of(agreement)}
        version = agreement.template_version
        yield [
            number,
            agreement.number,
            agreement.get_state_display(),
            agreement.region.name,
            agreement.region.code,
            facts[Role.ELDER_CARE].get("name", ""),
            facts[Role.ELDER_CARE].get("uscc", ""),
            facts[Role.MEDICAL].get("name", ""),
            facts[Role.MEDICAL].get("uscc", ""),
            version.title if version else "",
            ("官方文本" if version.is_official else "平台拟稿") if version else "",
            version.number if version else None,
            term_of(agreement),
            facts[agreement.drafting_role]["name"],
            *(_day(at) for at in (agreement.created_at, agreement.sent_at, agreement.agreed_at)),
            len(version.parsed.copies) if version else None,
            agreement.text_digest,
        ]


def term_of(agreement: Agreement) -> str:
    """Return the term as agreed so far: 2 年, or 2026-01-01 至 2027-12-31; "" while it is open."""
    if agreement.template_version is None:
        return ""
    body = agreement.template_version.parsed
    values = values_of(agreement, body)
    match body.term.kind:
        case TermKind.FIXED_YEARS:
            return f"{body.term.years} 年"
        case TermKind.BLANK_YEARS:
            years = values.get(body.term.blank)
            return f"{years} 年" if years else ""
        case TermKind.DATE_RANGE:
            ends = (values.get(body.term.from_blank), values.get(body.term.to_blank))
            return f"{ends[0]} 至 {ends[1]}" if all(ends) else ""


def _notes(asked: str, by: User, count: int) -> Iterator[list[Cell]]:
    yield ["内容", "医养签约合作协议台账"]
    yield ["筛选条件", asked]
    yield ["份数", count]
    yield ["导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"]
    yield ["导出人", by.full_name]


def _day(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}" if at else ""


def _letter(number: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]
