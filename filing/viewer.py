"""A filing as one person sees it: what its state is called, whether it is late, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.register.viewer import Act
from filing.checks import Check
from filing.models import Filing
from filing.objections import objections
from frame.chips import Chip
from institutions.models import AT_INSTITUTIONS, Duty, Role, authorities_of, memberships_in_use, works_at

State = Filing.State

CHIPS = {
    State.DUE: Chip("待报送", "tray", "amber"),
    State.SUBMITTED: Chip("待接收", "hourglass", "sky"),
    State.UNDER_REVIEW: Chip("审核中", "search", "sky"),
    State.ACCEPTED: Chip("已备案", "tick", "pine"),
    State.RETURNED: Chip("退回补正", "back", "cinnabar"),
    State.CLOSED: Chip("已结案，免予报送", "cross", "grey"),
}
ACCEPTED_AND_OWES = Chip("待补报", "tray", "amber")
ACCEPTED_AND_HAS = Chip("补报待查收", "hourglass", "sky")
SUBMITTED_AS_CLERKS_SAY = Chip("已报送，待接收", "hourglass", "sky")
NOTHING_OBJECTED = Chip("核对无异议", "tick", "pine")
RESUBMITTED = Chip("已补正重报", "right", "grey")
WAIVED = Chip("已结案，免予补正", "cross", "grey")
LATE = {
    State.DUE: "报送已逾期",
    State.SUBMITTED: "受理已超期",
    State.UNDER_REVIEW: "受理已超期",
    State.RETURNED: "补正已逾期",
    State.ACCEPTED: "查收补报已超期",
}
WAITING_SINCE = {
    State.DUE: "created_at",
    State.SUBMITTED: "submitted_at",
    State.UNDER_REVIEW: "taken_up_at",
    State.CLOSED: "closed_at",
}
# What is awaited in a state: as a clerk of either side is told, and as a reviewer is.
TURNS = {
    State.DUE: ("待您报送", "等待双方报送"),
    State.SUBMITTED: ("等待部门接收", "待您接收"),
    State.UNDER_REVIEW: ("等待部门审核", "待您审核"),
    State.RETURNED: ("待您补正重报", "等待双方补正"),
}
ACTS_OF_CLERKS = {State.DUE: ("报送", "filing-submit"), State.RETURNED: ("重新报送", "filing-resubmit")}
HAND_IN = ("补报", "filing-hand-in")
ACTS_OF_REVIEWERS = {State.SUBMITTED: "接收审核", State.UNDER_REVIEW: "继续审核"}


@dataclass(frozen=True)
class ViewedFiling:
    """One filing as `with_clock` gave it, for one person."""

    filing: Filing
    submits: bool  # a clerk of either party
    reviews: bool  # a reviewer of its authority who may decide on it
    is_their_own: bool = False  # a reviewer of its authority who may not: they submitted it, or work for either side
    is_mine: bool = False  # the person has it under review
    own_side: Role | None = None  # to which the person belongs
    objections: tuple[Check, ...] | None = None  # None where nobody has asked what speaks against accepting it

    @property
    def state(self) -> Filing.State:
        return State(self.filing.state)

    @property
    def chip(self) -> Chip:
        if self.state is State.RETURNED and self.filing.is_resubmitted:
            return RESUBMITTED
        if self.state is State.RETURNED and self.filing.is_waived:
            return WAIVED
        if self.state is State.SUBMITTED and self.submits:
            return SUBMITTED_AS_CLERKS_SAY
        if self.state is State.ACCEPTED and self.filing.has_hand_in:
            return ACCEPTED_AND_HAS
        if self.state is State.ACCEPTED and self.filing.owes_hand_in:
            return ACCEPTED_AND_OWES
        return CHIPS[self.state]

    @property
    def mark(self) -> Chip:
        """The state, and in the same chip by how many days it is late: 待接收，超期 59 天."""
        if not self.filing.is_late or self.filing.clock_on is None:
            return self.chip
        days = (timezone.localdate() - self.filing.clock_on).days
        return Chip(f"{self.chip.word}，超期 {days} 天", "warning", "cinnabar")

    @property
    def turn(self) -> str:
        """Whose turn it is and for what, as one who submits, reviews or reads is told; "" where nothing is awaited."""
        if self.state is State.RETURNED and self.is_answered:
            return ""
        if self.state is State.ACCEPTED and self.is_corrected:
            return self._turn_of_correcting
        ours, theirs = TURNS.get(self.state, ("", ""))
        if self.submits or (self.state is State.SUBMITTED and not self.reviews):
            return ours
        if self.state is State.UNDER_REVIEW and not self.is_mine:
            return f"由{self.filing.taken_up_by}审核"
        return theirs

    @property
    def is_corrected(self) -> bool:
        """Whether a corrected scan is to be handed in, or waits for the authority."""
        return self.filing.owes_hand_in or self.filing.has_hand_in

    @property
    def _turn_of_correcting(self) -> str:
        if self.filing.has_hand_in and not (self.submits and self.filing.owes_hand_in):
            return "待您查收补报" if self.reviews else "等待部门查收补报"
        return "待您补报" if self.submits else "等待双方补报"

    @property
    def since(self) -> date | None:
        """Since when it waits as it is (a moment)."""
        found: date | None = getattr(self.filing, WAITING_SINCE.get(self.state, "decided_at"))
        return found

    @property
    def medical_name(self) -> str:
        return self.filing.agreement.party_name(Role.MEDICAL)

    @property
    def elder_care_name(self) -> str:
        return self.filing.agreement.party_name(Role.ELDER_CARE)

    @property
    def other_side(self) -> str:
        """The name of the side that the person does not belong to; "" for whoever belongs to neither."""
        if self.own_side is None:
            return ""
        return self.elder_care_name if self.own_side == Role.MEDICAL else self.medical_name

    @property
    def checked(self) -> Chip | None:
        """What the platform found, for whoever decides about the filing."""
        if self.objections is None:
            return None
        return Chip(f"{len(self.objections)} 处要核实", "warning", "amber") if self.objections else NOTHING_OBJECTED

    @property
    def needs_correction(self) -> bool:
        return self.state is State.RETURNED and not self.is_answered

    @property
    def is_answered(self) -> bool:
        """Whether a return is settled: corrected, or let be."""
        return self.filing.is_resubmitted or self.filing.is_waived

    @property
    def can_close(self) -> bool:
        """Whether a reviewer may waive it: it is still owed, of an agreement that has ended."""
        return self.reviews and self.filing.outlives_agreement and not self.is_answered

    @property
    def can_batch(self) -> bool:
        """Whether it waits for this reviewer, who may tick it: what a colleague has under review is the colleague's."""
        return self.reviews and (self.state is State.SUBMITTED or (self.state is State.UNDER_REVIEW and self.is_mine))

    @property
    def can_hand_in(self) -> bool:
        """Whether the person has something to hand in: the copy, its correction, or a corrected scan of it."""
        return self.submits and (self._owes_copy or self.filing.owes_hand_in)

    @property
    def _owes_copy(self) -> bool:
        return self.state in ACTS_OF_CLERKS and not self.is_answered

    @property
    def can_take_note(self) -> bool:
        """Whether a corrected scan of what is accepted waits for this reviewer."""
        return self.reviews and self.state is State.ACCEPTED and self.filing.has_hand_in

    @property
    def next_act(self) -> Act:
        """What a row of a list offers."""
        if self.can_hand_in:
            word, name = ACTS_OF_CLERKS[self.state] if self._owes_copy else HAND_IN
            return Act(word, reverse(name, args=[self.filing.pk]))
        word = ACTS_OF_REVIEWERS[self.state] if self.can_batch else "查收补报" if self.can_take_note else "查看"
        return Act(word, reverse("filing-detail", args=[self.filing.pk]))


