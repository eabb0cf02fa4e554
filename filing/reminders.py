"""What the clock tells people about filings. Each reminder is data; the sweep is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse

from agreements import notices
from chinese.dates import cn_day
from filing.models import Filing, FilingQuerySet, HandIn, RescanCall
from filing.notices import both_clerks, facts, page
from filing.rescans import files_wait
from filing.states import WITH_AUTHORITY
from institutions.reaching import administrators_by_authority, reviewers_by_authority, supervisors_above
from jobs import rounds
from notifications import ladders
from notifications.ladders import Ladder, Reminder, Words

State = Filing.State

LATE = (1, 7, 14, 30)
WEEKLY = tuple(range(7, 183, 7))  # for half a year


def _due() -> FilingQuerySet:
    return Filing.objects.filter(state=State.DUE).with_parties()


def _returned() -> FilingQuerySet:
    return Filing.objects.filter(state=State.RETURNED).current().with_parties()


def _with_us() -> FilingQuerySet:
    return Filing.objects.filter(state__in=WITH_AUTHORITY).with_parties()


def _to_hand_in() -> QuerySet[HandIn]:
    return HandIn.objects.with_filing().filter(state=HandIn.State.DUE)


def _handed_in() -> QuerySet[HandIn]:
    """Of accepted filings: while one is under review its own clock runs, and what is decided on it settles both."""
    return HandIn.objects.with_filing().filter(state=HandIn.State.SUBMITTED, filing__state=State.ACCEPTED)


def _calls() -> QuerySet[RescanCall]:
    of = ("agreement__medical", "agreement__elder_care", "authority", "filing")
    return RescanCall.objects.open().select_related(*of)


def _deadline_words(filing: Filing, days: int) -> Words:
    where = f"{filing.authority.name}（{notices.pair(filing.agreement)}）"
    left = f"还有 {-days} 天" if days else "今天是最后一天"
    title = f"备案已逾期 {days} 天：{where}" if days > 0 else f"向{where}报送备案，{left}"
    ended = "协议已经结束，报送的义务没有免除。" if filing.outlives_agreement else ""
    lines = f"报送期限：{cn_day(filing.due_on)}", f"期限依据：{filing.due_basis}", ended, "请打开备案页面报送协议正本。"
    return Words(title, facts(filing, *lines), page(filing))


def _unsubmitted_words(filing: Filing, days: int) -> Words:
    title = f"逾期 {days} 天未报送备案：{notices.pair(filing.agreement)}"
    waive = "协议已经结束，不需要再报送的，可以在备案页面免予报送。" if filing.outlives_agreement else ""
    lines = f"报送期限：{cn_day(filing.due_on)}", "协议双方尚未报送，请督促。备案不影响协议生效。", waive
    return Words(title, facts(filing, *lines), page(filing))


def _correction_words(filing: Filing, days: int) -> Words:
    title = f"备案退回已 {days} 天，等待补正：{notices.pair(filing.agreement)}"
    by = f"补正期限：{cn_day(filing.correction_due_on)}" if filing.correction_due_on else ""
    return Words(title, facts(filing, f"退回原因：{filing.reasons}", by, "请补正后重新报送。"), page(filing))


def _review_words(filing: Filing, days: int) -> Words:
    where = notices.pair(filing.agreement)
    left = f"还有 {-days} 天" if days else "今天是最后一天"
    title = f"备案受理已超期 {days} 天：{where}" if days > 0 else f"备案等待受理，{left}：{where}"
    who = f"审核人：{filing.taken_up_by}" if filing.taken_up_by else "还没有人接收"
    lines = f"受理期限：{cn_day(filing.review_due_on)}", who, "请打开备案页面，受理或者退回补正。"
    return Words(title, facts(filing, *lines), page(filing))


def _hand_in_words(hand_in: HandIn, days: int) -> Words:
    filing = hand_in.filing
    before = hand_in.previous.reasons if hand_in.previous else ""
    what = f"补报退回已 {days} 天，等待重新补报" if before else f"新的扫描件已核验 {days} 天，等待补报"
    lines = ["新的扫描件已经核验，这个部门收到的还是原来的。", "请打开备案页面补报。"]
    if before:
        lines = [f"上一次补报退回的原因：{before}", "请重新上传扫描件，由另一位经办人核验，再打开备案页面补报。"]
    return Words(f"{what}：{notices.pair(filing.agreement)}", facts(filing, *lines), page(filing))


def _note_words(hand_in: HandIn, days: int) -> Words:
    filing = hand_in.filing
    where = notices.pair(filing.agreement)
    left = f"还有 {-days} 天" if days else "今天是最后一天"
    title = f"补报查收已超期 {days} 天：{where}" if days > 0 else f"补报等待查收，{left}：{where}"
    until = f"查收期限：{cn_day(hand_in.review_due_on)}" if hand_in.review_due_on else ""
    lines = f"备案号：{filing.number}", f"补报说明：{hand_in.remark}", until, "请打开备案页面，查收或者退回补报。"
    return Words(title, facts(filing, *lines), page(filing))


def _call_words(call: RescanCall, days: int) -> Words:
    agreement, authority = call.agreement, call.authority
    if files_wait(agreement):
        stage = "新的扫描件已经上传，等待核验"
        act = "请没有上传的另一位经办人（任何一方的都可以）打开下面的页面核验；还缺页的，请上传的人补齐。"
    else:
        stage = "还没有人上传新的扫描件"
        page_of = "备案页面" if call.filing_id else "协议页面的“备案”一栏"
        who = f"{authority.name}的审核员" if authority else "任何一方的经办人"
        act = (
            "请任何一方的经办人打开下面的页面，上传新的扫描件（可以只换有问题的页），再由没有上传的另一位经办人核验。"
            f"不用重新扫描的，由{who}在{page_of}撤销这个要求。"
        )
    title = f"要求重新扫描已 {days} 天，{stage}：{notices.pair(agreement)}"
    lines = f"提出单位：{authority.name if authority else '协议一方'}", f"原因：{call.reason}", act
    return Words(title, notices.facts(agreement, *lines), reverse("agreement-signing", args=[agreement.number]))


def _who_reviews(filings: Sequence[Filing]) -> Callable[[Filing], list[int]]:
    """Whoever took it up; while nobody has, every reviewer of the authority."""
    known = reviewers_by_authority(row.authority_id for row in filings if row.taken_up_by_id is None)
    return lambda filing: [filing.taken_up_by_id] if filing.taken_up_by_id else known[filing.authority_id]


def _level_above(filings: Sequence[Filing]) -> Callable[[Filing], list[int]]:
    known = supervisors_above({row.authority for row in filings})
    return lambda filing: known[filing.authority_id]


def _of_authority(
    find: Callable[[Iterable[int]], Mapping[int, list[int]]], filings: Sequence[Filing]
) -> Callable[[Filing], list[int]]:
    known = find(row.authority_id for row in filings)
    return lambda filing: known[filing.authority_id]


def _clerks_called(rows: Sequence[RescanCall]) -> Callable[[RescanCall], list[int]]:
    of = notices.both_clerks([row.agreement for row in rows])
    return lambda row: of(row.agreement)


def _of_its_filing(
    people: Callable[[Sequence[Filing]], Callable[[Filing], list[int]]],
) -> Callable[[Sequence[HandIn]], Callable[[HandIn], list[int]]]:
    """Return whom a hand-in concerns, as those whom its filing does."""

    def asked(rows: Sequence[HandIn]) -> Callable[[HandIn], list[int]]:
        of = people([row.filing for row in rows])
        return lambda row: of(row.filing)

    return asked


_reviewers = partial(_of_authority, reviewers_by_authority)
_administrators = partial(_of_authority, administrators_by_authority)


DEADLINE = Reminder(
    Ladder("filing_deadline", (-30, -14, -7, -3, -1, *LATE)),
    rows=_due,
    day="due_on",
    people=both_clerks,
    words=_deadline_words,
)
LATE_FOR_REVIEWERS = Reminder(
    Ladder("filing_late_with_us", LATE), rows=_due, day="due_on", people=_reviewers, words=_unsubmitted_words
)
CORRECTION_WAITS = Reminder(
    Ladder("filing_correction_waits", (3, 7, 14)),
    rows=_returned,
    day=TruncDate("decided_at"),
    people=both_clerks,
    words=_correction_words,
)
REVIEW_DUE = Reminder(
    Ladder("filing_review_due", (-3, -1, *LATE)),
    rows=_with_us,
    day="review_due_on",
    people=_who_reviews,
    words=_review_words,
)
REVIEW_LATE = Reminder(
    Ladder("filing_review_late", LATE), rows=_with_us, day="review_due_on", people=_administrators, words=_review_words
)
REVIEW_LATE_BELOW = Reminder(
    Ladder("filing_review_late_below", WEEKLY, stale_after=7),
    rows=_with_us,
    day="review_due_on",
    people=_level_above,
    words=_review_words,
)
HAND_IN_WAITS = Reminder(
    Ladder("filing_hand_in_waits", (3, 7, 14)),
    rows=_to_hand_in,
    day=TruncDate("created_at"),
    people=_of_its_filing(both_clerks),
    words=_hand_in_words,
)
NOTE_DUE = Reminder(
    Ladder("filing_note_due", (-3, -1, *LATE)),
    rows=_handed_in,
    day="review_due_on",
    people=_of_its_filing(_reviewers),
    words=_note_words,
)
NOTE_LATE = Reminder(
    Ladder("filing_note_late", LATE),
    rows=_handed_in,
    day="review_due_on",
    people=_of_its_filing(_administrators),
    words=_note_words,
)
NOTE_LATE_BELOW = Reminder(
    Ladder("filing_note_late_below", WEEKLY, stale_after=7),
    rows=_handed_in,
    day="review_due_on",
    people=_of_its_filing(_level_above),
    words=_note_words,
)
RESCAN_WAITS = Reminder(
    Ladder("filing_rescan_waits", (3, 7, 14)),
    rows=_calls,
    day=TruncDate("asked_at"),
    people=_clerks_called,
    words=_call_words,
)
ALL: tuple[Reminder[Any], ...] = (
    *(DEADLINE, LATE_FOR_REVIEWERS, CORRECTION_WAITS, REVIEW_DUE, REVIEW_LATE, REVIEW_LATE_BELOW),
    *(HAND_IN_WAITS, NOTE_DUE, NOTE_LATE, NOTE_LATE_BELOW, RESCAN_WAITS),
)

ROUND = rounds.declare("filing.remind", "备案的提醒")


def sweep(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Tell everything about filings that is due on a day (default: today); return how many notices are new."""
    return ladders.sweep(ROUND, ALL, on=on, within=within)
