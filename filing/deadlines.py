"""By when a copy is submitted, reviewed or corrected, and on what that day rests.

A fixed day of the region's scheme prevails while it lies ahead; else a number of working days by the region's rule;
else the platform's own number, marked as such. Nothing here ever delays an agreement's effect (民法典 502).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from agreements.models import Agreement
from chinese.dates import cn_day
from filing.models import Filing
from institutions.models import Authority
from regions.calendar import CalendarGapError, CountedDay, add_working_days
from regions.rules import CorrectionDue, FilingDue, ReviewDue
from regions.scheme_body import Deadline
from regions.schemes import Applied, RuleSet, rules_for

# Where not even the platform's own scheme is loaded.
FILING_DAYS, REVIEW_DAYS, CORRECTION_DAYS = 10, 5, 10
BASIS_LENGTH = 300  # characters that `Filing.due_basis` holds
SATURDAY = 5
HAND_IN = "hand_in"


@dataclass(frozen=True)
class Due:
    """A deadline: the last day, where it comes from in Chinese, and whether only the platform says so."""

    on: date
    basis: str
    is_platform_default: bool


def filing_due(agreement: Agreement, kind: Authority.Kind, *, possible_since: date | None = None) -> Due:
    """Return by when the copy of an authority of this kind is submitted. Counted from the effective day.

    `possible_since`: the later day from which on it could be submitted at all, where the authority was not registered
    before. Nobody is late with what could not be done; a fixed day that is over by then binds nobody.
    """
    effective = agreement.effective_on
    if effective is None:
        raise ValueError(f"{agreement.number} is not in force")
    rules = rules_for(agreement.region, effective)
    start = max(effective, possible_since or effective)
    event = "协议生效" if start == effective else "备案部门登记、可以报送"
    fixed = _fixed_day(rules, kind, start)
    if fixed is not None:
        return Due(fixed.due, _short(f"截止{cn_day(fixed.due)}，依据：“{fixed.quote}”"), is_platform_default=False)
    applied = rules.get(FilingDue)
    return _working_days(start, event, applied.rule.working_days if applied else FILING_DAYS, applied)


def review_due(filing: Filing, submitted: date) -> Due:
    """Return by when the authority takes up and decides what was submitted on a day."""
    applied = rules_for(filing.agreement.region, submitted).get(ReviewDue)
    return _working_days(submitted, "报送", applied.rule.working_days if applied else REVIEW_DAYS, applied)


def correction_due(filing: Filing, returned: date) -> Due:
    """Return by when the institutions submit again what was returned on a day."""
    applied = rules_for(filing.agreement.region, returned).get(CorrectionDue)
    return _working_days(returned, "退回", applied.rule.working_days if applied else CORRECTION_DAYS, applied)


def _fixed_day(rules: RuleSet, kind: Authority.Kind, start: date) -> Deadline | None:
    """Return the first fixed day for submitting to this authority that does not lie before `start`."""
    ahead = [
        deadline
        for deadline in rules.deadlines
        if deadline.act == HAND_IN
        and deadline.due >= start
        and (not deadline.authorities or kind in deadline.authorities)
    ]
    return min(ahead, key=lambda deadline: deadline.due, default=None)


def _working_days(
    start: date, event: str, days: int, applied: Applied[FilingDue] | Applied[ReviewDue] | Applied[CorrectionDue] | None
) -> Due:
    is_default = applied is None or applied.citation.platform_default
    words = f"{event}（{cn_day(start)}）后 {days} 个工作日内"
    source = "平台默认期限" if applied is None or is_default else f"依据：{applied.citation}"
    try:
        counted = add_working_days(start, days)
        doubt = "；其中有尚未公布放假安排的年份，日期暂定" if counted.is_provisional else ""
    except CalendarGapError as gap:
        counted = _weekdays(start, days)
        doubt = f"；工作日历没有 {gap.year} 年的数据，按周一至周五推算"
    return Due(counted.date, _short(f"{words}，{source}{doubt}"), is_default)


def _weekdays(start: date, days: int) -> CountedDay:
    """Count without a calendar: a missing year must not keep anybody from filing."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return CountedDay(day, is_provisional=True)


def _short(basis: str) -> str:
    return basis if len(basis) <= BASIS_LENGTH else basis[: BASIS_LENGTH - 1] + "…"
