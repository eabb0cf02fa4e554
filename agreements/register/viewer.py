"""An agreement as one person sees it: on which side they are, what the state is called, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.copying import can_be_copied
from agreements.lifecycle.marks import Mark, party_marks
from agreements.lifecycle.succession import can_be_replaced, renewal_is_open
from agreements.models import Agreement, AgreementKind
from agreements.models.states import BEING_SIGNED, DRAFTS, HAS_BEEN_IN_FORCE
from agreements.register.turns import is_approved, is_declined, turn_of
from agreements.sockets import FILED, Filed
from frame.chips import Chip
from institutions.models import Duty, Role, memberships_in_use

State = Agreement.State
SOON_DAYS = 90


CHIPS = {
    State.DRAFT: Chip("起草中", "pencil", "ink"),
    State.AGREED: Chip("文本已定", "lock", "sky"),
    State.SIGNING: Chip("签章中", "pencil", "sky"),
    State.IN_FORCE: Chip("生效中", "tick", "pine"),
    State.EXPIRED: Chip("已到期", "hourglass", "grey"),
    State.TERMINATED: Chip("已终止", "cross", "grey"),
    State.SUPERSEDED: Chip("已续签或换签", "right", "grey"),
    State.DISCARDED: Chip("已作废", "cross", "grey"),
    State.RESCINDED: Chip("已合意解除", "cross", "grey"),
}
# Sign and colour of words that are not agreed yet, by whether they were returned.
UNDER_WAY = {
    (State.NEGOTIATING, False): ("hourglass", "amber"),
    (State.DRAFT, True): ("back", "cinnabar"),
    (State.DRAFT, False): ("back", "ink"),
}
ENDING_SOON = Chip("生效中，即将到期", "hourglass", "amber")
RUNS_OUT = Chip("履行中", "hourglass", "amber")
TERMINATING = Chip("即将终止", "hourglass", "amber")


@dataclass(frozen=True)
class Act:
    """The one next act: where it is done."""

    word: str
    url: str


@dataclass(frozen=True)
class ViewedAgreement:
    agreement: Agreement
    drafts: bool  # acts for the drafting side
    answers: bool  # acts for the other side
    beside_drafter: bool  # belongs to the drafting side, acting or only reading
    sides: frozenset[Role] = frozenset()  # to which the person belongs, acting or only reading
    belongs_to: frozenset[Role] = frozenset()  # likewise; of one who acts for the one and reads for the other, both
    signs: frozenset[Role] = frozenset()  # sides whose signatory the person is
    filed: Filed | None = None  # how far its filings are, in a list

    @property
    def chip(self) -> Chip:
        """The state, in the same words to every reader: who must act stands there by name."""
        if words := self.agreement.under_way:
            return Chip(words, *UNDER_WAY[State(self.agreement.state), bool(self.agreement.return_reason)])
        last_day = self.agreement.ended_on
        if self.agreement.state == State.TERMINATED and last_day and last_day >= timezone.localdate():
            return TERMINATING
        if self.note and self.agreement.state == State.SUPERSEDED:
            return RUNS_OUT
        if self.days_left is not None and self.days_left <= SOON_DAYS:
            return ENDING_SOON
        return CHIPS[State(self.agreement.state)]

    @property
    def turn(self) -> str:
        """Whose turn it is and for what, of a row as `with_scans` gave it; "" where nothing is awaited."""
        return turn_of(self.agreement, self.sides, acts=self.acts, signs=self.signs)

    @cached_property
    def note(self) -> str:
        """What the chip does not say: who takes its place and when, or how a draft came back (`with_return`)."""
        if is_declined(self.agreement) and (self.beside_drafter or self.agreement.state == State.NEGOTIATING):
            return f"负责人的意见：{first_line(getattr(self.agreement, 'approval_answer', ''))}"
        if self.agreement.state == State.DRAFT:
            return _came_back(self.agreement)
        return self.agreement.hands_over()

    @property
    def last_change(self) -> datetime:
        """When it was changed last, of what came back to the other side's desk: when it did."""
        is_theirs = self.agreement.state in DRAFTS and not self.beside_drafter
        return (self.agreement.came_back_on if is_theirs else None) or self.agreement.updated_at

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts, or counted; None before there is one."""
        return self.agreement.ended_on or self.agreement.expires_on

    @property
    def days_left(self) -> int | None:
        """Days until the last day of the term; None unless in force."""
        last = self.agreement.expires_on
        in_force = self.agreement.state == State.IN_FORCE and last is not None
        return (last - timezone.localdate()).days if in_force and last else None

    @property
    def is_of_a_side(self) -> bool:
        """Whether the person belongs to either side, acting or only reading."""
        return bool(self.sides)

    @property
    def is_rescanned(self) -> bool:
        """Whether new scans of what is or was in force wait for a second person; of a row as `with_scans` gave it."""
        return self.agreement.state in HAS_BEEN_IN_FORCE and getattr(self.agreement, "scan_waits", False)

    @property
    def can_sign(self) -> bool:
        return self.acts and self.agreement.state in lifecycle.SIGN.sources

    @property
    def signs_on_screen(self) -> bool:
        """Whether a text waits for the person's own electronic signature."""
        awaited = lifecycle.turn_on_screen(self.agreement) if self.agreement.state in BEING_SIGNED else ()
        return len(self.signs) == 1 and bool(self.signs.intersection(awaited))

    @property
    def has_paper(self) -> bool:
        """Whether a side signs on paper, or may still."""
        return lifecycle.has_paper(self.agreement)

    @property
    def is_signed(self) -> bool:
        """Whether both sides have registered the day of their seal: what is left is the scan."""
        return self.agreement.medical_signed_on is not None and self.agreement.elder_care_signed_on is not None

    @property
    def can_terminate(self) -> bool:
        return self.acts and self.agreement.state in lifecycle.TERMINATE.sources

    @property
    def can_renew(self) -> bool:
        return self.acts and renewal_is_open(self.agreement, on=timezone.localdate())

    @property
    def can_replace(self) -> bool:
        """Whether something may take its place now; where a renewal can, that is offered instead."""
        return self.acts and can_be_replaced(self.agreement) and not self.can_renew

    @property
    def can_rescind(self) -> bool:
        fits = self.agreement.state in lifecycle.RESCIND.sources and self.agreement.both_signed
        return self.acts and fits

    @property
    def can_copy(self) -> bool:
        return self.acts and can_be_copied(self.agreement)

    @property
    def can_supplement(self) -> bool:
        return self.acts and self.agreement.state == State.IN_FORCE and self.agreement.kind != AgreementKind.SUPPLEMENT

    @property
    def title(self) -> str:
        if self.agreement.state in DRAFTS and not self.beside_drafter:
            return "回到对方起草的协议"  # what they make of it is their own until it is sent again
        version = self.agreement.template_version
        return version.title if version else "（尚未选择范本）"

    @property
    def other_side(self) -> str:
        """The name of the side that the person does not belong to; "" while no partner is chosen."""
        role = self.agreement.answering_role if self.beside_drafter else self.agreement.drafting_role
        return self.agreement.party_name(role)

    @property
    def marks(self) -> list[Mark]:
        """What is to be known of the parties as they are today."""
        return party_marks(self.agreement, timezone.localdate())

    @property
    def acts(self) -> bool:
        """Whether the person acts for either side; signatories and officials only read."""
        return self.drafts or self.answers

    @property
    def medical_name(self) -> str:
        return self.agreement.party_name(Role.MEDICAL)

    @property
    def elder_care_name(self) -> str:
        return self.agreement.party_name(Role.ELDER_CARE)

    @property
    def next_act(self) -> Act:
        """What a row of a list offers: the first that there is for the person to do, else to look."""
        to_do = self._approving() or self._drafting() or self._signing() or self._filing() or self._renewing()
        return to_do or self._looking()

    def _approving(self) -> Act | None:
        if to_answer := getattr(self.agreement, "approval_to_answer", None):
            return Act("审批", reverse("approval-answer", args=[to_answer]))
        return self._looking() if getattr(self.agreement, "approval_waits", False) else None

    def _drafting(self) -> Act | None:
        if self.agreement.state != State.DRAFT or not self.drafts:
            return None
        if is_approved(self.agreement):
            return Act("送对方确认", reverse("draft-step", args=[self.agreement.number, "check"]))
        is_given_back = self.agreement.return_reason or is_declined(self.agreement)
        return self._to("draft-resume", "修改" if is_given_back else "继续填写")

    def _signing(self) -> Act | None:
        if self.agreement.rescission_side and self.agreement.state == State.SIGNING and self.acts:
            return self._to("agreement-rescind", "合意解除：查看并答复")
        if self.is_rescanned and self.acts:
            return self._certifying("agreement-recertify")
        if self.signs_on_screen:
            return self._to("agreement-sign", "阅读并签署")
        if not self.can_sign:
            return None
        if not self.is_signed:
            return self._to("agreement-signing", "打印签章" if lifecycle.has_paper(self.agreement) else "签署进度")
        if getattr(self.agreement, "scan_waits", None) is False:
            return self._to("agreement-signing", "上传扫描件")
        if not getattr(self.agreement, "scan_is_short", False):
            return self._certifying("agreement-certify")
        is_own = getattr(self.agreement, "scan_is_own", False)
        return self._to("agreement-signing", "补齐扫描件") if is_own else self._looking()

    def _certifying(self, page: str) -> Act:
        """Whoever uploaded waits for another; where nobody asked about the scans, the agreement's page knows."""
        return self._looking() if getattr(self.agreement, "scan_is_own", True) else self._to(page, "核验扫描件")

    def _filing(self) -> Act | None:
        return Act(self.filed.act, self.filed.url) if self.filed and self.filed.act else None

    def _renewing(self) -> Act | None:
        if not self.can_renew or self.agreement.state != State.IN_FORCE:
            return None
        if follower := getattr(self.agreement, "followed_by", None):
            kind = getattr(self.agreement, "followed_as", AgreementKind.RENEWAL)
            return Act(f"查看{AgreementKind(kind).label}", reverse("agreement-detail", args=[follower]))
        return self._to("agreement-detail", "续签")  # as the button of its page is called

    def _looking(self) -> Act:
        if self.agreement.state == State.NEGOTIATING and self.answers:
            return self._to("agreement-detail", "查看并答复")
        return self._to("agreement-detail", "查看正本" if self.agreement.state == State.AGREED else "查看")

    def _to(self, page: str, word: str) -> Act:
        return Act(word, reverse(page, args=[self.agreement.number]))


