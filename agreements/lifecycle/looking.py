"""What the second person does with single pages of a scan: compare and tick them, or send them back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.pages import STRANGE, named, places_in_words
from agreements.lifecycle.scanning import begin_scanning
from agreements.lifecycle.scans import decide, refuse_uploader, refuse_waiting
from agreements.lifecycle.seen import LOOK_AGAIN
from agreements.models import Agreement, PageTick, Scan, ScanPage
from audit.log import append
from verbs.errors import Unacceptable

Finding = ScanPage.Finding


def tick_page(
    agreement: Agreement,
    *,
    by: User,
    page: int,
    seen: str,
    confirmed: bool = False,
    at: datetime | None = None,
) -> None:
    """Say that one scanned page carries what it should: the second person has compared it. Twice it is said once.

    `page` is the key of the `ScanPage`, `seen` its `place` as the person was shown it. `confirmed`: what they alone
    vouch for, where a page belongs that its uploader assigned by hand, and what stands on one that no machine could
    compare. `at` is when, by default now; only what brings in old records gives an earlier moment. Raises Unacceptable
    for a page that cannot stand, for one that was changed meanwhile, and to its uploader.
    """
    with transaction.atomic():
        row, sheet = _begin(agreement, page, by)
        if sheet.finding not in ScanPage.CAN_STAND:
            what, _ = STRANGE.get(Finding(sheet.finding), (sheet.get_finding_display(), ""))
            raise Unacceptable(f"这一页{what}，不能核对通过。请退回这一页或者整个文件。")
        if sheet.place != seen:
            raise Unacceptable(f"这一页标明的页码在您打开以后改过，{LOOK_AGAIN}")
        if sheet.is_by_hand and not confirmed:
            raise Unacceptable("这一页是什么，由上传的人标明。请看清纸面，先在下面打勾，确认标明的无误，再按一次。")
        _, is_new = PageTick.objects.get_or_create(page=sheet, by=by, defaults={"at": at or timezone.now()})
        if is_new:
            append(events.PageTicked(page=_called(sheet), by_hand=sheet.is_by_hand), by=by, subject=row)


def untick_page(agreement: Agreement, *, by: User, page: int) -> None:
    """Take back what one has said of a page, as long as nothing is certified."""
    with transaction.atomic():
        row, sheet = _begin(agreement, page, by)
        deleted, _ = PageTick.objects.filter(page=sheet, by=by).delete()
        if deleted:
            append(events.TickTakenBack(page=_called(sheet)), by=by, subject=row)


def send_back_pages(agreement: Agreement, *, by: User, pages: frozenset[int], reason: str) -> None:
    """Turn single pages down with a reason: they are to be scanned anew, the others stay.

    `pages` are keys of `ScanPage`. A file of which no page is left is turned down with them. Raises Unacceptable
    without a reason, for pages that do not wait any more, and to the uploader of any file that waits.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        refuse_uploader(row, by)
        refuse_waiting(row)
        if not reason.strip():
            raise Unacceptable("请写明退回原因，上传的一方才知道要重新扫描什么。")
        sheets = [_waiting(row, page) for page in sorted(pages)]
        if not sheets:
            raise Unacceptable("请选择要退回的页。")
        for sheet in sheets:
            sheet.sent_back_by, sheet.sent_back_at, sheet.sent_back_reason = by, timezone.now(), reason
            sheet.save(update_fields=["sent_back_by", "sent_back_at", "sent_back_reason"])
        which = places_in_words(sheets)
        append(events.PagesSentBack(pages=which, reason=reason), by=by, subject=row)
        empty = {sheet.scan_id for sheet in sheets} - set(_with_something_left(row))
        if empty:
            decide(row, by=by, state=Scan.State.REJECTED, reason=reason, which=frozenset(empty))
        announcements.pages_sent_back(row, by=by, pages=which, reason=reason)


def _begin(agreement: Agreement, page: int, by: User) -> tuple[Agreement, ScanPage]:
    row = begin_scanning(agreement, by=by)
    refuse_uploader(row, by)
    return row, _waiting(row, page)


def _waiting(row: Agreement, page: int) -> ScanPage:
    sheets = ScanPage.objects.waiting().filter(pk=page, scan__agreement=row)
    sheet = sheets.select_related("scan", "picture").first()
    if sheet is None:
        raise Unacceptable("这一页已经核验、退回或取回过，请刷新查看。")
    return sheet


def _with_something_left(row: Agreement) -> list[int]:
    """Return the files of which a page is left that is one, or may be found to be one."""
    left = ScanPage.objects.waiting().filter(scan__agreement=row).exclude(finding=Finding.NO_PAGE)
    return list(left.values_list("scan_id", flat=True))


def _called(sheet: ScanPage) -> str:
    return sheet.place_in_words if sheet.copy else f"{named([sheet])}（{sheet.place_in_words}）"
