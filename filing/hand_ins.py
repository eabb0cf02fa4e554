"""What the pages of a filing show of its supplementary hand-ins (补报), and of who wants another scan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from accounts.models import User
from accounts.requests import PersonRequest
from agreements.models import Scan, ScanPage
from boundary.paths import asked_key
from filing import rescans
from filing.models import Filing, HandIn, RescanCall
from filing.own import their_own
from filing.papers import certified_pages, certified_scans
from filing.permissions import can_drop_call, can_review, can_submit
from filing.states import MAY_BE_RESCANNED
from frame.chips import Chip
from verbs.errors import WrongState

State = HandIn.State
CHIPS = {
    State.DUE: Chip("待补报", "tray", "amber"),
    State.SUBMITTED: Chip("已补报，待查收", "hourglass", "sky"),
    State.NOTED: Chip("已查收", "tick", "pine"),
    State.RETURNED: Chip("补报已退回", "back", "cinnabar"),
    State.REPLACED: Chip("已由后来的报送代替", "right", "grey"),
}


@dataclass(frozen=True)
class Shown:
    """One hand-in with the scans that it brought, in the order of the paper.

    `anew` are the keys of those that the authority had not got before.
    """

    row: HandIn
    scans: tuple[Scan, ...]
    anew: frozenset[int] = frozenset()
    is_there: bool = False  # of what is due: the scans that it will bring are certified

    @cached_property
    def pages(self) -> list[ScanPage]:
        """The pages that show the paper by these scans, as one leafs through it."""
        return certified_pages(list(self.scans))

    @property
    def chip(self) -> Chip:
        return CHIPS[State(self.row.state)]

    @property
    def slug(self) -> str:
        """What the address calls it where one of several papers is shown."""
        return f"hand-in-{self.row.pk}"

    @property
    def waits(self) -> bool:
        return self.row.state == State.SUBMITTED


@dataclass(frozen=True)
class Corrections:
    """All hand-ins of one filing, and what one person may do about another scan of it."""

    hand_ins: tuple[Shown, ...]
    call: RescanCall | None  # who wants the paper scanned again
    may_ask: bool
    may_drop: bool

    @property
    def due(self) -> Shown | None:
        return next((each for each in self.hand_ins if each.row.state == State.DUE), None)

    @property
    def waiting(self) -> Shown | None:
        """The one that waits for the authority."""
        return next((each for each in self.hand_ins if each.waits), None)

    @property
    def shown_first(self) -> Shown | None:
        """By which the authority has the paper now: the one that waits for it, else the last that it took note of."""
        noted = (each for each in reversed(self.handed_in) if each.row.state == State.NOTED)
        return self.waiting or next(noted, None)

    @property
    def handed_in(self) -> list[Shown]:
        """Those that brought scans, the newest last."""
        return [each for each in self.hand_ins if each.scans]


def corrections(filing: Filing, user: User) -> Corrections:
    """Return what a page of a filing shows one person of corrected scans."""
    rows = filing.hand_ins.select_related("submitted_by", "decided_by", "previous").order_by("round")
    found = tuple(shown(filing, row) for row in rows)
    call = RescanCall.objects.open().filter(agreement=filing.agreement)
    call_now = call.select_related("authority", "asked_by", "agreement").first()
    may_drop = call_now is not None and can_drop_call(user, call_now) and not rescans.no_files_wait(call_now)
    return Corrections(found, call_now, _may_ask(filing, user), may_drop)


def seen_by(request: PersonRequest) -> int:
    """Return which hand-in waited when the page of deciding was opened, 0 for none."""
    return asked_key(request.POST.get("hand_in", "")) or 0


def shown(filing: Filing, row: HandIn) -> Shown:
    """Return a hand-in with the scans that it names."""
    of = {scan.sha256: scan for scan in filing.agreement.scans.filter(state=Scan.State.CERTIFIED)} if row.scans else {}
    scans = tuple(of[digest] for digest in row.scans if digest in of)
    had = _had_before(filing, row) if scans else set()
    anew = frozenset(scan.pk for scan in scans if scan.sha256 not in had)
    return Shown(row, scans, anew, row.state == State.DUE and _is_there(filing, row))


def _is_there(filing: Filing, row: HandIn) -> bool:
    """It is opened by new scans; or by a return, after which the paper has to be scanned again."""
    before = row.previous
    if before is None or before.state != State.RETURNED:
        return True
    return rescans.certified_since(filing.agreement, before.decided_at)


def _had_before(filing: Filing, row: HandIn) -> set[str]:
    """Return the digests of what the authority got before: with the copy, and with earlier hand-ins."""
    before = filing.hand_ins.filter(round__lt=row.round).values_list("scans", flat=True)
    had = {digest for scans in before for digest in scans}
    return had | {scan.sha256 for scan in certified_scans(filing)}


def _may_ask(filing: Filing, user: User) -> bool:
    if filing.state not in MAY_BE_RESCANNED:
        return False
    is_side = can_submit(user, filing)
    if not is_side and (not can_review(user, filing) or their_own(filing, user)):
        return False
    try:
        rescans.check_asking(filing, for_authority=not is_side)
    except WrongState:
        return False
    return True
