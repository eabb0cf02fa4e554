"""Finding a partner, and what the region's rules say of each candidate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from agreements.lifecycle.overlap import what_may_follow
from agreements.models import Agreement, AgreementKind
from agreements.models.states import SENT_AND_LIVING
from chinese.dates import cn_day
from duties.introducing import with_anybody
from eligibility.checklist import required_of
from eligibility.confirmation import eligibility_of, valid_until
from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role, same_legal_entity
from regions.models import Region
from regions.schemes import RuleSet, rules_for

NOBODY_THERE = "还没有能登录的人。送出以后请打印给对方的函，对方凭函上的申请码开通账号再办理。"


@dataclass(frozen=True)
class Verdict:
    """One rule's result for one candidate. `blocks`: cannot be chosen; `good` is shown as a plain fact.

    `own`: it is said of the institution that chooses, and not of the candidate.
    """

    text: str
    good: bool = False
    blocks: bool = False
    own: bool = False

    @property
    def in_full(self) -> str:
        """The words as they stand beside the candidate's name."""
        return f"本机构：{self.text}" if self.own else self.text


@dataclass(frozen=True)
class Together:
    """What the two have signed, or are about to: `number` leads to it, `text` says what it means for a further one."""

    number: str
    text: str


@dataclass(frozen=True)
class Candidate:
    institution: Institution
    verdicts: tuple[Verdict, ...]
    together: tuple[Together, ...] = ()

    @property
    def refusals(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.blocks]


