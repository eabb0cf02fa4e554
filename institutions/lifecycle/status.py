"""Suspending, closing and reopening, as data and verbs. Whoever is not open cannot sign: `Institution.problems`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from institutions import announcements, events
from institutions.models import Institution
from institutions.permissions import keeps_register
from verbs.errors import Unacceptable
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

Status = Institution.Status
Step = Transition[Status, User, Institution]

SUSPEND = Step("suspend", "暂停", frozenset({Status.OPEN}), Status.SUSPENDED, events.Suspended, keeps_register)
CLOSE = Step("close", "关闭", frozenset({Status.OPEN, Status.SUSPENDED}), Status.CLOSED, events.Closed, keeps_register)
REOPEN = Step(
    "reopen", "恢复", frozenset({Status.SUSPENDED, Status.CLOSED}), Status.OPEN, events.Reopened, keeps_register
)
STEPS = {step.verb: step for step in (SUSPEND, CLOSE, REOPEN)}
DAY = {Status.SUSPENDED: "suspended_on", Status.CLOSED: "closed_on"}  # which field keeps since when
RULES = """\
- **Suspend, close, reopen.** From a day that is today or earlier, and not before the institution opened, was filed or
  the status before began. Whoever is not open signs nothing; agreements in force are not ended by it: their parties do
  that.
- **Everything else** about an institution (its name, its facts, the periods of its licence or filing) is changed in
  any of these states, each by its own verb under the same lock.
"""


def _refusal(row: Institution, step: Step) -> str:
    return f"{row.name}现在是“{row.get_status_display()}”，不能{step.label}。请刷新查看。"


LIFE: Lifecycle[Status, User, Institution] = Lifecycle(
    "institution",
    "这家机构",
    Status,
    tuple(STEPS.values()),
    Institution.objects.with_profiles,
    in_words=lambda row: row.get_status_display(),
    field="status",
    rules=RULES,
    wrong=_refusal,
)


def suspend(institution: Institution, *, by: User, on: date, reason: str) -> Institution:
    """Suspend service from a day.

    Raises WrongState unless it is open, NotAllowed to all but those who keep the register there, and Unacceptable for
    an impossible day.
    """
    return _do(SUSPEND, institution, events.Suspended(on=on, reason=reason), by=by)


def close(institution: Institution, *, by: User, on: date, reason: str) -> Institution:
    """Close for good; `on` is the first day on which it is closed. Raises as `suspend` does.

    Agreements in force are not ended by it: their parties do that. They are marked.
    """
    return _do(CLOSE, institution, events.Closed(on=on, reason=reason), by=by)


def reopen(institution: Institution, *, by: User, on: date, reason: str) -> Institution:
    """Take up service again after a suspension, or undo a closing. Raises as `suspend` does."""
    return _do(REOPEN, institution, events.Reopened(on=on, reason=reason), by=by)


def _do(step: Step, institution: Institution, event: events.OnADay, *, by: User) -> Institution:
    with transaction.atomic():
        row = LIFE.begin(institution, step, by=by)
        _may_be_on(row, event.on)
        day = DAY.get(step.target)
        writes: dict[str, Any] = {**dict.fromkeys(DAY.values()), "status_reason": event.reason if day else ""}
        if day:
            writes[day] = event.on
        row = LIFE.finish(row, step, event, by=by, writes=writes)
        announcements.status_changed(row, step.verb, event.on, event.reason, by=by)
    return row


def _may_be_on(row: Institution, on: date) -> None:
    if on > timezone.localdate():
        raise Unacceptable("日期不能晚于今天；到了那一天再登记。", "on")
    for began, what in ((row.opened_on, "开业"), (getattr(row.profile, "filed_on", None), "备案")):
        if began is not None and on < began:
            raise Unacceptable(f"日期不能早于{what}日期（{cn_day(began)}）。", "on")
    since = row.suspended_on or row.closed_on
    if since is not None and on < since:
        raise Unacceptable(f"日期不能早于{row.get_status_display()}的日期（{since}）。", "on")
