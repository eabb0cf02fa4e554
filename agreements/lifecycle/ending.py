"""The end of an agreement: by its own term, or before it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.approved import lapse
from agreements.lifecycle.freezing import give_up_text
from agreements.lifecycle.rescinding import NOT_ASKED, write
from agreements.lifecycle.rounds import close_round, was_sent
from agreements.lifecycle.transitions import END_TOO, EXPIRE, GIVE_UP, LIFE, TERMINATE
from agreements.models import Agreement, AgreementKind
from agreements.sockets import ON_END
from chinese.dates import cn_day
from jobs import rounds
from verbs.errors import Unacceptable, WrongState

State = Agreement.State


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
        announcements.terminated(row, by=by)
        follow_the_end(row, by=by)
    return row


def follow_the_end(main: Agreement, *, by: User | None) -> None:
    """Settle what hangs on an agreement that has just ended: its supplements, and what the apps above make of its end.

    `by` is None for the clock. What is in force ends with it on the same day, but for the end of its own term, which
    both share; what is not in force yet is given up. Called inside the verb's transaction, which holds the agreement.
    """
    supplements = main.successors.filter(kind=AgreementKind.SUPPLEMENT)
    if main.ended_on is not None:
        for running in supplements.filter(state=State.IN_FORCE).order_by("pk"):
            _end_with_main(running, main, on=main.ended_on, by=by)
    for unfinished in supplements.filter(state__in=GIVE_UP.sources).order_by("pk"):
        _give_up(unfinished, main, by=by)
    for follow in ON_END:
        follow(main, by=by)


def _end_with_main(supplement: Agreement, main: Agreement, *, on: date, by: User | None) -> None:
    row = LIFE.begin(supplement, END_TOO, by=by)
    # One that takes effect only later ends on its first day: it was never of use.
    last_day = max(filter(None, (on, row.effective_on)))
    reason = main.end_reason or _how_it_ended(main)
    event = events.Terminated(revision=row.revision, on=last_day, with_main=main.number, reason=reason)
    row = LIFE.finish(row, END_TOO, event, by=by, writes={"ended_on": last_day, "end_reason": reason})
    for follow in ON_END:
        follow(row, by=by)


def _give_up(supplement: Agreement, main: Agreement, *, by: User | None) -> None:
    row = LIFE.begin(supplement, GIVE_UP, by=by)
    reason, text, was_draft = _how_it_ended(main), row.frozen, row.state == State.DRAFT
    if row.rescission_side:  # what was asked is answered by the end, and goes before the days of signing do
        write(row, NOT_ASKED)
    if text is not None:
        give_up_text(row, text, by=by, reason=reason)
    lapse(row, by=by, why="补充协议随原协议作废。")
    if not was_draft:  # a draft that came back keeps how it did
        close_round(row, by=by, reason=reason, is_withdrawn=True)
    digest = text.digest if text else None
    event = events.GivenUp(revision=row.revision, reason=reason, with_main=main.number, digest=digest)
    row = LIFE.finish(row, GIVE_UP, event, by=by, writes={"frozen": None, "end_reason": reason})
    announcements.given_up(row, by=by, was_sent=was_sent(row), voided=text)


def _how_it_ended(main: Agreement) -> str:
    how = {State.TERMINATED: "已终止", State.SUPERSEDED: "已由新协议接替"}.get(State(main.state), "已到期")
    last_day = main.ended_on or main.expires_on
    return f"原协议 {main} {how}，最后一天是{cn_day(last_day)}。"


def expire(agreement: Agreement, *, on: date | None = None) -> Agreement:
    """Mark an agreement expired. Raises Unacceptable while its last day has not passed by `on` (default: today)."""
    with transaction.atomic():
        row = LIFE.begin(agreement, EXPIRE, by=None)
        if row.expires_on is None or row.expires_on >= (on or timezone.localdate()):
            raise Unacceptable(f"协议的最后一天（{cn_day(row.expires_on)}）还没有过去。")
        row = LIFE.finish(row, EXPIRE, events.Expired(revision=row.revision, expires_on=row.expires_on), by=None)
        follow_the_end(row, by=None)
    return row


def expire_due(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Expire every agreement whose last day has passed, missed days included; return how many. Safe to run twice.

    What a slice has no time for the next one finds: what is expired is not found again.
    The figures of any day rest on the dates, not on this mark: see `Agreement.objects.in_force`.
    """
    past = Agreement.objects.filter(state=Agreement.State.IN_FORCE, expires_on__lt=on or timezone.localdate())
    count = 0
    keys = list(past.order_by("expires_on", "pk").values_list("pk", flat=True))
    for key in (within or rounds.Whole()).of(keys):
        try:
            expire(Agreement(pk=key), on=on)
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
