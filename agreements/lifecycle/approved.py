"""Whether a text may be agreed to: it stands approved by a leader of the own side where that institution wants it.

Of the drafting side sending is agreeing: what is sent is an offer (民法典 472), and the other side's assent alone makes
it final. Of the answering side it is the act that is called so (docs/decisions/0031-approval.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.leaders import can_answer_approval, hands_in
from agreements.lifecycle.errors import NotApproved
from agreements.models import Agreement, Approval
from agreements.permissions import can_take_back_approval
from audit.events import Event
from duties.confirmers import whom_to_ask
from institutions.models import Duty, Institution, Membership, institutions_of, institutions_read_by
from verbs.errors import Unacceptable
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = Approval.State
Step = Transition[State, User, Approval]
WAITING = frozenset({State.WAITING})

APPROVE = Step("approve", "同意", WAITING, State.APPROVED, events.Approved, can_answer_approval)
DECLINE = Step("decline", "不同意", WAITING, State.DECLINED, events.Declined, can_answer_approval)
TAKE_BACK = Step("take_back", "撤回申请", WAITING, State.TAKEN_BACK, events.ApprovalTakenBack, can_take_back_approval)
# Through the verbs that change the text or take it away from this side, and through the switch.
LAPSE = Step("lapse", "失效", WAITING, State.LAPSED, events.ApprovalLapsed, may=None)


def _answered_already(row: Approval, _: Step) -> str:
    return f"这份审批申请{row.get_state_display()}，可能刚刚有人处理过。请打开协议查看。"


APPROVAL: Lifecycle[State, User, Approval] = Lifecycle(
    "approval of a text",
    "这份审批申请",
    State,
    (APPROVE, DECLINE, TAKE_BACK, LAPSE),
    lambda: Approval.objects.select_related("agreement", "institution", "asked_by", "answered_by"),
    subject=lambda row: row.agreement,
    rules="""\
- **Where it is wanted.** An institution's administrator switches it on and off; off is how every institution begins.
  Requests that wait when it is switched off lapse, and so do the texts' need of them.
- **Ask.** A clerk of the side whose turn it is: the drafting side before it sends, for sending is its own agreeing (an
  offer, 民法典 472), the answering side before it agrees. Only what nothing else stands in the way of.
- **Approve, decline.** By a leader (审批人) of the same institution, who neither asked nor wrote in the draft
  or sent it from the other side.
  Declining takes a reason, and the clerk may ask again.
- **Of one text.** An approval is of the words that the leader saw, by their digest: of any other text it counts
  nothing, and of the same words it counts again when they are sent a second time. Where what is registered of a side
  changed after sending, the other side returns the text first.
- **Lapse.** When the words change while it waits, and when the text is returned, withdrawn, discarded or agreed to.
- **Between the leader and the clerk.** The other side, the bureaus and their histories are told nothing of it.
""",
    wrong=_answered_already,
)


def is_approved(row: Agreement, institution: Institution) -> bool:
    """Whether a leader of an institution has approved the present text of an agreement."""
    approved = row.approvals.filter(institution=institution, state=State.APPROVED)
    return approved.filter(digest=row.filled_text().digest).exists()


def refuse_unapproved(row: Agreement, institution: Institution) -> None:
    """Raise NotApproved where the institution wants a leader's approval of the present text and has none."""
    if institution.needs_approval and not is_approved(row, institution):
        act = "送出" if row.drafted_by_id == institution.pk else "确认定稿"
        raise NotApproved(f"{institution}规定，{act}文本前须由负责人审批。请先在协议页面申请审批，同意以后再{act}。")


def refuse_other_than_offered(row: Agreement) -> None:
    """Raise Unacceptable where the drafting side's leader has not approved what a sent text says by now.

    What is registered of a side stands in the text and may have changed since. It is the offer that was approved; the
    other side is told the cure, and nothing of what the drafting side says within itself.
    """
    offered, side = row.rounds.last(), row.drafted_by
    is_as_offered = offered is None or offered.text.digest == row.filled_text().digest
    if side.needs_approval and not is_as_offered and not is_approved(row, side):
        raise Unacceptable(
            f"文本送来以后，登记的机构资料改过，文本与{side}送出的不一样。请退回{side}，由对方核对以后重新送来。"
        )


def lapse(row: Agreement, *, by: User | None, why: str) -> None:
    """Let what waits for an answer about a locked agreement lapse. Called by the verbs that leave nothing to answer."""
    waiting = row.approvals.waiting().select_related("agreement", "institution", "asked_by").order_by("pk")
    for approval in waiting.select_for_update(no_key=True, of=("self",)):
        end_waiting(approval, by=by, why=why)


def lapse_if_changed(row: Agreement, *, by: User) -> None:
    """As `lapse`, of what was asked about other words than a locked agreement has now."""
    waiting = row.approvals.waiting().first()
    if waiting is not None and (row.template_version_id is None or waiting.digest != row.filled_text().digest):
        lapse(row, by=by, why="申请以后文本改过，请重新申请审批。")


def end_waiting(approval: Approval, *, by: User | None, why: str) -> None:
    """Let one locked request lapse, log it and tell the leaders."""
    finish(approval, LAPSE, events.ApprovalLapsed(revision=approval.revision, role=approval.role, said=why), why, by)
    announcements.approval_is_off(approval, why)


