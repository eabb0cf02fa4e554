"""What may become of an agreement, and through whom, as data. The beats are those of verbs/lifecycle.py."""

from __future__ import annotations

from accounts.models import User
from agreements import events
from agreements.documents.renditions import copies_are_not_ready
from agreements.lifecycle.rules import RULES
from agreements.models import Agreement
from agreements.permissions import can_act, can_answer, can_edit_draft, can_sign_electronically, can_withdraw
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = Agreement.State
Step = Transition[State, User, Agreement]


def not_signed_on(row: Agreement) -> str:
    """Say why the signing of a text does not go on now, with dates, scans or certifying, or ""."""
    if row.rescission_side:
        return "有一方提出合意解除，请先答复：同意解除，或者不同意、继续办理。"
    return copies_are_not_ready(row)


SEND = Step("send", "送对方确认", frozenset({State.DRAFT}), State.NEGOTIATING, events.Sent, can_edit_draft)
RETURN = Step("return", "退回修改", frozenset({State.NEGOTIATING}), State.DRAFT, events.Returned, can_answer)
AGREE = Step("agree", "确认并定稿", frozenset({State.NEGOTIATING}), State.AGREED, events.Agreed, can_answer)
WITHDRAW = Step(
    "withdraw",
    "撤回修改",
    frozenset({State.NEGOTIATING, State.AGREED, State.SIGNING}),
    State.DRAFT,
    events.Withdrawn,
    can_withdraw,
)
DISCARD = Step("discard", "作废草稿", frozenset({State.DRAFT}), State.DISCARDED, events.Discarded, can_edit_draft)
SIGN = Step(
    "sign",
    "登记签章日期",
    frozenset({State.AGREED, State.SIGNING}),
    State.SIGNING,
    events.Signed,
    can_act,
    not_while=not_signed_on,
)
CERTIFY = Step(
    "certify",
    "核验并生效",
    frozenset({State.SIGNING}),
    State.IN_FORCE,
    events.EnteredForce,
    can_act,
    not_while=not_signed_on,
)
SIGN_ELECTRONICALLY = Step(
    "sign_electronically",
    "电子签署",
    frozenset({State.AGREED, State.SIGNING}),
    State.SIGNING,
    events.SignedElectronically,
    can_sign_electronically,
    not_while=not_signed_on,
)
# The last of two electronic signatures brings into force by itself: there is no paper to certify.
COMPLETE = Step("complete", "签署完成", frozenset({State.SIGNING}), State.IN_FORCE, events.CompletedOnScreen, may=None)
DECLINE_TO_SIGN = Step(
    "decline_to_sign",
    "拒绝签署",
    frozenset({State.AGREED, State.SIGNING}),
    State.DRAFT,
    events.SigningDeclined,
    can_sign_electronically,
)
LAPSE = Step("lapse", "签署期满", frozenset({State.AGREED, State.SIGNING}), State.DRAFT, events.SigningLapsed, may=None)
RESCIND = Step("rescind", "合意解除", frozenset({State.SIGNING}), State.RESCINDED, events.Rescinded, can_act)
TERMINATE = Step("terminate", "终止", frozenset({State.IN_FORCE}), State.TERMINATED, events.Terminated, can_act)
EXPIRE = Step("expire", "到期", frozenset({State.IN_FORCE}), State.EXPIRED, events.Expired, may=None)
SUPERSEDE = Step("supersede", "由续签接替", frozenset({State.IN_FORCE}), State.SUPERSEDED, events.Superseded, may=None)
# A supplement ends with its main agreement, whoever ends that and whatever ends it.
END_TOO = Step("terminate", "终止", TERMINATE.sources, TERMINATE.target, TERMINATE.event, may=None)
# One that is not in force yet has nothing left to supplement.
GIVE_UP = Step(
    "give_up",
    "随原协议作废",
    frozenset({State.DRAFT, State.NEGOTIATING, State.AGREED, State.SIGNING}),
    State.DISCARDED,
    events.GivenUp,
    may=None,
)
TRANSITIONS = (
    *(SEND, RETURN, AGREE, WITHDRAW, DISCARD, SIGN, CERTIFY, SIGN_ELECTRONICALLY, COMPLETE, DECLINE_TO_SIGN, LAPSE),
    *(RESCIND, TERMINATE, EXPIRE, SUPERSEDE, GIVE_UP),
)

LIFE: Lifecycle[State, User, Agreement] = Lifecycle(
    "agreement", "这份协议", State, TRANSITIONS, Agreement.objects.all, rules=RULES
)
