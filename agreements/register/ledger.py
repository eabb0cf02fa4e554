"""The register as a bureau's ledger (台账), in xlsx."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import IO, Any

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
from agreements.text.answers import from_json
from agreements.text.filling import Value
from agreements.text.schema import TermKind
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from chinese.dates import cn_day
from exports.reading import counting, in_chunks
from exports.sockets import Asked, Counted, Listed
from institutions.models import Institution, Role
from regions.models import Region

BEFORE_TEXT = frozenset({*DRAFTS, Agreement.State.NEGOTIATING})
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
            version = shared.versions.get(agreement.template_version_id or 0) if is_shown else None
            follows = predecessors.get(agreement.predecessor_id, "")
            own = _cells(
                next(numbers),
                agreement,
                version,
                region=shared.regions[agreement.region_id],
                follows=follows,
                supplements=supplements[agreement.pk],
            )
            yield [*own, *(cell for found in further for cell in found[agreement.pk])]


def _read(keys: Sequence[int]) -> AgreementQuerySet:
    """Return these agreements with what the cells need of their own; `_Shared` joins the rest."""
    found = Agreement.objects.filter(pk__in=keys).with_successor().select_related("frozen")
    return found.defer("frozen__body", "contacts")


class _Shared:
    """What many agreements have in common: read once instead of with each, where it is long or costly to make."""

    def __init__(self) -> None:
        self.regions: dict[int, Region] = {}
        self.versions: dict[int, _Version] = {}

    def join(self, chunk: Sequence[Agreement]) -> None:
        """Learn the regions and template versions of the agreements; give those whose names are not frozen, or change
        hands, their parties, and to drafts how they came back."""
        if unknown := {each.region_id for each in chunk} - self.regions.keys():
            self.regions |= Region.objects.in_bulk(unknown)
        used = {each.template_version_id for each in chunk if each.template_version_id}
        if unknown := used - self.versions.keys():
            found = TemplateVersion.objects.select_related("template").in_bulk(unknown)
            self.versions |= {key: _Version(version) for key, version in found.items()}
        _give_parties([each for each in chunk if each.frozen_id is None or each.state in BEFORE_TEXT])


class _Version:
    """A template version, and which of its blanks say the term."""

    def __init__(self, version: TemplateVersion) -> None:
        self.number = version.number
        self.title = version.title
        self.nature = "官方文本" if version.is_official else "平台拟稿"
        self.body = version.parsed
        term = self.body.term
        named = {term.blank, term.from_blank, term.to_blank}
        self.blanks = {blank.id: blank for blank in self.body.blanks if blank.id in named and blank.is_asked}

    def value(self, blank: str, answers: Mapping[str, Any]) -> Value | None:
        return from_json(self.blanks[blank], answers.get(blank)) if blank in self.blanks else None


def _give_parties(agreements: Sequence[Agreement]) -> None:
    if not agreements:
        return
    held = (key for each in agreements for key in (each.medical_id, each.elder_care_id, each.drafted_by_id))
    parties = Institution.objects.only("role", *FACTS).in_bulk({key for key in held if key})
    returns = _returns(agreements)
    for each in agreements:
        each.medical = parties[each.medical_id] if each.medical_id else None
        each.elder_care = parties[each.elder_care_id] if each.elder_care_id else None
        each.drafted_by = parties[each.drafted_by_id]
        if each.pk in returns:
            each.came_back_by, each.declined_by = returns[each.pk]


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
    number: int,
    agreement: Agreement,
    version: _Version | None,
    *,
    region: Region,
    follows: str,
    supplements: Sequence[str],
) -> list[Cell]:
    """Return the cells of an agreement; its template version is None where the reader is told of none."""
    facts = {role: agreement.party_facts(role) for role in Role}
    drafter = Role.MEDICAL if agreement.drafted_by_id == agreement.medical_id else Role.ELDER_CARE
    return [
        number,
        agreement.number,
        facts[Role.ELDER_CARE].get("name", ""),
        facts[Role.MEDICAL].get("name", ""),
        agreement.state_words,
        *map(day_cell, (agreement.elder_care_signed_on, agreement.medical_signed_on)),
        *map(day_cell, (agreement.effective_on, agreement.starts_on, agreement.expires_on, agreement.last_day)),
        region.name,
        region.code,
        AgreementKind(agreement.kind).label,
        follows,
        "、".join(supplements),
        version.title if version else "",
        version.nature if version else "",
        version.number if version else None,
        term_of(agreement, version) if version else "",
        facts[drafter]["name"],
        *(day_cell(at) for at in (agreement.created_at, agreement.sent_at, agreement.agreed_at)),
        len(version.body.copies) if version else None,
        agreement.frozen.digest if agreement.frozen else "",
        facts[Role.ELDER_CARE].get("uscc", ""),
        facts[Role.MEDICAL].get("uscc", ""),
    ]


def term_of(agreement: Agreement, version: _Version) -> str:
    """Return the term as agreed so far: 2 年, or 2026年1月1日至2027年12月31日; "" while it is open."""
    term, answers = version.body.term, agreement.answers
    match term.kind:
        case TermKind.FIXED_YEARS:
            return f"{term.years} 年"
        case TermKind.BLANK_YEARS:
            years = version.value(term.blank, answers)
            return f"{years} 年" if years else ""
        case TermKind.DATE_RANGE:
            starts, ends = version.value(term.from_blank, answers), version.value(term.to_blank, answers)
            if isinstance(starts, date) and isinstance(ends, date):
                return f"{cn_day(starts)}至{cn_day(ends)}"
            return ""
        case TermKind.WITH_MAIN:
            return version.body.term_words
