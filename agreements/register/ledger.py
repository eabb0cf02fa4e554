"""The register as a bureau's ledger (台账), in xlsx."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import IO, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement, AgreementKind, TemplateVersion
from agreements.models.agreement import AgreementQuerySet
from agreements.models.party_facts import FACTS
from agreements.models.states import DRAFTS, HAS_BEEN_IN_FORCE
from agreements.register.filters import AgreementFilter
from agreements.register.viewer import Viewer
from agreements.sockets import LEDGER_COLUMNS
from agreements.text.answers import values_by_blank
from agreements.text.schema import TermKind
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from chinese.dates import cn_day
from exports.reading import counting, in_chunks
from exports.sockets import Asked, Counted, Listed
from institutions.models import Institution, Role
from regions.models import Region

M = TypeVar("M", bound=Model)
TITLE = "医养签约合作协议台账"
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


def _ask(user: User, query: QueryDict) -> Asked:
    register = AgreementFilter(query, user=user)
    found, words = register.qs, register.in_words()  # in this order: the first reads the form

    def write(target: IO[bytes], counted: Counted) -> None:
        groups = [*COLUMNS, *(further.columns for further in LEDGER_COLUMNS)]
        lines = counted(rows(found, reader=user))
        ledgers.write_ledger(target, groups, lines, title=TITLE, asked=words, by=user.full_name)

    return Asked(words, TITLE, counting(lambda: found), write)


LISTED = Listed("agreements", TITLE, lambda query: f"{reverse('agreement-list')}?{query.urlencode()}", _ask)


def rows(agreements: AgreementQuerySet, *, reader: User) -> Iterator[list[Cell]]:
    """Yield the cells of each agreement; what stands in other tables is read for many at once.

    What came back to the other side's desk is theirs: of its present text nothing is told.
    """
    viewer = Viewer(reader)
    numbers = count(1)
    shared = _Shared()
    for chunk in in_chunks(agreements, _read):
        shared.join(chunk)
        supplements, predecessors = _supplements(chunk), _numbers(chunk)
        further = [columns.cells(chunk, reader) for columns in LEDGER_COLUMNS]
        for agreement in chunk:
            is_shown = agreement.state not in DRAFTS or viewer.of(agreement).beside_drafter
            version = agreement.template_version if is_shown else None
            follows = predecessors.get(agreement.predecessor_id, "")
            own = _cells(next(numbers), agreement, version, follows, supplements[agreement.pk])
            yield [*own, *(cell for found in further for cell in found[agreement.pk])]


def _read(keys: Sequence[int]) -> AgreementQuerySet:
    """Return these agreements with what the cells need of their own; `_Shared` joins the rest."""
    found = Agreement.objects.filter(pk__in=keys).with_successor().select_related("frozen")
    return found.defer("frozen__body", "contacts")


class _Shared:
    """What many agreements have in common: read once instead of with each, where it is long or costly to make."""

    def __init__(self) -> None:
        self._regions: dict[int, Region] = {}
        self._versions: dict[int, TemplateVersion] = {}

    def join(self, chunk: Sequence[Agreement]) -> None:
        """Give the agreements their regions, template versions and parties, and to drafts how they came back."""
        self._learn(self._regions, Region.objects.all(), {each.region_id for each in chunk})
        versions = {each.template_version_id for each in chunk if each.template_version_id}
        self._learn(self._versions, TemplateVersion.objects.select_related("template"), versions)
        parties = _parties(chunk)
        returns = _returns(chunk)
        for each in chunk:
            each.region = self._regions[each.region_id]
            each.template_version = self._versions[each.template_version_id] if each.template_version_id else None
            each.medical = parties[each.medical_id] if each.medical_id else None
            each.elder_care = parties[each.elder_care_id] if each.elder_care_id else None
            each.drafted_by = parties[each.drafted_by_id]
            if each.pk in returns:
                each.came_back_by, each.declined_by = returns[each.pk]

    def _learn(self, known: dict[int, M], rows: QuerySet[M], keys: Iterable[int]) -> None:
        if new := set(keys) - known.keys():
            known |= rows.in_bulk(new)


def _parties(chunk: Sequence[Agreement]) -> dict[int, Institution]:
    held = (key for each in chunk for key in (each.medical_id, each.elder_care_id, each.drafted_by_id))
    return Institution.objects.only("role", *FACTS).in_bulk({key for key in held if key})


def _returns(chunk: Sequence[Agreement]) -> dict[int, tuple[int | None, str | None]]:
    """Return who gave a draft back last (None: the clock) and which side would not sign it, by its key."""
    given_back = [each.pk for each in chunk if each.state == Agreement.State.DRAFT and each.return_reason]
    if not given_back:
        return {}
    found = Agreement.objects.filter(pk__in=given_back).with_return().only("pk")
    return {each.pk: (each.came_back_by, each.declined_by) for each in found}


def _numbers(chunk: Sequence[Agreement]) -> Mapping[int | None, str]:
    """Return the numbers of what these agreements follow, by its key."""
    keys = {each.predecessor_id for each in chunk if each.predecessor_id}
    return dict(Agreement.objects.filter(pk__in=keys).values_list("pk", "number")) if keys else {}


def _supplements(agreements: Sequence[Agreement]) -> Mapping[int, list[str]]:
    """Return the numbers of the supplements that have been in force, by the key of what they belong to."""
    found = defaultdict[int, list[str]](list)
    rows = Agreement.objects.filter(
        predecessor__in=[each.pk for each in agreements], kind=AgreementKind.SUPPLEMENT, state__in=HAS_BEEN_IN_FORCE
    )
    for row in rows.order_by("pk").only("predecessor", "number"):
        found[row.predecessor_id or 0].append(row.number)
    return found


def _cells(
    number: int, agreement: Agreement, version: TemplateVersion | None, follows: str, supplements: Sequence[str]
) -> list[Cell]:
    """Return the cells of an agreement; its template version is None where the reader is told of none."""
    facts = {role: agreement.party_facts(role) for role in Role}
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
        follows,
        "、".join(supplements),
        version.title if version else "",
        ("官方文本" if version.is_official else "平台拟稿") if version else "",
        version.number if version else None,
        term_of(agreement, version) if version else "",
        facts[agreement.drafting_role]["name"],
        *(day_cell(at) for at in (agreement.created_at, agreement.sent_at, agreement.agreed_at)),
        len(version.parsed.copies) if version else None,
        agreement.frozen.digest if agreement.frozen else "",
        facts[Role.ELDER_CARE].get("uscc", ""),
        facts[Role.MEDICAL].get("uscc", ""),
    ]


def term_of(agreement: Agreement, version: TemplateVersion) -> str:
    """Return the term as agreed so far: 2 年, or 2026年1月1日至2027年12月31日; "" while it is open."""
    body, term = version.parsed, version.parsed.term
    values = values_by_blank(body, agreement.answers, {term.blank, term.from_blank, term.to_blank})
    match term.kind:
        case TermKind.FIXED_YEARS:
            return f"{term.years} 年"
        case TermKind.BLANK_YEARS:
            years = values.get(term.blank)
            return f"{years} 年" if years else ""
        case TermKind.DATE_RANGE:
            starts, ends = values.get(term.from_blank), values.get(term.to_blank)
            if isinstance(starts, date) and isinstance(ends, date):
                return f"{cn_day(starts)}至{cn_day(ends)}"
            return ""
        case TermKind.WITH_MAIN:
            return body.term_words
