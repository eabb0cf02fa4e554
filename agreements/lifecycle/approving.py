"""The verbs between a clerk and the leaders of one institution: ask, approve, decline, take back; and the switch."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle import approved
from agreements.lifecycle.approved import APPROVAL, APPROVE, DECLINE, TAKE_BACK, asks_for, finish, is_approved
from agreements.lifecycle.checking import blocking, findings
from agreements.lifecycle.errors import Incomplete, StaleDraft
from agreements.lifecycle.negotiation import refuse_the_sender
from agreements.models import Agreement, Approval
from agreements.permissions import switches_approval
from audit.log import append, history
from audit.models import Entry
from institutions.models import Institution
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Approval.State
NO_REASON = "请写明不同意的原因，经办人要看了才知道怎样改。"
CHANGED = "协议文本在您打开这一页以后改过，请先通读最新的文本，再{act}。"
NOT_WANTED = "贵单位没有要求负责人审批，可以直接办理。"


def ask_for_approval(agreement: Agreement, *, by: User, words: str = "", text_seen: str | None = None) -> Approval:
    """Ask the leaders of the own side to approve the present text, before it is sent or agreed to.

    `text_seen` is the digest of what the person has read, None where nobody reads: StaleDraft if it reads otherwise.
    Raises NotAllowed to all but the clerks of the side whose turn it is, WrongState where no approval is wanted, this
    text has one or has been asked about, Incomplete while something stands in the way of agreeing, and Unacceptable
    where nobody could answer.
    """
    with transaction.atomic():
        row = _locked(agreement)
        side = asks_for(row, by)
        if approved.side_to_agree(row) is None:
            raise WrongState(f"这份协议现在是“{row.state_words}”，没有等待审批的文本。请刷新查看。")
        if side is None:
            raise NotAllowed("只有正在办理的一方的经办人可以申请本单位负责人审批。")
        # Whoever switches it off at this moment finds the request, or is found by it.
        if not Institution.objects.select_for_update(no_key=True).get(pk=side.pk).needs_approval:
            raise WrongState(NOT_WANTED)
        _refuse_incomplete(row, by)
        digest = row.filled_text().digest
        if text_seen is not None and text_seen != digest:
            raise StaleDraft(CHANGED.format(act="申请审批"))
        _refuse_asked_already(row, side, digest)
        if not (standing := approved.standing_of(row, side, asker=by)).leaders:
            raise Unacceptable(f"现在没有人可以审批。{standing.whom_to_ask}")
        approved.lapse(row, by=by, why="申请以后文本改过，已重新申请审批。")  # of other words
        facts = {"digest": digest, "revision": row.revision, "words": words.strip(), "asked_by": by}
        approval = Approval.objects.create(agreement=row, institution=side, **facts)
        event = events.ApprovalAsked(
            revision=row.revision, role=approval.role, said=approval.words or None, digest=digest
        )
        append(event, by=by, subject=row)
        announcements.approval_asked(approval)
    return approval


def approve(approval: Approval, *, by: User, text_seen: str, words: str = "") -> Approval:
    """Approve the text that was asked about; `text_seen` is the digest of what was read.

    Raises StaleDraft if these are not the same, or the text reads otherwise by now.
    """
    with transaction.atomic():
        agreement = _locked(approval.agreement)
        row = APPROVAL.begin(approval, APPROVE, by=by)
        if not text_seen == row.digest == agreement.filled_text().digest:
            raise StaleDraft("协议文本在申请审批以后改过，不能再按原来的申请同意。请经办人重新申请，或者写明原因退回。")
        words = words.strip()
        event = events.Approved(revision=row.revision, role=row.role, said=words or None, digest=row.digest)
        row = finish(row, APPROVE, event, words, by)
        announcements.approval_answered(row)
    return row


def decline(approval: Approval, *, by: User, reason: str) -> Approval:
    """Give the text back to the own clerk, who may ask again. Raises Unacceptable without a reason."""
    with transaction.atomic():
        _locked(approval.agreement)
        row, reason = APPROVAL.begin(approval, DECLINE, by=by), reason.strip()
        if not reason:
            raise Unacceptable(NO_REASON, "words")
        event = events.Declined(revision=row.revision, role=row.role, said=reason)
        row = finish(row, DECLINE, event, reason, by)
        announcements.approval_answered(row)
    return row


def take_back_approval(approval: Approval, *, by: User) -> Approval:
    """A clerk of the side that asked takes the request back; the leaders are told."""
    with transaction.atomic():
        _locked(approval.agreement)
        row = APPROVAL.begin(approval, TAKE_BACK, by=by)
        event = events.ApprovalTakenBack(revision=row.revision, role=row.role)
        row = finish(row, TAKE_BACK, event, "", by)
        announcements.approval_is_off(row, f"{by}撤回了申请。")
    return row


def switch_approval(institution: Institution, *, by: User, is_on: bool) -> bool:
    """Want a leader's approval of each text from now on, or want it no more; False if that is so already.

    Switched off, what waits lapses: it may be sent or agreed to without. Raises NotAllowed to all but the institution's
    administrators.
    """
    with transaction.atomic():
        row = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
        if not switches_approval(by, row):
            raise NotAllowed("只有本单位的管理员可以设置是否须负责人审批。")
        if row.needs_approval == is_on:
            return False
        row.needs_approval = is_on
        row.save(update_fields=["needs_approval"])
        lapsed = 0 if is_on else _lapse_all(row, by)
        append(events.ApprovalSwitched(is_on=is_on, lapsed=lapsed), by=by, subject=row)
    return True


def last_switched(institution: Institution) -> Entry | None:
    """Return the entry of the log that says who switched it last, and when; None where nobody ever did."""
    return history(institution).filter(event=events.ApprovalSwitched.code).first()


def waiting_at(institution: Institution) -> QuerySet[Approval]:
    """Return what waits for the institution's leaders: all of it lapses when it is switched off."""
    return Approval.objects.waiting().filter(institution=institution)


def _lapse_all(institution: Institution, by: User) -> int:
    rows = waiting_at(institution).select_related("agreement", "institution", "asked_by").order_by("agreement_id", "pk")
    ended = list(rows.select_for_update(no_key=True, of=("self",)))
    for approval in ended:
        approved.end_waiting(approval, by=by, why="本单位已取消负责人审批，不用审批就可以办理。")
    return len(ended)


def _locked(agreement: Agreement) -> Agreement:
    Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=agreement.pk)
    return Agreement.objects.with_parties().get(pk=agreement.pk)


def _refuse_incomplete(row: Agreement, by: User) -> None:
    """Refuse what could not be agreed to with an approval either: it is told before the leader is asked."""
    if row.state == Agreement.State.NEGOTIATING:
        refuse_the_sender(row, by)
        approved.refuse_other_than_offered(row)
    # Who signs for the answering side is named at the very act of agreeing.
    if missing := blocking(findings(row)):
        raise Incomplete(missing)


def _refuse_asked_already(row: Agreement, side: Institution, digest: str) -> None:
    if is_approved(row, side):
        raise WrongState("这份文本已经审批同意，可以直接办理。请刷新查看。")
    waiting = row.approvals.waiting().filter(institution=side, digest=digest).select_related("asked_by").first()
    if waiting is not None:
        raise WrongState(f"{waiting.asked_by}已经为这份文本申请了审批，请等待答复。")
