"""What may become of an eligibility case, as data, and the beats that every verb shares."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from audit.log import append
from audit.models import Event
from eligibility.models import EligibilityCase
from verbs.errors import WrongState
from verbs.transitions import Transition

State = EligibilityCase.State

ANSWER = Transition("answer", "填写", frozenset({State.DRAFT}), State.DRAFT, Event.ELIGIBILITY_ANSWERED)
SUBMIT = Transition("submit", "提交", frozenset({State.DRAFT}), State.SUBMITTED, Event.ELIGIBILITY_SUBMITTED)
REVIEW = Transition("review", "核对", frozenset({State.SUBMITTED}), State.SUBMITTED, Event.ELIGIBILITY_REVIEWED)
CONFIRM = Transition("confirm", "确认", frozenset({State.SUBMITTED}), State.CONFIRMED, Event.ELIGIBILITY_CONFIRMED)
RETURN = Transition("return", "退回", frozenset({State.SUBMITTED}), State.RETURNED, Event.ELIGIBILITY_REFUSED)
WITHDRAW = Transition("withdraw", "撤销", frozenset({State.CONFIRMED}), State.WITHDRAWN, Event.ELIGIBILITY_WITHDRAWN)
EXPIRE = Transition(
    "expire", "到期", frozenset({State.CONFIRMED}), State.EXPIRED, Event.ELIGIBILITY_EXPIRED, by_clock=True
)
TRANSITIONS = (ANSWER, SUBMIT, REVIEW, CONFIRM, RETURN, WITHDRAW, EXPIRE)


class StaleCase(Exception):
    """The case was saved elsewhere since this page was opened; nothing was overwritten."""


def locked(case: EligibilityCase, transition: Transition[State], *, revision: int | None = None) -> EligibilityCase:
    """Lock the row for this transaction and return it fresh.

    Raises WrongState where the table has no such step, StaleCase when `revision` is not the newest.
    """
    EligibilityCase.objects.select_for_update().get(pk=case.pk)
    row = EligibilityCase.objects.with_places().get(pk=case.pk)
    check_state(row, transition)
    if revision is not None and row.revision != revision:
        raise StaleCase
    return row


def check_state(case: EligibilityCase, transition: Transition[State]) -> None:
    """Raise WrongState when the act does not fit the case's present state."""
    if case.state not in transition.sources:
        by = f"（{case.decided_by}）" if case.decided_by else ""
        raise WrongState(
            f"这份资格填报现在是“{case.get_state_display()}{by}”，不能{transition.label}。可能刚刚有人处理过，请刷新查看。"
        )


def moved(
    row: EligibilityCase,
    transition: Transition[State],
    *,
    by: User | None,
    writes: dict[str, Any] | None = None,
    **facts: Any,
) -> EligibilityCase:
    """Write the new state with `writes`, count the revision on, and log it about the institution with `facts`."""
    row.state = transition.target
    row.revision += 1
    for field, value in (writes or {}).items():
        setattr(row, field, value)
    row.save(update_fields=["state", "revision", *(writes or {})])
    append(transition.event, by=by, subject=row.institution, case=row.pk, round=row.round, **facts)
    return row
