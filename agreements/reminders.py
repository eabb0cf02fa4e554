"""What the clock tells people about agreements. Each reminder is data; the sweep is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Case, DateField, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Greatest, TruncDate
from django.utils import timezone

from agreements import notices
from agreements.lifecycle.overlap import FROM_SIGNATURE
from agreements.lifecycle.ways import has_paper, turn_on_screen, waits_for_the_other
from agreements.models import Agreement, Scan
from agreements.models.agreement import AgreementKind, AgreementQuerySet
from agreements.models.states import BEING_SIGNED, HAS_BEEN_IN_FORCE, RENEWABLE
from chinese.dates import cn_ahead, cn_day
from institutions.models import Authority, Role
from institutions.reaching import reviewers_by_region
from jobs import rounds
from notifications import ladders
from notifications.ladders import Ladder, Reminder, Words

State = Agreement.State

STALE = 30  # days; the end of an agreement that is entered long afterwards is no news


def _rows() -> AgreementQuerySet:
    rows = Agreement.objects.select_related("medical", "elder_care", "drafted_by", "region", "frozen")
    return rows.defer("frozen__body")


def _ending() -> AgreementQuerySet:
    """Main agreements whose term runs out or just ran out, and which nothing has renewed."""
    renewed = Agreement.objects.filter(
        predecessor=OuterRef("pk"), kind__in=AgreementKind.taking_a_place(), state__in=HAS_BEEN_IN_FORCE
    )
    main = _rows().filter(state__in=RENEWABLE).exclude(kind=AgreementKind.SUPPLEMENT)
    return main.alias(renewed=Subquery(renewed.values("pk")[:1])).filter(renewed__isnull=True)  # one by one, by its key


def _end_words(agreement: Agreement, days: int) -> Words:
    over = days > 0
    title = (
        f"协议已到期：{notices.pair(agreement)}" if over else f"协议{cn_ahead(-days)}到期：{notices.pair(agreement)}"
    )
    need = "需要继续合作的，请尽快续签。" if over else "需要继续合作的，请在到期前办理续签。"
    last_day = f"合作期限的最后一天：{cn_day(agreement.expires_on)}"
    return Words(title, notices.facts(agreement, last_day, need), notices.page(agreement))


def _officer_end_words(agreement: Agreement, days: int) -> Words:
    words = _end_words(agreement, days)
    need = "到期后该养老服务机构可能没有生效中的协议，请关注续签情况。"
    last_day = f"合作期限的最后一天：{cn_day(agreement.expires_on)}"
    return Words(words.title, notices.facts(agreement, last_day, need), words.url)


def _civil_affairs(agreements: Sequence[Agreement]) -> Callable[[Agreement], list[int]]:
    known = reviewers_by_region([row.region for row in agreements], Authority.Kind.CIVIL_AFFAIRS)
    return lambda agreement: known[agreement.region_id]


def _answer_words(agreement: Agreement, days: int) -> Words:
    drafter = agreement.party_name(agreement.drafting_role)
    title = f"对方送来的协议已等待 {days} 天：{notices.pair(agreement)}"
    sent_on = timezone.localdate(agreement.sent_at) if agreement.sent_at else None
    sent = f"{drafter}于{cn_day(sent_on)}送出"
    return Words(title, notices.facts(agreement, sent, "请核对文本，确认或者退回修改。"), notices.page(agreement))


def unsigned_sides(agreement: Agreement) -> list[Role]:
    """Return the sides whose day of signing is not entered yet."""
    days = {Role.MEDICAL: agreement.medical_signed_on, Role.ELDER_CARE: agreement.elder_care_signed_on}
    return [role for role, day in days.items() if day is None]


def sides_in_turn(agreement: Agreement) -> list[Role]:
    """Return those of them that can sign now: not the one that waits for the other, where the template says so."""
    later = waits_for_the_other(agreement)
    return [role for role in unsigned_sides(agreement) if role is not later]


# Of a renewal that counts from its signature (overlap.when_it_joins says it of one row) the first day on which signing
# costs the old one nothing.
JOINS = Q(
    kind=AgreementKind.RENEWAL,
    predecessor__state__in=RENEWABLE,
    template_version__body__term__kind__in=[kind.value for kind in FROM_SIGNATURE],
)
JOINS_ON = Cast(F("predecessor__expires_on") + timedelta(days=1), DateField())


def _unsigned() -> AgreementQuerySet:
    open_side = Q(medical_signed_on__isnull=True) | Q(elder_care_signed_on__isnull=True)
    rows = _rows().select_related("predecessor", "frozen__window", "template_version")
    return rows.filter(open_side, state__in=BEING_SIGNED)


def _opening_words(agreement: Agreement, days: int) -> Words:
    title = f"续签现在可以签章，两份期限正好接上：{notices.pair(agreement)}"
    sign = "请打印、签章，再登记签章日期。" if has_paper(agreement) else "请授权签约人打开协议，阅读以后电子签署。"
    lines = f"原协议 {agreement.predecessor} 到期，这份续签按签章日起算。", sign
    return Words(title, notices.facts(agreement, *lines), notices.page(agreement))


def _signing_words(agreement: Agreement, days: int) -> Words:
    title = f"文本定稿已 {days} 天，等待签章：{notices.pair(agreement)}"
    on_screen = turn_on_screen(agreement)
    on_paper = [role for role in sides_in_turn(agreement) if role not in on_screen]
    lines = []
    if on_paper:
        lines += [f"尚未登记签章日期：{_named(agreement, on_paper)}", "请打印、签章，再登记签章日期。"]
    if on_screen:
        lines.append(f"尚未电子签署：{_named(agreement, on_screen)}")
    window = agreement.frozen.window_or_none if agreement.frozen else None
    if window is not None:
        lines.append(f"请在{cn_day(window.closes_on)}以前签署；到期没有签完的，文本退回起草。签不了的，可以延长期限。")
    return Words(title, notices.facts(agreement, *lines), notices.page(agreement))


def _named(agreement: Agreement, roles: Iterable[Role]) -> str:
    return "、".join(agreement.party_name(role) for role in roles)


def _who_signs(agreements: Sequence[Agreement]) -> Callable[[Agreement], list[int]]:
    """The clerks of the sides that are to sign now, and who signs for them on screen."""
    clerks, signatories = notices.clerks(agreements, sides_in_turn), notices.signatories(agreements, turn_on_screen)
    return lambda agreement: list(dict.fromkeys([*clerks(agreement), *signatories(agreement)]))


def _uncertified() -> AgreementQuerySet:
    """Both sides have signed, nobody has certified. The wait begins again with each scan that is uploaded."""
    both = _rows().filter(state=State.SIGNING, medical_signed_on__isnull=False, elder_care_signed_on__isnull=False)
    latest = Scan.objects.filter(agreement=OuterRef("pk"), state=Scan.State.UPLOADED).order_by("-uploaded_at")
    uploaded_on = Subquery(latest.values(day=TruncDate("uploaded_at"))[:1])
    return both.annotate(uploaded_on=uploaded_on).prefetch_related("scans")


def _waiting_scans(agreement: Agreement) -> list[Scan]:
    return [scan for scan in agreement.scans.all() if scan.state == Scan.State.UPLOADED]


def _certifiers(agreements: Sequence[Agreement]) -> Callable[[Agreement], list[int]]:
    """Everybody of both sides, except who uploaded the scan: a second person certifies."""
    clerks = notices.both_clerks(agreements)

    def of(agreement: Agreement) -> list[int]:
        uploaders = {scan.uploaded_by_id for scan in _waiting_scans(agreement)}
        return [person for person in clerks(agreement) if person not in uploaders]

    return of


def _certifying_words(agreement: Agreement, days: int) -> Words:
    if _waiting_scans(agreement):
        title = f"扫描件已等待核验 {days} 天：{notices.pair(agreement)}"
        need = "请核对扫描件与定稿文本，核验通过后协议登记生效。上传的人不能自己核验。"
    else:
        title = f"双方签章已 {days} 天，等待上传扫描件：{notices.pair(agreement)}"
        need = "请上传签章后的扫描件，再由另一名经办人核验。"
    return Words(title, notices.facts(agreement, need), notices.page(agreement))


ENDS = Reminder(
    Ladder("agreement_ends", (-90, -60, -30, -7, 1), stale_after=STALE),
    rows=_ending,
    day="expires_on",
    people=notices.both_clerks,
    words=_end_words,
)
ENDS_FOR_OFFICERS = Reminder(
    Ladder("agreement_ends_in_remit", (-30, 1), stale_after=STALE),
    rows=_ending,
    day="expires_on",
    people=_civil_affairs,
    words=_officer_end_words,
)
ANSWER_WAITS = Reminder(
    Ladder("agreement_answer_waits", (3, 7, 14)),
    rows=lambda: _rows().filter(state=State.NEGOTIATING),
    day=TruncDate("sent_at"),
    people=lambda batch: notices.clerks(batch, lambda agreement: [agreement.answering_role]),
    words=_answer_words,
)
SIGNING_OPENS = Reminder(
    Ladder("agreement_signing_opens", (0,), stale_after=STALE),
    rows=lambda: _unsigned().filter(JOINS),
    day=JOINS_ON,
    people=lambda batch: notices.clerks(batch, unsigned_sides),
    words=_opening_words,
)
SIGNING_WAITS = Reminder(
    Ladder("agreement_signing_waits", (3, 7, 14)),
    rows=_unsigned,
    # Nobody is pressed to sign a renewal before it joins: each day earlier would be lost.
    day=Greatest(TruncDate("frozen__frozen_at"), Case(When(JOINS, then=JOINS_ON), output_field=DateField())),
    people=_who_signs,
    words=_signing_words,
)
CERTIFYING_WAITS = Reminder(
    Ladder("agreement_certifying_waits", (3, 7, 14)),
    rows=_uncertified,
    day=Greatest("medical_signed_on", "elder_care_signed_on", "uploaded_on"),  # PostgreSQL leaves out nulls
    people=_certifiers,
    words=_certifying_words,
)
ALL = (ENDS, ENDS_FOR_OFFICERS, ANSWER_WAITS, SIGNING_OPENS, SIGNING_WAITS, CERTIFYING_WAITS)

ROUND = rounds.declare("agreements.remind", "协议的提醒")


def sweep(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Tell everything about agreements that is due on a day (default: today); return how many notices are new."""
    return ladders.sweep(ROUND, ALL, on=on, within=within)
