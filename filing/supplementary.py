"""Supplementary hand-ins (补报): the table of their states, and what other verbs make of them.

The verbs of people stand in `handing_in`. Number and days of the filing stay as they are: a hand-in is a row beside it.
"""

from __future__ import annotations

from typing import TypedDict

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from audit.log import append
from filing import announcements, events, rescans
from filing.models import Filing, HandIn
from filing.permissions import can_hand_in, can_take_note
from filing.rescans import not_certified_yet
from filing.states import HAND_IN_OPEN, HAS_THE_COPY
from verbs.errors import NotAllowed, WrongState
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = HandIn.State
Step = Transition[State, User, HandIn]


def filing_is_decided(hand_in: HandIn) -> str:
    """Say why a hand-in is not decided by itself: its filing is still being reviewed. "" once that is accepted."""
    if hand_in.filing.state == Filing.State.ACCEPTED:
        return ""
    return "这份备案还没有受理。请看过新的扫描件以后，直接受理备案或者退回补正，补报一并办结。"


def scans_are_certified(hand_in: HandIn) -> str:
    return not_certified_yet(hand_in.filing)


HAND_IN = Step(
    "hand_in",
    "补报",
    frozenset({State.DUE}),
    State.SUBMITTED,
    events.HandedIn,
    can_hand_in,
    not_while=scans_are_certified,
)
NOTE = Step(
    "note",
    "查收补报",
    frozenset({State.SUBMITTED}),
    State.NOTED,
    events.HandInNoted,
    can_take_note,
    not_while=filing_is_decided,
)
RETURN = Step(
    "return",
    "退回补报",
    frozenset({State.SUBMITTED}),
    State.RETURNED,
    events.HandInReturned,
    can_take_note,
    not_while=filing_is_decided,
)
# With the filing itself, by whoever accepts it.
NOTE_TOO = Step("note", "查收补报", NOTE.sources, NOTE.target, NOTE.event, may=None)
REPLACE = Step(
    "replace",
    "由后来的报送代替",
    frozenset(HAND_IN_OPEN),
    State.REPLACED,
    events.HandInReplaced,
    may=None,
)
RULES = """\
- **Opened.** When new scans are certified, for each filing whose authority has the old ones: submitted, under review or
  accepted. What is due, or returned, takes the newest scans along by itself.
- **Hand in.** By a clerk of either side, saying what was corrected. The scans are named by their digests. Number and
  days of the filing stay as they are; an earlier hand-in that still waits is replaced.
- **Note, return.** By a reviewer of the very authority once the filing is accepted, never by who handed it in or works
  for either side; until then accepting the filing notes it, returning or withdrawing the filing replaces it. What is
  sent back is due again at once, with the reasons, and the paper may be scanned again.
"""
LIFE: Lifecycle[State, User, HandIn] = Lifecycle(
    "supplementary hand-in",
    "这次补报",
    State,
    (HAND_IN, NOTE, RETURN, REPLACE),
    HandIn.objects.with_filing,
    subject=lambda row: row.filing.agreement,
    rules=RULES,
)


class Which(TypedDict):
    filing: int
    authority: str
    round: int


def which(row: HandIn) -> Which:
    return {"filing": row.filing_id, "authority": row.filing.authority.name, "round": row.round}


def follow_new_scans(agreement: Agreement, *, by: User) -> None:
    """New scans are certified: nobody calls for them any more, and every authority that has the old ones is to get
    them. Fills `agreements.sockets.ON_RESCANNED`, whose caller holds the agreement's lock."""
    rescans.done(agreement, by=by)
    having = Filing.objects.current().filter(agreement=agreement, state__in=HAS_THE_COPY).order_by("pk")
    keys = list(having.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    for filing in Filing.objects.with_parties().filter(pk__in=keys).order_by("pk"):
        if not filing.hand_ins.filter(state=State.DUE).exists():
            open_for(filing, by=by)


def open_for(filing: Filing, *, by: User) -> HandIn:
    """Open the next hand-in of a locked filing, and tell both sides."""
    last = filing.hand_ins.order_by("-round").first()
    row = HandIn.objects.create(filing=filing, previous=last, round=last.round + 1 if last else 1)
    append(events.HandInOpened(**which(row)), by=by, subject=filing.agreement)
    announcements.hand_in_due(filing, row, by=by)
    return row


def refuse_unseen(filing: Filing, seen: int | None) -> None:
    """Raise WrongState when a scan has come in since the page of a locked filing was opened."""
    waiting = filing.hand_ins.filter(state=State.SUBMITTED).values_list("pk", flat=True).first() or 0
    if seen is not None and seen != waiting:
        raise WrongState("您打开这一页以后，协议双方补报了新的扫描件。请先打开备案看过新的扫描件，再办理。")


def refuse_own(filing: Filing, by: User) -> None:
    """Raise NotAllowed to whoever handed in what waits of a filing: nobody notes their own."""
    if filing.hand_ins.filter(state=State.SUBMITTED, submitted_by=by).exists():
        raise NotAllowed("新的扫描件是您本人补报的，不能再由您审核。请由本部门的另一位审核员办理。")


def settle_noted(filing: Filing, *, by: User) -> None:
    """A locked filing has been accepted, and with it what was handed in meanwhile."""
    for hand_in in filing.hand_ins.filter(state=State.SUBMITTED):
        row = LIFE.begin(hand_in, NOTE_TOO, by=by)
        writes = {"decided_at": timezone.now(), "decided_by": by}
        LIFE.finish(row, NOTE_TOO, events.HandInNoted(**which(row)), by=by, writes=writes)


def settle_replaced(filing: Filing, *, by: User, but: HandIn | None = None) -> None:
    """What is submitted next of a locked filing takes the newest scans along: no earlier hand-in is awaited."""
    open_ones = filing.hand_ins.filter(state__in=REPLACE.sources)
    for hand_in in open_ones.exclude(pk=but.pk) if but else open_ones:
        row = LIFE.begin(hand_in, REPLACE, by=by)
        writes = {"decided_at": timezone.now(), "decided_by": by}
        LIFE.finish(row, REPLACE, events.HandInReplaced(**which(row)), by=by, writes=writes)
