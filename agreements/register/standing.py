"""How an agreement stands for one person: on which side they are, what the state is called, what comes next."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from agreements.drafting.text import party_name
from agreements.models import Agreement
from institutions.models import Duty, Membership, Role

State = Agreement.State


@dataclass(frozen=True)
class Chip:
    """A state as it is always shown: symbol, word and colour."""

    word: str
    icon: str
    colour: str


CHIPS = {
    State.DRAFT: Chip("起草中", "pencil", "ink"),
    State.NEGOTIATING: Chip("待对方确认", "hourglass", "amber"),
    State.AGREED: Chip("文本已定", "lock", "sky"),
    State.SIGNING: Chip("签章中", "pencil", "sky"),
    State.IN_FORCE: Chip("生效中", "tick", "pine"),
    State.EXPIRED: Chip("已到期", "hourglass", "grey"),
    State.TERMINATED: Chip("已终止", "cross", "grey"),
    State.SUPERSEDED: Chip("已续签", "right", "grey"),
    State.WITHDRAWN: Chip("已撤回", "back", "grey"),
    State.DISCARDED: Chip("已作废", "cross", "grey"),
}
RETURNED = Chip("已退回，待修改", "back", "cinnabar")
MINE_TO_ANSWER = Chip("待我方确认", "hourglass", "amber")


@dataclass(frozen=True)
class Act:
    """The one next act: where it is done."""

    word: str
    url: str


@dataclass(frozen=True)
class Standing:
    agreement: Agreement
    drafts: bool  # acts for the drafting side
    answers: bool  # acts for the other side
    beside_drafter: bool  # belongs to the drafting side, acting or only reading

    @property
    def chip(self) -> Chip:
        if self.agreement.state == State.NEGOTIATING and self.answers:
            return MINE_TO_ANSWER
        if self.agreement.state == State.DRAFT and self.agreement.return_reason:
            return RETURNED
        return CHIPS[State(self.agreement.state)]

    @property
    def title(self) -> str:
        version = self.agreement.template_version
        return version.title if version else "（尚未选择范本）"

    @property
    def other_side(self) -> str:
        """The name of the side that the person does not belong to; "" while no partner is chosen."""
        role = self.agreement.answering_role if self.beside_drafter else self.agreement.drafting_role
        return party_name(self.agreement, role)

    @property
    def acts(self) -> bool:
        """Whether the person acts for either side; signatories and officials only read."""
        return self.drafts or self.answers

    @property
    def medical_name(self) -> str:
        return party_name(self.agreement, Role.MEDICAL)

    @property
    def elder_care_name(self) -> str:
        return party_name(self.agreement, Role.ELDER_CARE)

    @property
    def next_act(self) -> Act:
        """What a row of the work list offers."""
        number = self.agreement.number
        if self.agreement.state == State.DRAFT and self.drafts:
            word = "修改" if self.agreement.return_reason else "继续填写"
            return Act(word, reverse("draft-resume", args=[number]))
        words = {State.AGREED: "查看正本"}
        word = "查看并答复" if self.chip is MINE_TO_ANSWER else words.get(State(self.agreement.state), "查看")
        return Act(word, reverse("agreement-detail", args=[number]))


class Sides:
    """Which institutions one person belongs to and acts for; asked once, then answered for every row of a page."""

    def __init__(self, user: User) -> None:
        held = list(Membership.objects.filter(user=user).values_list("institution", "duty"))
        self.belongs_to = frozenset(pk for pk, _ in held)
        self.mine = frozenset(pk for pk, duty in held if duty == Duty.CLERK)

    def of(self, agreement: Agreement) -> Standing:
        partner = agreement.partner
        return Standing(
            agreement,
            drafts=agreement.drafted_by_id in self.mine,
            answers=partner is not None and partner.pk in self.mine,
            beside_drafter=agreement.drafted_by_id in self.belongs_to,
        )
