"""How far signing on paper has come: what is done, what is missing, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils import timezone

from accounts.models import User
from agreements.documents.renditions import copies_are_not_ready
from agreements.lifecycle.overlap import in_the_way, in_words
from agreements.lifecycle.pages import PagesShown, in_paper_order
from agreements.lifecycle.paper import SIGNED_ON
from agreements.lifecycle.rescanning import rescan_wanted
from agreements.lifecycle.scans import SCAN, shown_of, text_scanned
from agreements.lifecycle.ways import side_on_paper
from agreements.models import Agreement, Rendition, Scan
from agreements.models.states import BEING_SIGNED
from agreements.permissions import reads_for_a_party
from institutions.models import Role
from uploads.receiving import STILL_WAITING
from uploads.shown import waits

# Who wanted them may have got them: what was certified since the return waits to be handed in.
NOTHING_ANEW = "现在没有等待核验的新扫描件。要换页的，请在下面上传；已经换好、核验过的，请到备案页面重新报送或者补报。"


@dataclass(frozen=True)
class SignedSide:
    """One side and the day on which it signed or sealed; None while that is not entered."""

    role: Role
    name: str
    on: date | None


@dataclass(frozen=True)
class Progress:
    sides: list[SignedSide]
    scans: list[Scan]
    shown: PagesShown  # by the waiting scans, beside what was certified before
    not_ready: str  # why nothing can be signed on the final copies yet; "" once they are made
    is_checking: bool = False  # whether a file that was sent as a scan has no verdict yet
    on_paper: str = ""  # the one side that signs on paper; "" where both do the same
    rescan_wanted: str = ""  # who wants the paper scanned again that was certified; "" for nobody

    @property
    def waiting(self) -> list[Scan]:
        """The scans that a second person is to look at."""
        return [scan for scan in self.scans if scan.state == Scan.State.UPLOADED]

    @property
    def listed(self) -> list[Scan]:
        """The scans that somebody has to do with, or that stand."""
        return [scan for scan in self.scans if scan.state != Scan.State.TAKEN_BACK]

    @property
    def taken_back(self) -> list[Scan]:
        """Those that their senders took back: of history alone."""
        return [scan for scan in self.scans if scan.state == Scan.State.TAKEN_BACK]

    @property
    def missing(self) -> list[str]:
        """What still stands between the paper and the certifying, in the order of the steps."""
        words = [self.not_ready] if self.not_ready else []
        words += [f"{side.name}还没有登记签章日期。" for side in self.sides if side.on is None]
        if self.is_checking:
            words.append(STILL_WAITING)
        elif not self.waiting:
            words.append(NOTHING_ANEW if self.rescan_wanted else f"还没有上传{self.on_paper or '双方'}签章后的扫描件。")
        else:
            words += self.shown.words
        return words

    @property
    def is_printed(self) -> bool:
        """Whether the copies were printed, for what was signed: a side that signs on screen needs no paper."""
        return any(side.on is not None for side in self.sides if self.on_paper in {"", side.name})

    @property
    def is_scanned(self) -> bool:
        """Whether nobody need upload anything now: a file is being checked, or every page waits to be certified."""
        return self.is_checking or bool(self.waiting and not self.shown.words)

    def may_certify(self, user: User) -> bool:
        """Whether nothing is missing and the person uploaded none of it. The verb has the last word."""
        return not self.missing and all(scan.uploaded_by_id != user.pk for scan in self.waiting)


@dataclass(frozen=True)
class AwaitedCopies:
    """The final copies while they are not made: the newest run, None before any, and why nothing goes on without."""

    run: Rendition | None
    words: str

    @property
    def is_coming(self) -> bool:
        """Whether the worker has them in hand, so that the page asks again by itself."""
        return self.run is not None and self.run.state in {Rendition.State.QUEUED, Rendition.State.RENDERING}


def awaited_copies(agreement: Agreement, words: str) -> AwaitedCopies | None:
    """Return what is awaited of the final copies, None when `words` say that nothing is in the way."""
    if not words or agreement.state not in BEING_SIGNED:
        return None
    return AwaitedCopies(agreement.renditions.final().first(), words)


def progress_of(agreement: Agreement, *, for_user: User) -> Progress:
    """Return how far it has come, with the scans that the person may see."""
    is_checking = waits(SCAN, agreement.pk, text_scanned(agreement))
    sides = [
        SignedSide(role, agreement.party_name(role), getattr(agreement, field)) for role, field in SIGNED_ON.items()
    ]
    scans = scans_shown(agreement, for_user=for_user).select_related("uploaded_by", "checked_by", "upload")
    scans = scans.prefetch_related("upload__pages", "sheets__picture")
    return Progress(
        sides,
        in_paper_order(scans),
        shown_of(agreement),
        copies_are_not_ready(agreement),
        is_checking=is_checking,
        on_paper=side_on_paper(agreement),
        rescan_wanted=rescan_wanted(agreement),
    )


def scans_shown(agreement: Agreement, *, for_user: User) -> models.QuerySet[Scan]:
    """Return both sides' scans to both sides; an official sees only what was certified, no mistaken upload."""
    scans = agreement.scans.all()
    return scans if reads_for_a_party(for_user, agreement) else scans.filter(state=Scan.State.CERTIFIED)


@dataclass(frozen=True)
class InTheWay:
    """Another agreement of the two that keeps this one from entering force, in words with the way out."""

    other: Agreement
    words: str


def what_is_in_the_way(agreement: Agreement) -> InTheWay | None:
    """Return what would refuse the certifying if whoever has not signed yet signed today; None once that is done."""
    if agreement.state not in BEING_SIGNED:
        return None
    today = timezone.localdate()
    other = in_the_way(agreement, on=today)
    if other is None:
        return None
    if agreement.both_signed:
        cure = f"双方都不再办理这一份的，请办理合意解除；要用这一份的，请先终止 {other}。"
    else:
        cure = f"这一份可以撤回；要用这一份的，请先终止 {other}。"
    return InTheWay(other, in_words(other) + cure)
