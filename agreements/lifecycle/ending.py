"""The end of an agreement: by its own term, or before it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.transitions import END_WITH_MAIN, EXPIRE, LIFE, TERMINATE
from agreements.models import Agreement, AgreementKind
from chinese.dates import cn_day
from verbs.errors import Unacceptable, WrongState


def terminate(agreement: Agreement, *, by: User, on: date, reason: str, notified_on: date | None = None) -> Agreement:
    """End an agreement before its term, with its supplements; `on` is its last day in force.

    `notified_on` is when the end was told, by default today; only what brings in old records gives an earlier day. The
    last day is that day or later: an end in the past would change figures that were already reported. Raises
    Unacceptable for an earlier day, and for one outside the term.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, TERMINATE, by=by)
        _may_end(row, on, notified_on or timezone.localdate())
        event = events.Terminated(revision=row.revision, on=on, reason=reason)
        row = LIFE.finish(row, TERMINATE, event, by=by, writes={"ended_on": on, "end_reason": reason})
        end_supplements(row, by=by, reason=reason)
        announcements.terminated(row, by=by)
    return row


def end_supplements(main: Agreement, *, by: User, reason: str = "") -> None:
    """End what was agreed in addition to an agreement as the agreement itself ended, on the same day."""
    transition, ended = END_WITH_MAIN[Agreement.State(main.state)]
    for supplement in main.successors.filter(kind=AgreementKind.SUPPLEMENT, state=Agreement.State.IN_FORCE):
        row = LIFE.begin(supplement, transition, by=by)
        # One that takes effect only later ends on its first day: it was never of use.
        last_day = max(filter(None, (main.ended_on, row.effective_on)))
        event = ended(revision=row.revision, on=last_day, with_main=main.number)
        LIFE.finish(row, transition, event, by=by, writes={"ended_on": last_day, "end_reason": reason})


def expire(agreement: Agreement, *, on: date | None = None) -> Agreement:
    """Mark an agreement expired. Raises Unacceptable while its last day has not passed by `on` (default: today)."""
    with transaction.atomic():
        row = LIFE.begin(agreement, EXPIRE, by=None)
        if row.expires_on is None or row.expires_on >= (on or timezone.localdate()):
            raise Unacceptable(f"协议的最后一天（{cn_day(row.expires_on)}）还没有过去。")
        return LIFE.finish(row, EXPIRE, events.Expired(revision=row.revision, expires_on=row.expires_on), by=None)


def expire_due(*, on: date | None = None) -> int:
    """Expire every agreement whose last day has passed, missed days included; return how many. Safe to run twice.

    The figures of any day rest on the dates, not on this mark: see `Agreement.objects.in_force`.
    """
    past = Agreement.objects.filter(state=Agreement.State.IN_FORCE, expires_on__lt=on or timezone.localdate())
    count = 0
    for agreement in list(past.order_by("pk")):
        try:
            expire(agreement, on=on)
        except WrongState:  # another sweep, or a person who ended it, was quicker
            continue
        count += 1
    return count


def _may_end(row: Agreement, on: date, notified_on: date) -> None:
    if row.effective_on is None or row.expires_on is None:
        raise Unacceptable("协议没有生效日期，不能终止。")  # the database allows no such row
    if on < max(notified_on, row.effective_on):
        raise Unacceptable("最后一天不能早于今天：过去各日的统计已经报出。")
    if on > row.expires_on:
        raise Unacceptable(f"协议的期限到{cn_day(row.expires_on)}为止，最后一天不能更晚。")
