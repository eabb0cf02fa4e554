"""The verbs that change a filing's state. Web, batches, demo data and tests all call these.

Every verb has the same beats: lock the row, guard, write only what changes, log, announce. Filing is a
notice, not an approval (民法典 502): nothing here touches the agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from audit.models import Event
from filing import announcements, receipts
from filing.deadlines import correction_due, review_due
from filing.models import Filing
from filing.numbering import issue
from institutions.models import reviews_for
from verbs.errors import WrongState
from verbs.transitions import Transition

State = Filing.State


@dataclass(frozen=True)
class FilingTransition(Transition[State]):
    opens_new_row: bool = False  # the row itself stays as it is; a new one in `target` refers to it


SUBMIT = FilingTransition("submit", "报送", frozenset({State.DUE}), State.SUBMITTED, Event.FILING_SUBMITTED)
WITHDRAW = FilingTransition("withdraw", "撤回报送", frozenset({State.SUBMITTED}), State.DUE, Event.FILING_WITHDRAWN)
TAKE_UP = FilingTransition("take_up", "接收", frozenset({State.SUBMITTED}), State.UNDER_REVIEW, Event.FILING_TAKEN_UP)
HAND_OVER = FilingTransition(
    "hand_over", "转交", frozenset({State.UNDER_REVIEW}), State.UNDER_REVIEW, Event.FILING_HANDED_OVER
)
ACCEPT = FilingTransition("accept", "受理备案", frozenset({State.UNDER_REVIEW}), State.ACCEPTED, Event.FILING_ACCEPTED)
RETURN = FilingTransition("return", "退回补正", frozenset({State.UNDER_REVIEW}), State.RETURNED, Event.FILING_RETURNED)
RESUBMIT = FilingTransition(
    "resubmit",
    "重新报送",
    frozenset({State.RETURNED}),
    State.SUBMITTED,
    Event.FILING_RESUBMITTED,
    opens_new_row=True,
)
TRANSITIONS = (SUBMIT, WITHDRAW, TAKE_UP, HAND_OVER, ACCEPT, RETURN, RESUBMIT)


def submit(filing: Filing, *, by: User, remark: str = "") -> Filing:
    """A clerk of either party hands the authority's copy in."""
    with transaction.atomic():
        row = _locked(filing, SUBMIT)
        row = _move(row, SUBMIT, by=by, writes={**_handed_in(row, by), "remark": remark})
        announcements.submitted(row, by=by)
    return row


def withdraw(filing: Filing, *, by: User) -> Filing:
    """Take back what nobody at the authority has taken up yet. The deadline stays."""
    with transaction.atomic():
        row = _locked(filing, WITHDRAW)
        writes = {"submitted_at": None, "submitted_by": None, "review_due_on": None}
        return _move(row, WITHDRAW, by=by, writes=writes)


def take_up(filing: Filing, *, by: User) -> Filing:
    """A reviewer begins; of two at once one wins and the other is told who it was."""
    with transaction.atomic():
        row = _locked(filing, TAKE_UP)
        return _move(row, TAKE_UP, by=by, writes={"taken_up_at": timezone.now(), "taken_up_by": by})


def hand_over(filing: Filing, *, by: User, to: User) -> Filing:
    """Give a filing under review to a reviewer of the same authority; also for taking over from one who is away."""
    with transaction.atomic():
        row = _locked(filing, HAND_OVER)
        if not (to.is_active and reviews_for(to, row.authority)):
            raise WrongState(f"{to}不是{row.authority}的审核员，不能转交。")
        if row.taken_up_by == to:
            raise WrongState(f"这份备案已由{to}审核，不必转交。")
        writes = {"taken_up_by": to, "taken_up_at": timezone.now()}
        return _move(row, HAND_OVER, by=by, writes=writes, to=to.full_name)


