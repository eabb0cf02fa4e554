"""One side asks the other to go on (催办): at most once a working day, logged, with a message to its clerks."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.paper import SIGNED_ON
from agreements.lifecycle.ways import waits_for_the_other
from agreements.models import Agreement
from agreements.models.states import BEING_SIGNED
from agreements.permissions import can_sign_for
from audit.log import append, facts, history
from chinese.dates import cn_day
from institutions.models import Role
from regions.calendar import CalendarGapError, add_working_days
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Agreement.State


def waited_for(agreement: Agreement) -> Role | None:
    """Return the one side whose turn it is, None while it is nobody's, or both sides'."""
    if agreement.state == State.NEGOTIATING:
        return agreement.answering_role
    if agreement.state == State.DRAFT and agreement.return_reason:
        return agreement.drafting_role
    if agreement.rescission_side and agreement.state == State.SIGNING:
        return Role(agreement.rescission_side).other
    if agreement.state in BEING_SIGNED:
        unsigned = [role for role, field in SIGNED_ON.items() if getattr(agreement, field) is None]
        later = waits_for_the_other(agreement)
        now = [role for role in unsigned if role is not later]
        return now[0] if len(now) == 1 else None
    return None


def may_remind(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of the side that waits, and of that side alone."""
    other = waited_for(agreement)
    waits = other is not None and can_sign_for(user, agreement, other.other)
    return waits and other is not None and not can_sign_for(user, agreement, other)


def reaches_anybody(agreement: Agreement) -> bool:
    """Whether the side whose turn it is has a clerk who gets the message: a letter on paper reaches the others."""
    side = waited_for(agreement)
    return side is not None and bool(announcements.clerks_of(agreement, side))


def remind(agreement: Agreement, *, by: User) -> Agreement:
    """Ask the side whose turn it is to go on.

    Raises WrongState while it is nobody's turn, NotAllowed to all but the clerks of the side that waits, and
    Unacceptable where nobody would get the message, and before the next working day after the last time.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=agreement.pk)
        row = Agreement.objects.with_parties().get(pk=agreement.pk)
        side = waited_for(row)
        if side is None:
            raise WrongState(f"这份协议现在是“{row.state_words}”，没有在等对方办理，不用催办。")
        if not may_remind(by, row):
            raise NotAllowed(f"正在等{side.label}办理，只有{side.other.label}的经办人可以催办。")
        if not reaches_anybody(row):
            raise Unacceptable(f"{row.party_name(side)}还没有能登录的经办人，收不到催办。请打印给对方的函。")
        again = next_on(row, side)
        if again is not None and timezone.localdate() < again:
            raise Unacceptable(
                f"已经提醒过{row.party_name(side)}，下一次请在{cn_day(again)}以后。每个工作日至多提醒一次。"
            )
        append(events.Reminded(role=side, on=timezone.localdate()), by=by, subject=row)
        announcements.reminded(row, by=by, side=side)
    return row


def next_on(agreement: Agreement, side: Role) -> date | None:
    """Return from which day on that side may be reminded again: the next working day; None where it never was."""
    for entry in history(agreement).filter(event=events.Reminded.code):
        told = facts(entry)
        if told["role"] == side.value:
            day = date.fromisoformat(told["on"])
            try:
                return add_working_days(day, 1).date
            except CalendarGapError:
                return day + timedelta(days=1)
    return None
