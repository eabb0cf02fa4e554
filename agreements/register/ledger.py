"""The register as a bureau's ledger (台账), in xlsx."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from itertools import count, islice

from accounts.models import User
from agreements.models import Agreement, AgreementKind
from agreements.models.agreement import AgreementQuerySet
from agreements.models.states import DRAFTS, HAS_BEEN_IN_FORCE
from agreements.register.parties import sides_of
from agreements.register.viewer import Viewer
from agreements.sockets import LEDGER_COLUMNS
from agreements.text.schema import TermKind
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from chinese.dates import cn_day
from institutions.models import Role

CHUNK = 500
# Heading and width in characters, by groups: the first says which agreement it is, the second how it stands.
COLUMNS: tuple[Group, ...] = (
    (("序号", 5), ("协议编号", 14), ("养老服务机构", 15), ("医疗卫生机构", 15)),
    (
        ("状态", 7),
        ("养老服务机构签章日期", 11),
        ("医疗卫生机构签章日期", 11),
        ("生效日期", 11),
        ("期限起", 11),
        ("期限止", 11),
    ),
    (("最后有效日", 11), ("所在县区", 10), ("行政区划代码", 9), ("类别", 10), ("原协议", 14), ("补充协议", 14)),
    (("范本", 20), ("范本性质", 10), ("范本版本", 6), ("合作期限", 22)),
    (("起草方", 16), ("起草日期", 11), ("送对方确认日期", 11), ("定稿日期", 11), ("正本份数", 6)),
    (("定稿文本摘要", 28), ("养老服务机构统一社会信用代码", 21), ("医疗卫生机构统一社会信用代码", 21)),
)


def write_ledger(agreements: AgreementQuerySet, *, asked: str, by: User) -> BytesIO:
    """Return the workbook of the agreements; `asked` is the filter in words."""
    found = rows(agreements.with_successor().select_related("predecessor").iterator(chunk_size=CHUNK), reader=by)
    groups = [*COLUMNS, *(further.columns for further in LEDGER_COLUMNS)]
    return ledgers.write_ledger(groups, found, title="医养签约合作协议台账", asked=asked, by=by.full_name)


def rows(agreements: Iterable[Agreement], *, reader: User) -> Iterator[list[Cell]]:
    """Yield the cells of each agreement; what stands in other tables is read for many at once.

    What came back to the other side's desk is theirs: of its present text nothing is told.
    """
    viewer = Viewer(reader)
    numbers = count(1)
    every = iter(agreements)
    while chunk := list(islice(every, CHUNK)):
        supplements = _supplements(chunk)
        further = [columns.cells(chunk, reader) for columns in LEDGER_COLUMNS]
        for agreement in chunk:
            is_shown = agreement.state not in DRAFTS or viewer.of(agreement).beside_drafter
            own = _cells(next(numbers), agreement, supplements[agreement.pk], is_shown=is_shown)
            yield [*own, *(cell for found in further for cell in found[agreement.pk])]


def _supplements(agreements: Sequence[Agreement]) -> Mapping[int, list[str]]:
    """Return the numbers of the supplements that have been in force, by the key of what they belong to."""
    found = defaultdict[int, list[str]](list)
    rows = Agreement.objects.filter(
        predecessor__in=agreements, kind=AgreementKind.SUPPLEMENT, state__in=HAS_BEEN_IN_FORCE
    )
    for row in rows.order_by("pk").only("predecessor", "number"):
        found[row.predecessor_id or 0].append(row.number)
    return found


def _cells(number: int, agreement: Agreement, supplements: Sequence[str], *, is_shown: bool) -> list[Cell]:
    facts = {side.role: side.facts for side in sides_of(agreement)}
    version = agreement.template_version if is_shown else None
    return [
        number,
        agreement.number,
        facts[Role.ELDER_CARE].get("name", ""),
        facts[Role.MEDICAL].get("name", ""),
        agreement.state_words,
        *map(day_cell, (agreement.elder_care_signed_on, agreement.medical_signed_on)),
        *map(day_cell, (agreement.effective_on, agreement.starts_on, agreement.expires_on, agreement.last_day)),
        agreement.region.name,
        agreement.region.code,
        agreement.get_kind_display(),
        agreement.predecessor.number if agreement.predecessor else "",
        "、".join(supplements),
        version.title if version else "",
        ("官方文本" if version.is_official else "平台拟稿") if version else "",
        version.number if version else None,
        term_of(agreement) if is_shown else "",
        facts[agreement.drafting_role]["name"],
        *(day_cell(at) for at in (agreement.created_at, agreement.sent_at, agreement.agreed_at)),
        len(version.parsed.copies) if version else None,
        agreement.frozen.digest if agreement.frozen else "",
        facts[Role.ELDER_CARE].get("uscc", ""),
        facts[Role.MEDICAL].get("uscc", ""),
    ]


def term_of(agreement: Agreement) -> str:
    """Return the term as agreed so far: 2 年, or 2026年1月1日至2027年12月31日; "" while it is open."""
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
            starts, ends = values.get(body.term.from_blank), values.get(body.term.to_blank)
            if isinstance(starts, date) and isinstance(ends, date):
                return f"{cn_day(starts)}至{cn_day(ends)}"
            return ""
        case TermKind.WITH_MAIN:
            return body.term_words