def finish(approval: Approval, step: Step, event: Event, answer: str, by: User | None) -> Approval:
    """Write what became of a locked request."""
    writes = {"answered_at": timezone.now(), "answered_by": by, "answer": answer}
    return APPROVAL.finish(approval, step, event, by=by, writes=writes)


@dataclass(frozen=True)
class Standing:
    """How it stands with the approval of one side's present text, for the people of that side."""

    institution: Institution
    drafts: bool
    last: Approval | None  # the one that counts for the present text, else the latest
    is_of_this_text: bool
    leaders: tuple[str, ...]  # who could answer, by their names
    whom_to_ask: str  # where there is nobody: the way out

    @property
    def act(self) -> str:
        """What waits for it, as people call it."""
        return "送对方确认" if self.drafts else "确认定稿"

    @property
    def stage(self) -> Literal["approved", "waiting", "outdated", "declined", "open"]:
        """What the page says: `outdated` is an approval, or a request, of other words than these."""
        state = self.last.state if self.last else ""
        if state in {State.APPROVED, State.WAITING} and not self.is_of_this_text:
            return "outdated"
        known: dict[str, Literal["approved", "waiting", "declined"]] = {
            State.APPROVED: "approved",
            State.WAITING: "waiting",
            State.DECLINED: "declined",
        }
        return known.get(state, "open")

    @property
    def is_approved(self) -> bool:
        return self.stage == "approved"

    @property
    def can_be_asked(self) -> bool:
        return self.stage in {"open", "declined", "outdated"} and bool(self.leaders)


def side_to_agree(agreement: Agreement) -> Institution | None:
    """Return the institution whose turn it is to send or to agree; None when nothing is to be agreed to."""
    if agreement.state == Agreement.State.DRAFT:
        return agreement.drafted_by
    return agreement.partner if agreement.state == Agreement.State.NEGOTIATING else None


def asks_for(agreement: Agreement, user: User) -> Institution | None:
    """Return the institution whose turn it is, if the user is its clerk."""
    side = side_to_agree(agreement)
    return side if side is not None and institutions_of(user).filter(pk=side.pk).exists() else None


def standing_for(agreement: Agreement, user: User) -> Standing | None:
    """Return how it stands, for somebody of the side whose turn it is; None where no approval is wanted of it."""
    side = side_to_agree(agreement)
    if side is None or not side.needs_approval or not institutions_read_by(user).filter(pk=side.pk).exists():
        return None
    return standing_of(agreement, side, asker=user)


def standing_of(agreement: Agreement, side: Institution, *, asker: User) -> Standing:
    digest = agreement.filled_text().digest if agreement.template_version_id else ""
    rows = side_approvals(agreement, side)
    approved = next((row for row in rows if row.state == State.APPROVED and row.digest == digest), None)
    last = approved or (rows[0] if rows else None)
    asked_by = last.asked_by_id if last and last.state == State.WAITING else asker.pk
    leaders = _leaders(side, besides={asked_by} | hands_in(agreement, side.pk))
    return Standing(
        side,
        drafts=agreement.drafted_by_id == side.pk,
        last=last,
        is_of_this_text=last is not None and last.digest == digest,
        leaders=leaders,
        whom_to_ask="" if leaders else way_to_a_leader(side),
    )


def standing_before_drafting(side: Institution, *, asker: User) -> Standing | None:
    """Return how it will stand with a text that is about to be begun; None where no approval is wanted."""
    if not side.needs_approval:
        return None
    leaders = _leaders(side, besides={asker.pk})
    way = "" if leaders else way_to_a_leader(side)
    return Standing(side, drafts=True, last=None, is_of_this_text=False, leaders=leaders, whom_to_ask=way)


def side_approvals(agreement: Agreement, side: Institution) -> list[Approval]:
    """Return one side's requests, the newest first."""
    found = agreement.approvals.filter(institution=side).select_related("asked_by", "answered_by")
    return list(found.order_by("-pk"))


def _leaders(side: Institution, *, besides: set[int]) -> tuple[str, ...]:
    held = Membership.objects.effective().filter(institution=side, duty=Duty.APPROVER, user__is_active=True)
    return tuple(held.exclude(user__in=besides).order_by("pk").values_list("user__full_name", flat=True))


def way_to_a_leader(side: Institution) -> str:
    """Return in words whom to ask where nobody can approve: for a confirmation that is awaited, else for the duty."""
    held = Membership.objects.filter(institution=side, user__is_active=True).select_related("user", "granted_by")
    unseen = held.waiting().filter(duty=Duty.APPROVER).order_by("pk").first()
    if unseen is not None:
        return f"{unseen.user}的“审批人”职责还没有生效，请{unseen.user}当面请{whom_to_ask(unseen)}确认。"
    names = [str(each.user) for each in held.effective().filter(duty=Duty.ADMINISTRATOR).order_by("pk")]
    if names:
        return f"请本单位管理员{'、'.join(names)}在“人员”里授予另一位同事“审批人”职责。"
    return "本单位还没有管理员，请先由本单位人员申请成为机构管理员，再由管理员授予“审批人”职责。"
