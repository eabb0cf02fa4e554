"""What the clock tells people about filings. Each reminder is data; the sweep is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from django.db.models.functions import TruncDate

from agreements import notices
from chinese.dates import cn_day
from filing.models import Filing, FilingQuerySet
from filing.notices import both_clerks, facts, page
from filing.states import WITH_AUTHORITY
from institutions.reaching import administrators_by_authority, reviewers_by_authority, supervisors_above
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
ALL = (DEADLINE, LATE_FOR_REVIEWERS, CORRECTION_WAITS, REVIEW_DUE, REVIEW_LATE, REVIEW_LATE_BELOW)


def sweep(*, on: date | None = None) -> int:
    """Tell everything about filings that is due on a day (default: today); return how many notices are new."""
    return sum(reminder.sweep(on=on) for reminder in ALL)
