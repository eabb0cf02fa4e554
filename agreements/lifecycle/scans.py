"""What the scans of a signed paper show, and what stands in the way of deciding on them.

Asked while the paper is signed (`scanning`, `paper`) and when it is scanned anew after a return (`rescanning`).
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from agreements.lifecycle.pages import PagesShown, in_paper_order, leafed_through, shown_by
from agreements.lifecycle.pages import standing as still_standing
from agreements.lifecycle.pages import standing_sheets as still_standing_sheets
from agreements.models import Agreement, Scan, ScanPage
from agreements.models.scan_page import ScanPageQuerySet
from uploads.receiving import STILL_WAITING
from uploads.shown import waits
from verbs.errors import Unacceptable

SCAN = "agreement-scan"  # the purpose of such an upload
GONE = {Scan.State.REJECTED, Scan.State.TAKEN_BACK}  # the same file may come again, or says why not


def waiting(agreement: Agreement) -> list[Scan]:
    """Return the scans that wait for the second person, in the order of the paper's pages where they are known."""
    return in_paper_order(_with_sheets(agreement, Scan.State.UPLOADED))


def waiting_sheets(agreement: Agreement) -> list[ScanPage]:
    """Return every page of them, also what was sent back, as one leafs through the paper."""
    sheets = ScanPage.objects.filter(scan__agreement=agreement, scan__state=Scan.State.UPLOADED)
    return leafed_through(sheets.with_pictures())


def standing(agreement: Agreement) -> list[Scan]:
    """Return the certified scans that show the paper now."""
    return still_standing(_with_sheets(agreement, Scan.State.CERTIFIED))


def standing_sheets(agreement: Agreement) -> list[ScanPage]:
    """Return the certified pages that show the paper now."""
    return still_standing_sheets(_with_sheets(agreement, Scan.State.CERTIFIED))


def shown_of(agreement: Agreement) -> PagesShown:
    """Return what the waiting scans show of the copies, beside what was certified before."""
    return shown_by(agreement, waiting_sheets(agreement), standing_sheets(agreement))


def text_scanned(agreement: Agreement) -> str:
    """Return which text a file that is sent now is a scan of, as the part of its upload: the edition in digits."""
    return str(agreement.frozen.edition) if agreement.frozen else ""


def refuse_uploader(row: Agreement, by: User) -> None:
    if row.scans.filter(state=Scan.State.UPLOADED, uploaded_by=by).exists():
        raise Unacceptable("上传扫描件的人不能自己核验，请由另一位同事或对方经办人核验。")


def refuse_waiting(row: Agreement) -> None:
    """A file without a verdict may be the missing page, or the better one: nothing is decided before it is known."""
    if waits(SCAN, row.pk, text_scanned(row)):
        raise Unacceptable(STILL_WAITING)


def sheets_to_tick(row: Agreement) -> ScanPageQuerySet:
    """Return the pages that a second person has to have compared, each."""
    return ScanPage.objects.waiting().filter(scan__agreement=row)


def all_pages_are_there(row: Agreement) -> None:
    if words := shown_of(row).words:
        raise Unacceptable("".join(words))


def decide(
    row: Agreement,
    *,
    by: User,
    state: Scan.State,
    at: datetime | None = None,
    reason: str = "",
    which: frozenset[int] | None = None,
) -> None:
    """Note what the second person found of the waiting scans, or of those named, and when: by default now."""
    scans = row.scans.filter(state=Scan.State.UPLOADED)
    chosen = scans if which is None else scans.filter(pk__in=which)
    chosen.update(state=state, checked_by=by, checked_at=at or timezone.now(), reason=reason)


def _with_sheets(agreement: Agreement, state: Scan.State) -> list[Scan]:
    return list(agreement.scans.filter(state=state).prefetch_related("sheets__picture"))