def accept(filing: Filing, *, by: User) -> Filing:
    """Accept the copy under the authority's next number, and order the receipt."""
    with transaction.atomic():
        row = _locked(filing, ACCEPT)
        _guard_reviewer(row, ACCEPT, by)
        row.state, row.decided_at, row.decided_by = ACCEPT.target, timezone.now(), by

        def save(number: str) -> None:
            row.number = number
            row.save(update_fields=["state", "decided_at", "decided_by", "number"])

        number = issue(row, save)
        _log(row, ACCEPT, by, number=number)
        # Robust: when the broker is away the acceptance stands all the same, and the sweep rings again.
        transaction.on_commit(lambda: receipts.ring(row.pk), robust=True)
        announcements.accepted(row, by=by)
    return row


def return_(filing: Filing, *, by: User, reasons: str) -> Filing:
    """Return the copy for correction, with reasons, and start the correction clock. Raises ValueError without any."""
    if not reasons.strip():
        raise ValueError("a return needs its reasons")
    with transaction.atomic():
        row = _locked(filing, RETURN)
        _guard_reviewer(row, RETURN, by)
        writes = {
            "reasons": reasons.strip(),
            "decided_at": timezone.now(),
            "decided_by": by,
            "correction_due_on": correction_due(row, timezone.localdate()).on,
        }
        row = _move(row, RETURN, by=by, writes=writes, reason=reasons.strip())
        announcements.returned(row, by=by)
    return row


def resubmit(filing: Filing, *, by: User, remark: str) -> Filing:
    """Hand in again what was returned: a new row that refers to the old, which stays as it is. Return the new one."""
    with transaction.atomic():
        row = _locked(filing, RESUBMIT)
        assert row.decided_at is not None  # noqa: S101  -- narrows the type; the database holds it for returned rows
        due = correction_due(row, timezone.localtime(row.decided_at).date())
        new = Filing(
            agreement=row.agreement,
            authority=row.authority,
            previous=row,
            round=row.round + 1,
            state=RESUBMIT.target,
            due_on=due.on,
            due_basis=due.basis,
            is_platform_default=due.is_platform_default,
            remark=remark,
            **_handed_in(row, by),
        )
        new.save(force_insert=True)
        _log(new, RESUBMIT, by, round=new.round)
        announcements.submitted(new, by=by)
    return new


def _handed_in(filing: Filing, by: User) -> dict[str, Any]:
    today = timezone.localdate()
    return {"submitted_at": timezone.now(), "submitted_by": by, "review_due_on": review_due(filing, today).on}


def check_state(filing: Filing, transition: FilingTransition) -> None:
    """Raise WrongState when the act does not fit the filing's present state."""
    if filing.state not in transition.sources:
        raise WrongState(f"这份备案现在是“{_now(filing)}”，不能{transition.label}。可能刚刚有人处理过，请刷新查看。")
    if transition is RESUBMIT and Filing.objects.filter(previous=filing).exists():
        raise WrongState("这份备案已经补正重报，不必再报。请刷新查看。")


def _locked(filing: Filing, transition: FilingTransition) -> Filing:
    # Locked first, read after: a row that waited for the lock comes with the persons joined to its old version.
    Filing.objects.select_for_update().get(pk=filing.pk)
    row = Filing.objects.with_parties().get(pk=filing.pk)
    check_state(row, transition)
    return row


def _now(row: Filing) -> str:
    """The state in words, with who has it: what the one who came second wants to know."""
    who = {State.UNDER_REVIEW: row.taken_up_by, State.ACCEPTED: row.decided_by, State.RETURNED: row.decided_by}
    person = who.get(State(row.state))
    return f"{row.get_state_display()}（{person}）" if person else row.get_state_display()


def _guard_reviewer(row: Filing, transition: FilingTransition, by: User) -> None:
    if row.taken_up_by != by:
        raise WrongState(f"这份备案由{row.taken_up_by}审核，不能{transition.label}。需要由您办理的，请先转交给自己。")


def _move(row: Filing, transition: FilingTransition, *, by: User, writes: dict[str, Any], **facts: Any) -> Filing:
    row.state = transition.target
    for field, value in writes.items():
        setattr(row, field, value)
    row.save(update_fields=["state", *writes])
    _log(row, transition, by, **facts)
    return row


def _log(row: Filing, transition: FilingTransition, by: User, **facts: Any) -> None:
    """Log under the agreement, whose history shows where each copy stands."""
    append(transition.event, by=by, subject=row.agreement, filing=row.pk, authority=row.authority.name, **facts)
