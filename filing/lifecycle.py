"""The verbs that change a filing's state. Web, batches, demo data and tests all call these.

The beats are those of verbs/lifecycle.py. Filing is a notice, not an approval (民法典 502): nothing here touches the
agreement.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.models.states import OVER
from audit.log import append
from filing import announcements, events, receipts, supplementary
from filing.deadlines import correction_due, review_due
from filing.models import Filing
from filing.numbering import next_number
from filing.own import refuse_their_own, their_own
from filing.permissions import can_review, can_submit
from filing.rescans import not_certified_yet
from filing.rules import RULES
from filing.states import OPEN, OWED
from institutions.models import Authority, reviews_for
from verbs.errors import NotAllowed, Unacceptable, WrongState
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = Filing.State
WHY = "请写明免予报送的原因，协议双方会看到。"


def still_in_force(filing: Filing) -> str:
    """Say why the copy cannot be waived now: its agreement is in force. "" once that has ended."""
    if filing.agreement.state in OVER:
        return ""
    return "协议还在履行，报送是双方的义务；协议结束以后，主管部门才能免予报送。"


class _Which(TypedDict):
    filing: int
    authority: str


Step = Transition[State, User, Filing]

SUBMIT = Step("submit", "报送", frozenset({State.DUE}), State.SUBMITTED, events.Submitted, can_submit)
WITHDRAW = Step("withdraw", "撤回报送", frozenset({State.SUBMITTED}), State.DUE, events.Withdrawn, can_submit)
TAKE_UP = Step("take_up", "接收", frozenset({State.SUBMITTED}), State.UNDER_REVIEW, events.TakenUp, can_review)
HAND_OVER = Step(
    "hand_over", "转交", frozenset({State.UNDER_REVIEW}), State.UNDER_REVIEW, events.HandedOver, can_review
)
ACCEPT = Step("accept", "受理备案", frozenset({State.UNDER_REVIEW}), State.ACCEPTED, events.Accepted, can_review)
RETURN = Step("return", "退回补正", frozenset({State.UNDER_REVIEW}), State.RETURNED, events.Returned, can_review)
RESUBMIT = Step(
    "resubmit",
    "重新报送",
    frozenset({State.RETURNED}),
    State.SUBMITTED,
    events.Resubmitted,
    can_submit,
    opens_new_row=True,
    not_while=not_certified_yet,
)
WAIVE = Step(
    "waive", "免予报送", frozenset({State.DUE}), State.CLOSED, events.Closed, can_review, not_while=still_in_force
)
CLOSE = Step(
    "close",
    "免予补正",
    frozenset({State.RETURNED}),
    State.CLOSED,
    events.Closed,
    can_review,
    opens_new_row=True,
    not_while=still_in_force,
)
TRANSITIONS = (SUBMIT, WITHDRAW, TAKE_UP, HAND_OVER, ACCEPT, RETURN, RESUBMIT, WAIVE, CLOSE)


def in_words(row: Filing) -> str:
    """Return the state in words, with who has it: what the one who came second wants to know."""
    who = {
        State.UNDER_REVIEW: row.taken_up_by,
        State.ACCEPTED: row.decided_by,
        State.RETURNED: row.decided_by,
        State.CLOSED: row.closed_by,
    }
    person = who.get(State(row.state))
    return f"{row.get_state_display()}（{person}）" if person else row.get_state_display()


LIFE: Lifecycle[State, User, Filing] = Lifecycle(
    "filing",
    "这份备案",
    State,
    TRANSITIONS,
    Filing.objects.with_parties,
    in_words,
    subject=lambda row: row.agreement,
    rules=RULES,
)


def submit(filing: Filing, *, by: User, remark: str = "") -> Filing:
    """A clerk of either party submits the authority's copy."""
    with transaction.atomic():
        _agreement_first(filing)  # new scans are certified before, and go along, or after, and open a hand-in
        row = LIFE.begin(filing, SUBMIT, by=by)
        writes = {**_handed_in(row, by), "remark": remark}
        row = LIFE.finish(row, SUBMIT, events.Submitted(**_which(row)), by=by, writes=writes)
        announcements.submitted(row, by=by)
    return row


