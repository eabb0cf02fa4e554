"""What both have signed and cannot or shall not enter force: dissolved by both, one asking and the other answering.

A contract that both have signed binds (民法典 490); before its term runs it ends as it was made, by both (562, first
paragraph). One of them alone can do neither.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.errors import StaleDraft
from agreements.lifecycle.transitions import LIFE, RESCIND
from agreements.models import Agreement
from agreements.permissions import can_sign_for
from audit.log import append
from institutions.models import Role
from verbs.errors import NotAllowed, Unacceptable, WrongState

ANOTHER = "合意解除的请求在您打开这一页以后改过。下面是现在的，请看过以后再答复。"
NOT_ASKED: dict[str, Any] = {"rescission_side": "", "rescission_asked_by": None, "rescission_reason": ""}


def ask_to_rescind(agreement: Agreement, *, by: User, reason: str) -> Agreement:
    """Ask the other side to dissolve what both have signed and nobody has certified.

    Asked again by the same side, the reason is replaced. Raises Unacceptable without a reason, while one side has not
    signed (that is withdrawn), and when the other side has asked already.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, RESCIND, by=by)
        if not row.both_signed:
            raise Unacceptable("还有一方没有登记签章日期，协议还没有成立，请直接撤回。")
        if not reason.strip():
            raise Unacceptable("请写明解除的原因，对方要看了才能答复。")
        side = _side_of(row, by)
        if row.rescission_side and row.rescission_side != side:
            raise Unacceptable("对方已经提出合意解除，请直接答复。")
        asked = {"rescission_side": side, "rescission_asked_by": by, "rescission_reason": reason}
        write(row, asked)
        append(events.RescissionAsked(revision=row.revision, role=side, reason=reason), by=by, subject=row)
        announcements.rescission_asked(row, by=by)
    return row


def agree_to_rescind(agreement: Agreement, *, by: User, seen: str | None = None) -> Agreement:
    """The other side agrees: the agreement never enters force.

    `seen` is what the page showed of the request (`request_shown`), None where nobody looks. Raises NotAllowed to the
    side that asked, and StaleDraft for another request than was seen: its reason is what is agreed to.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, RESCIND, by=by)
        _refuse_unasked(row)
        if not may_answer_rescission(by, row):
            raise NotAllowed("合意解除要由另一方的经办人同意，提出的人和提出的一方不能自己同意。")
        _refuse_unseen(row, seen)
        event = events.Rescinded(revision=row.revision, reason=row.rescission_reason)
        row = LIFE.finish(row, RESCIND, event, by=by, writes={"end_reason": row.rescission_reason})
        announcements.rescinded(row, by=by)
    return row


def may_answer_rescission(user: User, agreement: Agreement) -> bool:
    """Whether somebody is a clerk of the side that was asked, and another person than the one who asked."""
    asked = agreement.rescission_side
    is_another = agreement.rescission_asked_by_id != user.pk
    return bool(asked) and is_another and can_sign_for(user, agreement, Role(asked).other)


def drop_rescission(agreement: Agreement, *, by: User, seen: str | None = None) -> Agreement:
    """Either side lets it be: who asked takes it back, who was asked declines. The agreement goes on.

    `seen` as in `agree_to_rescind`: who takes their own back does not decline the other side's by it.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, RESCIND, by=by)
        _refuse_unasked(row)
        _refuse_unseen(row, seen)
        reason, side = row.rescission_reason, row.rescission_side
        write(row, NOT_ASKED)
        append(events.RescissionDropped(revision=row.revision, reason=reason), by=by, subject=row)
        announcements.rescission_dropped(row, by=by, asked_by=Role(side))
    return row


def request_shown(agreement: Agreement) -> str:
    """Return what a page carries of the request that it shows: who asks and why, as a digest; "" where nobody does."""
    if not agreement.rescission_side:
        return ""
    asked = (agreement.rescission_side, str(agreement.rescission_asked_by_id), agreement.rescission_reason)
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def _refuse_unseen(row: Agreement, seen: str | None) -> None:
    if seen is not None and seen != request_shown(row):
        raise StaleDraft(ANOTHER)


def _refuse_unasked(row: Agreement) -> None:
    if not row.rescission_side:
        raise WrongState("现在没有等待答复的合意解除，可能刚刚已经撤回。请刷新查看。")


def _side_of(row: Agreement, by: User) -> Role:
    return next(role for role in Role if can_sign_for(by, row, role))


def write(row: Agreement, values: dict[str, Any]) -> None:
    """Write who asks, or that nobody does any more, to a locked agreement."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "updated_at"])