def candidates(agreement: Agreement, *, query: str) -> QuerySet[Institution]:
    """Return institutions of the other role: without a query those of the county, else all found, nearest first."""
    own = agreement.drafted_by
    other_role = Role(own.role).other
    found = Institution.objects.filter(role=other_role).select_related(
        "region", "medical_profile", "elder_care_profile"
    )
    if not query:
        return found.filter(region=own.region).order_by("status", "name")
    distance = Case(When(region=own.region, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.search(query).order_by(distance, "name")


def assess_all(agreement: Agreement, institutions: Iterable[Institution]) -> list[Candidate]:
    """Return the candidates of one page with their verdicts; two queries more, and one for each region's rules."""
    page = list(institutions)
    together = _signed_together(agreement.drafted_by, page, leave_out=agreement)
    book = RuleBook([agreement.drafted_by, *page])
    return [_assessed(agreement.drafted_by, partner, together.get(partner.pk, ()), book) for partner in page]


def assess(own: Institution, partner: Institution, *, leave_out: Agreement | None = None) -> Candidate:
    """Return the verdicts on one partner."""
    together = _signed_together(own, [partner], leave_out=leave_out)
    return _assessed(own, partner, together.get(partner.pk, ()), RuleBook([own, partner]))


class RuleBook:
    """The rules of the regions on one page, each read once; and who is found eligible, read if a rule asks for it."""

    def __init__(self, institutions: Sequence[Institution]) -> None:
        self.today = timezone.localdate()
        self._institutions = institutions
        self._known: dict[int, RuleSet] = {}

    def of(self, region: Region) -> RuleSet:
        if region.pk not in self._known:
            self._known[region.pk] = rules_for(region, self.today)
        return self._known[region.pk]

    @cached_property
    def reached(self) -> frozenset[int]:
        """The keys of the institutions that have somebody here to answer."""
        return with_anybody(self._institutions)

    @cached_property
    def eligible(self) -> dict[int, date]:
        """Until when each institution of the page is confirmed, by its id."""
        return valid_until(self._institutions, self.today)


def _assessed(own: Institution, partner: Institution, together: Sequence[Agreement], book: RuleBook) -> Candidate:
    if partner.role == own.role:
        wrong = "不能和自己的机构签约" if partner.pk == own.pk else f"{partner.name}不是{_other_side(own)}"
        return Candidate(partner, (Verdict(f"{wrong}，请选择{_other_side(own)}。", blocks=True),))
    medical, home = (partner, own) if partner.role == Role.MEDICAL else (own, partner)
    verdicts = [Verdict(problem.text, blocks=problem.blocks) for problem in partner.problems(book.today)]
    if same_legal_entity(own, partner):
        verdicts.append(Verdict("与本机构是同一个法人，不能自己和自己签约。", blocks=True))
    verdicts += _licence_is_good(partner, verdicts)
    if partner.pk not in book.reached:
        verdicts.append(Verdict(NOBODY_THERE))
    verdicts.append(_nearness(own, partner))
    of_each = [(medical, _primary(medical))]
    of_each += _outside_the_scheme(medical, home, book.of(home.region))
    of_each += [(medical, verdict) for verdict in _eligibility(medical, book)]
    verdicts += _told_of(own, of_each)
    return Candidate(
        partner, tuple(verdicts), tuple(Together(row.number, _in_words(row, on=book.today)) for row in together)
    )


def _told_of(own: Institution, verdicts: Iterable[tuple[Institution, Verdict]]) -> Iterator[Verdict]:
    """Yield what is said of the candidate; of one's own side only what is wrong, as its own."""
    for institution, verdict in verdicts:
        if institution != own:
            yield verdict
        elif not verdict.good:
            yield replace(verdict, own=True)


def _in_words(row: Agreement, *, on: date) -> str:
    title = f"《{row.template_version.title}》" if row.template_version else "没有选定的范本"
    if row.state == Agreement.State.IN_FORCE:
        until = cn_day(row.expires_on)
        follows = what_may_follow(row, "请在那份协议上", on=on)
        return f"按{title}签的协议生效到{until}，期限重叠时不能按同一范本再签。{follows}"
    return f"按{title}的协议{row.get_state_display()}，还没有办完；按同一范本只能有一份生效。"


def _licence_is_good(partner: Institution, problems: list[Verdict]) -> list[Verdict]:
    if problems or not isinstance(partner.profile, MedicalProfile) or partner.profile.licence_valid_to is None:
        return []
    until = partner.profile.licence_valid_to
    return [Verdict(f"执业许可证有效至{cn_day(until)}", good=True)]


def _outside_the_scheme(medical: Institution, home: Institution, rules: RuleSet) -> list[tuple[Institution, Verdict]]:
    """Say which of the two the region's scheme does not foresee. Told, not refused: a scheme may be read widely."""
    found = []
    if isinstance(medical.profile, MedicalProfile):
        kind, level = medical.profile.kind, medical.profile.level
        private = medical.ownership != Institution.Ownership.PUBLIC
        if not rules.medical_may_sign(kind=kind, level=level, is_private=private):
            found.append(
                (medical, Verdict(f"{medical.profile.get_kind_display()}不在本地规定的签约医疗卫生机构范围内"))
            )
    if isinstance(home.profile, ElderCareProfile) and not rules.elder_care_may_sign(kind=home.profile.kind):
        found.append((home, Verdict(f"{home.profile.get_kind_display()}不在本地规定的签约养老服务机构范围内")))
    return found


def _eligibility(medical: Institution, book: RuleBook) -> list[Verdict]:
    """Say whether the medical side was found eligible where its region's scheme asks for that."""
    rules = book.of(medical.region)
    if required_of(medical, rules) is None:
        return []
    found = eligibility_of(medical, rules, book.today, known=book.eligible)
    if found is None:
        return []
    verdicts = [Verdict(problem.text, blocks=problem.blocks) for problem in found.problems]
    if found.until and not verdicts:
        verdicts.append(Verdict(f"资格核对有效至{cn_day(found.until)}", good=True))
    return verdicts


def _other_side(own: Institution) -> str:
    return str(Role(own.role).other.label)


def _nearness(own: Institution, partner: Institution) -> Verdict:
    if own.is_in_same_county(partner):
        return Verdict("同一县区", good=True)
    return Verdict(f"不在同一县区（在{partner.region.full_name}）")


def _primary(medical: Institution) -> Verdict:
    if medical.is_primary:
        return Verdict("基层医疗卫生机构", good=True)
    return Verdict("不是基层医疗卫生机构")


def _signed_together(
    own: Institution, partners: Iterable[Institution], *, leave_out: Agreement | None
) -> Mapping[int, Sequence[Agreement]]:
    """Return the living agreements between `own` and each partner, by the partner's id; of drafts only its own."""
    mine, theirs = own.role, Role(own.role).other.value
    rows = Agreement.objects.filter(**{mine: own, f"{theirs}__in": list(partners)}).exclude(
        kind=AgreementKind.SUPPLEMENT
    )
    rows = rows.filter(Q(state__in=SENT_AND_LIVING) | Q(state=Agreement.State.DRAFT, drafted_by=own))
    if leave_out is not None:
        rows = rows.exclude(pk=leave_out.pk)
    found: dict[int, list[Agreement]] = defaultdict(list)
    for row in rows.select_related("template_version").order_by(F("expires_on").desc(nulls_last=True), "pk"):
        found[getattr(row, f"{theirs}_id")].append(row)
    return found