def withdraw(filing: Filing, *, by: User) -> Filing:
    """Take back what nobody at the authority has taken up yet. The deadline stays."""
    with transaction.atomic():
        row = LIFE.begin(filing, WITHDRAW, by=by)
        writes = {"submitted_at": None, "submitted_by": None, "review_due_on": None}
        row = LIFE.finish(row, WITHDRAW, events.Withdrawn(**_which(row)), by=by, writes=writes)
        supplementary.settle_replaced(row, by=by)  # what is submitted again takes the newest scan along
        return row


def take_up(filing: Filing, *, by: User) -> Filing:
    """A reviewer begins; of two at once one wins and the other is told who it was."""
    with transaction.atomic():
        row = LIFE.begin(filing, TAKE_UP, by=by)
        refuse_their_own(row, by)
        writes = {"taken_up_at": timezone.now(), "taken_up_by": by}
        return LIFE.finish(row, TAKE_UP, events.TakenUp(**_which(row)), by=by, writes=writes)


def hand_over(filing: Filing, *, by: User, to: User) -> Filing:
    """Give a filing under review to a reviewer of the same authority; also for taking over from one who is away."""
    with transaction.atomic():
        row = LIFE.begin(filing, HAND_OVER, by=by)
        if not (to.is_active and reviews_for(to, row.authority)):
            raise WrongState(f"{to}不是{row.authority}的审核员，不能转交。")
        if told := their_own(row, to):
            raise WrongState(f"不能转交{to}：{told.format(who='这一位')}请选择本部门的另一位审核员。")
        if row.taken_up_by == to:
            raise WrongState(f"这份备案已由{to}审核，不必转交。")
        writes = {"taken_up_by": to, "taken_up_at": timezone.now()}
        event, before = events.HandedOver(**_which(row), to=to.full_name), row.taken_up_by
        row = LIFE.finish(row, HAND_OVER, event, by=by, writes=writes)
        announcements.handed_over(row, by=by, before=before)
        return row


def accept(filing: Filing, *, by: User, at: datetime | None = None, hand_in_seen: int | None = None) -> Filing:
    """Accept the copy under the authority's next number, and order the receipt; a hand-in that waits is noted with it.

    `at` is when it was decided, by default now; only what brings in old records gives an earlier moment.
    `hand_in_seen` is the hand-in that waited when the page was opened, 0 for none, None where nobody looks: raises
    WrongState when another scan has come in since.
    """
    with transaction.atomic():
        row = LIFE.begin(filing, ACCEPT, by=by)
        _guard_reviewer(row, ACCEPT, by)
        refuse_their_own(row, by)
        supplementary.refuse_own(row, by)
        supplementary.refuse_unseen(row, hand_in_seen)
        decided = _decided(row, by, at)
        number = next_number(row.authority)
        writes = {**decided, "number": number}
        row = LIFE.finish(row, ACCEPT, events.Accepted(**_which(row), number=number), by=by, writes=writes)
        supplementary.settle_noted(row, by=by)
        receipts.order(row)
        announcements.accepted(row, by=by)
    return row


def return_(filing: Filing, *, by: User, reasons: str, at: datetime | None = None) -> Filing:
    """Return the copy for correction, with reasons, and start the correction clock. Raises ValueError without any.

    `at` is as in `accept`; the clock counts from it.
    """
    at = at or timezone.now()
    if not reasons.strip():
        raise ValueError("a return needs its reasons")
    with transaction.atomic():
        row = LIFE.begin(filing, RETURN, by=by)
        _guard_reviewer(row, RETURN, by)
        refuse_their_own(row, by)
        writes = {
            "reasons": reasons.strip(),
            **_decided(row, by, at),
            "correction_due_on": correction_due(row, timezone.localdate(at)).on,
        }
        event = events.Returned(**_which(row), reason=reasons.strip())
        row = LIFE.finish(row, RETURN, event, by=by, writes=writes)
        supplementary.settle_replaced(row, by=by)
        announcements.returned(row, by=by)
    return row


def resubmit(filing: Filing, *, by: User, remark: str) -> Filing:
    """Submit again what was returned: a new row that refers to the old, which stays as it is. Return the new one."""
    with transaction.atomic():
        _agreement_first(filing)  # no scan comes in between the look for one that waits and the new row
        row = LIFE.begin(filing, RESUBMIT, by=by)
        _refuse_second_answer(row)
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
        append(events.Resubmitted(**_which(new), round=new.round), by=by, subject=new.agreement)
        announcements.submitted(new, by=by)
    return new