def _came_back(draft: Agreement) -> str:
    number = getattr(draft, "came_back_in", None)
    if number is None:
        return ""
    how = "撤回" if draft.was_taken_back else "退回"
    why = first_line(draft.came_back_why or "")
    if unsigned := draft.unsigned_in_words:
        is_said = draft.came_back_by is None  # the clock's own words begin with that it was not signed in time
        return why if is_said else f"{unsigned}{f'：{why}' if why else ''}"
    return f"第 {number} 轮{how}：{why}" if why else f"第 {number} 轮{how}"


def first_line(words: str) -> str:
    """Return what a row has room for of what may be long."""
    first, *more = words.splitlines() or [""]
    return f"{first}{'……' if more else ''}"


class Viewer:
    """Which institutions one person belongs to and acts for; asked once, then answered for every row of a page."""

    def __init__(self, user: User) -> None:
        self.user = user
        facts = "institution", "duty", "institution__needs_approval"
        held = list(memberships_in_use(user).values_list(*facts))
        self.reads_for = frozenset(pk for pk, _, _ in held if pk is not None)
        self.acts_for = frozenset(pk for pk, duty, _ in held if duty == Duty.CLERK)
        self.wants_approval = any(wants for _, _, wants in held)  # where nobody does, nothing waits for a leader
        self.signs_for = frozenset(pk for pk, duty, _ in held if duty == Duty.SIGNATORY)
        self.leads = any(duty == Duty.APPROVER and wants for _, duty, wants in held)

    def of(self, agreement: Agreement) -> ViewedAgreement:
        partner = agreement.partner
        return ViewedAgreement(
            agreement,
            drafts=agreement.drafted_by_id in self.acts_for,
            answers=partner is not None and partner.pk in self.acts_for,
            beside_drafter=agreement.drafted_by_id in self.reads_for,
            sides=self._sides(agreement),
            belongs_to=frozenset(role for role, place in places_of(agreement).items() if place in self.reads_for),
            signs=frozenset(role for role, place in places_of(agreement).items() if place in self.signs_for),
        )

    def of_page(self, agreements: Sequence[Agreement]) -> list[ViewedAgreement]:
        """Return the rows of a list, each with how far its filings are; one question for all of them."""
        filed = {key: found for ask in FILED for key, found in ask(agreements, self.user).items()}
        return [replace(self.of(agreement), filed=filed.get(agreement.pk)) for agreement in agreements]

    def _sides(self, agreement: Agreement) -> frozenset[Role]:
        """Where the person acts for one of the two, only that one; else those for which they read."""
        places = places_of(agreement)
        acting = frozenset(role for role, place in places.items() if place in self.acts_for)
        return acting or frozenset(role for role, place in places.items() if place in self.reads_for)


def places_of(agreement: Agreement) -> dict[Role, int | None]:
    return {Role.MEDICAL: agreement.medical_id, Role.ELDER_CARE: agreement.elder_care_id}
