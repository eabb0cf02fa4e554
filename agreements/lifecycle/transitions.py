"""What may become of an agreement, as data, and the two beats that every verb shares."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from agreements.models import Agreement
from audit.log import append
from audit.models import Event
from verbs.errors import WrongState
from verbs.transitions import Transition

State = Agreement.State

SEND = Transition("send", "送对方确认", frozenset({State.DRAFT}), State.NEGOTIATING, Event.AGREEMENT_SENT)
RETURN = Transition("return", "退回修改", frozenset({State.NEGOTIATING}), State.DRAFT, Event.AGREEMENT_RETURNED)
AGREE = Transition("agree", "确认并定稿", frozenset({State.NEGOTIATING}), State.AGREED, Event.AGREEMENT_AGREED)
WITHDRAW = Transition(
    "withdraw",
    "撤回",
    frozenset({State.NEGOTIATING, State.AGREED, State.SIGNING}),
    State.WITHDRAWN,
    Event.AGREEMENT_WITHDRAWN,
)
DISCARD = Transition("discard", "作废草稿", frozenset({State.DRAFT}), State.DISCARDED, Event.AGREEMENT_DISCARDED)
SIGN = Transition(
    "sign", "登记签章日期", frozenset({State.AGREED, State.SIGNING}), State.SIGNING, Event.AGREEMENT_SIGNED
)
CERTIFY = Transition("certify", "核验并生效", frozenset({State.SIGNING}), State.IN_FORCE, Event.AGREEMENT_IN_FORCE)
TERMINATE = Transition("terminate", "终止", frozenset({State.IN_FORCE}), State.TERMINATED, Event.AGREEMENT_TERMINATED)
EXPIRE = Transition(
    "expire", "到期", frozenset({State.IN_FORCE}), State.EXPIRED, Event.AGREEMENT_EXPIRED, by_clock=True
)
SUPERSEDE = Transition(
    "supersede", "由续签接替", frozenset({State.IN_FORCE}), State.SUPERSEDED, Event.AGREEMENT_SUPERSEDED, by_clock=True
)
TRANSITIONS = (SEND, RETURN, AGREE, WITHDRAW, DISCARD, SIGN, CERTIFY, TERMINATE, EXPIRE, SUPERSEDE)


def locked(agreement: Agreement, transition: Transition[State]) -> Agreement:
    """Lock the row for this transaction and return it fresh. Raises WrongState where the table has no such step."""
    row = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if row.state not in transition.sources:
        now = Agreement.State(row.state).label
        raise WrongState(f"这份协议现在是“{now}”，不能{transition.label}。可能刚刚有人处理过，请刷新查看。")
    return row


def moved(
    row: Agreement,
    transition: Transition[State],
    *,
    by: User | None,
    writes: dict[str, Any] | None = None,
    **facts: Any,
) -> Agreement:
    """Write the new state with `writes` and log it with `facts`; `by` is None for the clock."""
    row.state = transition.target
    for field, value in (writes or {}).items():
        setattr(row, field, value)
    row.save(update_fields=["state", "updated_at", *(writes or {})])
    append(transition.event, by=by, subject=row, revision=row.revision, **facts)
    return row
