"""Suspending, closing and reopening, as data and verbs. Whoever is not open cannot sign: `Institution.standing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from audit.models import Event
from institutions import announcements
from institutions.errors import Unacceptable
from institutions.lifecycle.locking import locked
from institutions.models import Institution
from verbs.errors import WrongState

Status = Institution.Status


@dataclass(frozen=True)
class Act:
    """One verb: from which states to which one, the event, and the field that keeps the day."""

    verb: str
    label: str
    sources: frozenset[Status]
    target: Status
    event: Event
    day_field: str = ""


SUSPEND = Act(
    "suspend", "暂停", frozenset({Status.OPEN}), Status.SUSPENDED, Event.INSTITUTION_SUSPENDED, "suspended_on"
)
CLOSE = Act(
    "close",
    "关闭",
    frozenset({Status.OPEN, Status.SUSPENDED}),
    Status.CLOSED,
    Event.INSTITUTION_CLOSED,
    "closed_on",
)
REOPEN = Act("reopen", "恢复", frozenset({Status.SUSPENDED, Status.CLOSED}), Status.OPEN, Event.INSTITUTION_REOPENED)
ACTS = {act.verb: act for act in (SUSPEND, CLOSE, REOPEN)}


def suspend(institution: Institution, *, by: User, on: date, reason: str) -> Institution:
    """Suspend service from a day. Raises WrongState unless it is open, Unacceptable for an impossible day."""
    return _do(SUSPEND, institution, by, on, reason)


def close(institution: Institution, *, by: User, on: date, reason: str) -> Institution:
    """Close for good; `on` is the first day on which it is closed. Raises as `suspend` does.

    Agreements in force are not ended by it: their parties do that. They are marked.
    """
    return _do(CLOSE, institution, by, on, reason)


def reopen(institution: Institution, *, by: User, on: date, reason: str) -> Institution:
    """Take up service again after a suspension, or undo a closing. Raises as `suspend` does."""
    return _do(REOPEN, institution, by, on, reason)


def _do(act: Act, institution: Institution, by: User, on: date, reason: str) -> Institution:
    with transaction.atomic():
        row = locked(institution)
        if row.status not in act.sources:
            raise WrongState(f"{row.name}现在是“{row.get_status_display()}”，不能{act.label}。请刷新查看。")
        _may_be_on(row, on)
        writes: dict[str, Any] = {"status": act.target, "suspended_on": None, "closed_on": None}
        writes["status_reason"] = reason if act.day_field else ""
        if act.day_field:
            writes[act.day_field] = on
        for name, value in writes.items():
            setattr(row, name, value)
        row.save(update_fields=list(writes))
        announcements.status_changed(row, act.verb, on, reason, by=by)
        append(act.event, by=by, subject=row, on=on.isoformat(), reason=reason)
    return row


def _may_be_on(row: Institution, on: date) -> None:
    if on > timezone.localdate():
        raise Unacceptable("日期不能晚于今天；到了那一天再登记。", "on")
    if row.opened_on is not None and on < row.opened_on:
        raise Unacceptable(f"日期不能早于开业日期（{row.opened_on}）。", "on")
    since = row.suspended_on or row.closed_on
    if since is not None and on < since:
        raise Unacceptable(f"日期不能早于{row.get_status_display()}的日期（{since}）。", "on")