class Viewer:
    """For whom one person acts; asked once, then answered for every row of a page."""

    def __init__(self, user: User) -> None:
        self.user = user
        held = list(memberships_in_use(user).values_list("institution", "duty"))
        self.reads_for = frozenset(pk for pk, duty in held if duty in AT_INSTITUTIONS)
        self.acts_for = frozenset(pk for pk, duty in held if duty == Duty.CLERK)
        self.decides_for = frozenset(authorities_of(user, Duty.REVIEWER).values_list("pk", flat=True))
        self.works_at = frozenset(works_at(user)) if self.decides_for else frozenset()

    def of(self, filing: Filing) -> ViewedFiling:
        parties = {Role.MEDICAL: filing.agreement.medical_id, Role.ELDER_CARE: filing.agreement.elder_care_id}
        is_reviewer = filing.authority_id in self.decides_for
        is_their_own = filing.submitted_by_id == self.user.pk or not self.works_at.isdisjoint(parties.values())
        return ViewedFiling(
            filing,
            submits=not self.acts_for.isdisjoint(parties.values()),
            reviews=is_reviewer and not is_their_own,
            is_their_own=is_reviewer and is_their_own,
            is_mine=filing.taken_up_by_id == self.user.pk,  # by its key: a list of agreements has not fetched them
            own_side=next((role for role, place in parties.items() if place in self.reads_for), None),
        )

    def with_objections(self, rows: Iterable[ViewedFiling]) -> list[ViewedFiling]:
        """Return the rows, those that the person may accept with what the platform objects to; in few queries."""
        every = list(rows)
        found = objections([row.filing for row in every if row.can_batch])
        return [
            replace(row, objections=tuple(found[row.filing.pk])) if row.filing.pk in found else row for row in every
        ]