def waive(filing: Filing, *, by: User, reason: str) -> Filing:
    """The authority wants no copy any more of what has ended: closed, with who, when and why.

    Raises WrongState while the agreement is in force, Unacceptable without a reason, and NotAllowed to whoever works
    for either side.
    """
    with transaction.atomic():
        row = LIFE.begin(filing, WAIVE, by=by)
        refuse_their_own(row, by)
        writes = _closed(by, reason)
        row = LIFE.finish(row, WAIVE, events.Closed(**_which(row), reason=reason.strip()), by=by, writes=writes)
        announcements.closed(row, by=by)
    return row


def close(filing: Filing, *, by: User, reason: str) -> Filing:
    """The authority wants nothing corrected any more of what has ended. Return the new row, which is closed.

    The return stays as it is, like one that is answered by another copy. Raises what `waive` does, and NotAllowed to
    whoever submitted what was returned.
    """
    with transaction.atomic():
        _agreement_first(filing)
        row = LIFE.begin(filing, CLOSE, by=by)
        _refuse_second_answer(row)
        refuse_their_own(row, by)
        new = Filing(
            agreement=row.agreement,
            authority=row.authority,
            previous=row,
            round=row.round + 1,
            state=CLOSE.target,
            due_on=row.correction_due_on or row.due_on,
            due_basis=row.due_basis,
            is_platform_default=row.is_platform_default,
            **_closed(by, reason),
        )
        new.save(force_insert=True)
        append(events.Closed(**_which(new), reason=new.closing_reason), by=by, subject=new.agreement)
        announcements.closed(new, by=by)
    return new


def carry_on(agreement: Agreement, *, by: User | None) -> None:
    """Note and tell of what an agreement leaves behind that has just ended. Fills `agreements.sockets.ON_END`.

    What was in force is still to be filed: the end changes nothing in that, and only the authority may waive it.
    """
    left = Filing.objects.filter(agreement=agreement, state__in=(*OPEN, *OWED)).current().with_parties()
    for row in left.order_by("pk"):
        append(events.CarriedOn(**_which(row)), by=by, subject=row.agreement)
        announcements.carried_on(row, by=by)


def _agreement_first(filing: Filing) -> None:
    """Lock the agreement before the filing, in every verb that hands something in or answers a return with a new row:
    such a row refers to the agreement, and of two that lock the two in another order each waits for the other."""
    Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=filing.agreement_id)


def _closed(by: User, reason: str) -> dict[str, Any]:
    if not reason.strip():
        raise Unacceptable(WHY)
    return {"closed_at": timezone.now(), "closed_by": by, "closing_reason": reason.strip()}


def _decided(filing: Filing, by: User, at: datetime | None) -> dict[str, Any]:
    """Say who decides, and in whose name: a receipt that is made later says what the number says.

    Who answers is held until the transaction ends: a bureau that closes, or writes its numbers otherwise, does so
    before or after. Raises NotAllowed to whoever is no reviewer there any more.
    """
    filing.authority, was = Authority.objects.held_now(filing.authority), filing.authority
    answering = filing.authority.now
    if not reviews_for(by, answering):
        raise NotAllowed(f"{was}刚刚撤销，请由{answering}的审核员办理。")
    return {"decided_at": at or timezone.now(), "decided_by": by, "decided_as": answering.name}


def _handed_in(filing: Filing, by: User) -> dict[str, Any]:
    today = timezone.localdate()
    return {"submitted_at": timezone.now(), "submitted_by": by, "review_due_on": review_due(filing, today).on}


def check_state(filing: Filing, transition: Step) -> None:
    """Raise WrongState when the act does not fit the filing's present state."""
    LIFE.check(filing, transition)
    if transition in {RESUBMIT, CLOSE}:
        _refuse_second_answer(filing)


def _refuse_second_answer(filing: Filing) -> None:
    following = Filing.objects.filter(previous=filing).first()
    if following is not None:
        how = "结案" if following.state == State.CLOSED else "补正重报"
        raise WrongState(f"这份备案已经{how}，不必再办。请刷新查看。")


def _guard_reviewer(row: Filing, transition: Step, by: User) -> None:
    if row.taken_up_by != by:
        raise WrongState(f"这份备案由{row.taken_up_by}审核，不能{transition.label}。需要由您办理的，请先转交给自己。")


def _which(row: Filing) -> _Which:
    return {"filing": row.pk, "authority": row.authority.name}
