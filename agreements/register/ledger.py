"""The register as a bureau's ledger (台账), in xlsx."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from accounts.models import User
from agreements.models import Agreement
from agreements.models.agreement import AgreementQuerySet
from agreements.models.states import DRAFTS
from agreements.register.parties import sides_of
from agreements.register.viewer import Viewer
from agreements.text.schema import TermKind
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from institutions.models import Role

CHUNK = 500
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
    """Return the workbook of the agreements; `asked` is the filter in words."""
    found = rows(agreements.with_successor().iterator(chunk_size=CHUNK), reader=by)
    return ledgers.write_ledger(COLUMNS, found, title="医养签约合作协议台账", asked=asked, by=by.full_name)


def rows(agreements: Iterable[Agreement], *, reader: User) -> Iterator[list[Cell]]:
    """Yield a row each. What came back to the other side's desk is theirs: of its present text nothing is told."""
    viewer = Viewer(reader)
    for number, agreement in enumerate(agreements, 1):
        facts = {side.role: side.facts for side in sides_of(agreement)}
        is_shown = agreement.state not in DRAFTS or viewer.of(agreement).beside_drafter
        version = agreement.template_version if is_shown else None
        yield [
            number,
            agreement.number,
            agreement.state_words,
            agreement.region.name,
            agreement.region.code,
            facts[Role.ELDER_CARE].get("name", ""),
            facts[Role.ELDER_CARE].get("uscc", ""),
            facts[Role.MEDICAL].get("name", ""),
            facts[Role.MEDICAL].get("uscc", ""),
            version.title if version else "",
            ("官方文本" if version.is_official else "平台拟稿") if version else "",
            version.number if version else None,
            term_of(agreement) if is_shown else "",
            facts[agreement.drafting_role]["name"],
            *(day_cell(at) for at in (agreement.created_at, agreement.sent_at, agreement.agreed_at)),
            len(version.parsed.copies) if version else None,
            agreement.frozen.digest if agreement.frozen else "",
        ]


def term_of(agreement: Agreement) -> str:
    """Return the term as agreed so far: 2 年, or 2026-01-01 至 2027-12-31; "" while it is open."""
    if agreement.template_version is None:
        return ""
    body = agreement.template_version.parsed
    values = agreement.values()
    match body.term.kind:
        case TermKind.FIXED_YEARS:
            return f"{body.term.years} 年"
        case TermKind.BLANK_YEARS:
            years = values.get(body.term.blank)
            return f"{years} 年" if years else ""
        case TermKind.DATE_RANGE:
            ends = (values.get(body.term.from_blank), values.get(body.term.to_blank))
            return f"{ends[0]} 至 {ends[1]}" if all(ends) else ""
        case TermKind.WITH_MAIN:
            return body.term_words
