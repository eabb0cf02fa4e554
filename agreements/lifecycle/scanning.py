"""Scans of the signed paper: sent, read, marked by hand with the pages that they show, taken back, and turned down.

They belong to the signing of the paper; of one that was certified they are taken where it is to be scanned anew
(`rescanning`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.files import File
from django.db import transaction

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.finding import Finding, Found, found_on, place_by_code
from agreements.lifecycle.pages import Place, copies_made, named, pages_expected
from agreements.lifecycle.rescanning import refuse_unwanted
from agreements.lifecycle.scans import (
    GONE,
    SCAN,
    decide,
    refuse_uploader,
    refuse_waiting,
    shown_of,
    text_scanned,
)
from agreements.lifecycle.seen import refuse_unseen_scans, text_shown
from agreements.lifecycle.transitions import CERTIFY, LIFE
from agreements.models import Agreement, PageTick, Scan, ScanPage
from agreements.models.scan import in_words
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.permissions import can_act
from audit.log import append
from boundary.refused import UploadRefused
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, Unacceptable, WrongState

BLANK = "空白的背面：系统看到几乎全白，没有二维码。"
REPLACES = "replaces"  # of an upload: the key of the scan whose place it takes
VOIDED_TEXT = "这是已作废的文本：协议撤回修改过，原来的纸张和扫描件不能再用。请按现在的文本重新打印、签章、扫描。"


def send_scan(
    agreement: Agreement, *, by: User, file: File[Any], text_seen: str | None = None, replaces: int | None = None
) -> Upload:
    """Take in a file as a scan of the signed paper; it is none before it was judged.

    `replaces` is the key of a waiting file of the same person whose place it takes once it is kept. `text_seen` is the
    digest of the text that stood when the page was opened, None where nobody looks. Raises what `attach_scan` would
    then raise, as far as that is known now, and UploadRefused at once for what need not be opened for it.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        if text_seen is not None and text_seen != text_shown(row):
            raise UploadRefused(VOIDED_TEXT)
        if replaces is not None:
            _own_waiting(row, replaces, by)
    facts = {} if replaces is None else {REPLACES: replaces}
    return receive(SCAN, row.pk, file, by=by, sender=account(by), part=text_scanned(row), facts=facts)


def attach_scan(agreement: Agreement, *, by: User, upload: Upload) -> Scan:
    """Take over a file that was judged as a scan of the signed paper. The same file twice is one scan.

    Each page is what was read of it; of those that nobody could read somebody has to say which they are. Raises
    UploadRefused for a file that was turned down before, and for a scan of a text that is void by now.
    """
    with transaction.atomic():
        _refuse_voided(agreement, upload)  # of a draft, too, in these words
        row = begin_scanning(agreement, by=by)
        _refuse_voided(row, upload)
        same = row.scans.filter(sha256=upload.sha256)
        existing = same.exclude(state__in=GONE).first()
        if existing is not None and existing.state == Scan.State.UPLOADED:
            return existing
        if existing is not None:
            raise UploadRefused("这份文件就是原来核验过的扫描件，请重新扫描后上传新的文件。")
        if same.filter(state=Scan.State.REJECTED).exists():
            raise UploadRefused("这份文件核验时没有通过，请重新扫描后上传新的文件。")
        scan = row.scans.create(
            upload=upload,
            file=upload.file.name,
            original_name=upload.name,
            content_type=upload.content_type,
            sha256=upload.sha256,
            page_count=upload.page_count,
            uploaded_by=by,
        )
        ScanPage.objects.bulk_create(
            ScanPage(scan=scan, picture=picture, **found_on(row, picture.seen).facts) for picture in upload.pages.all()
        )
        _give_way(row, upload, by)
        event = events.ScanAttached(sha256=scan.sha256, pages=scan.page_count, name=scan.original_name)
        append(event, by=by, subject=row)
        _tell_the_second_person(row, by)
    return scan


def place_pages(agreement: Agreement, *, by: User, places: Mapping[int, Place | None], reason: str) -> None:
    """Say of pages of one's own waiting files that no machine could read which pages of which copies they show.

    `places` by the key of the page: copy and page, None for what is no page of the copies, such as an empty back; that
    may be said, too, of a page that is there twice. Raises Unacceptable for what the copies have not, without a reason,
    and for a page that is known, or says by its code, to be something else; NotAllowed for somebody else's file.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        if not reason.strip():
            raise Unacceptable("请写明理由：为什么读不出，怎样认出是这一页的。")
        if not places:
            raise Unacceptable("请至少选择一页。")
        copies, expected = {copy.number for copy in copies_made(row)}, pages_expected(row)
        changed: list[ScanPage] = []
        for sheet in [_own_waiting_sheet(row, key, by) for key in sorted(places)]:
            place = places[sheet.pk]
            if place is not None and not (place[0] in copies and 1 <= place[1] <= expected):
                raise Unacceptable(f"{named([sheet])}：没有第 {place[0]} 份正本第 {place[1]} 页，请重新选择。")
            if _placed(row, sheet, place, reason):
                changed.append(sheet)
        for _, sheets in groupby(changed, key=lambda sheet: sheet.scan_id):
            of_file = list(sheets)
            event = events.ScanPlaced(name=named(of_file), pages=_placing_in_words(of_file), reason=reason)
            append(event, by=by, subject=row)
        if changed:
            _tell_the_second_person(row, by)


def set_blanks_aside(agreement: Agreement, *, by: User, pages: Collection[int]) -> int:
    """Say of several empty backs at once, by their keys, that they are no pages of the copies; return how many.

    Raises what `place_pages` raises, and Unacceptable where something stands on one, or somebody has said what it is.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        sheets = [_own_waiting_sheet(row, key, by) for key in sorted(pages)]
        if others := [sheet for sheet in sheets if not sheet.is_blank]:
            raise Unacceptable(f"{named(others)}不是空白页，或者已经标明过。请刷新，逐页核对。")
        place_pages(row, by=by, places=dict.fromkeys(pages), reason=BLANK)
    return len(pages)


def take_back_scan(agreement: Agreement, *, by: User, scan: int) -> Scan:
    """Take one's own file back that nobody has decided. It stays as history, and the same may be sent again."""
    with transaction.atomic():
        row = Agreement.objects.select_for_update(no_key=True, of=("self",)).get(pk=agreement.pk)
        if not can_act(by, row):
            raise NotAllowed("扫描件由协议双方的经办人办理。")
        found = _own_waiting(row, scan, by)
        _taken_back(row, found, by)
    return found


def reject_scan(
    agreement: Agreement,
    *,
    by: User,
    reason: str,
    seen: frozenset[int],
    bad: frozenset[int] | None = None,
    at: datetime | None = None,
) -> Agreement:
    """Turn uploaded scans down with a reason; new ones are awaited, the good ones stay.

    `seen`: the keys of those that were looked at; `bad`: those of them that will not do, None for all. `at` is when
    they were looked at, by default now; only what brings in old records gives an earlier moment. Raises Unacceptable
    when these are no longer those that wait, when none is named, or to their uploader.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        refuse_uploader(row, by)
        refuse_waiting(row)
        refuse_unseen_scans(row, seen)
        chosen = seen if bad is None else bad & seen
        if not chosen:
            raise Unacceptable("请勾选有问题的文件，没有勾选的继续有效。")
        names = "、".join(row.scans.filter(pk__in=chosen).values_list("original_name", flat=True))
        decide(row, by=by, at=at, state=Scan.State.REJECTED, reason=reason, which=chosen)
        append(events.ScanRejected(reason=reason, name=names), by=by, subject=row)
        announcements.scan_rejected(row, by=by, reason=f"{names}：{reason}")
    return row


def begin_scanning(agreement: Agreement, *, by: User) -> Agreement:
    """Lock the row for an act on its scans and return it fresh. Raises WrongState and NotAllowed."""
    locked = Agreement.objects.select_for_update(no_key=True, of=("self",)).only("state").get(pk=agreement.pk)
    if locked.state not in HAS_BEEN_IN_FORCE:
        return LIFE.begin(agreement, CERTIFY, by=by)
    row = Agreement.objects.get(pk=agreement.pk)
    refuse_unwanted(row, by)
    return row


def refuse_to_scan_voided(agreement: Agreement) -> None:
    """Raise WrongState, in words of its own, while the only texts there were are void: what was signed is, too."""
    last = None if agreement.is_frozen else agreement.frozen_texts.defer("body").order_by("edition").last()
    if last is not None:
        raise WrongState(f"这是已作废的文本，{last.void_in_words}请等文本重新定稿，再签章。")


def _tell_the_second_person(row: Agreement, by: User) -> None:
    """Say that every page waits to be looked at; of what is being signed, once both sides' days are there too."""
    if shown_of(row).words:
        return
    if row.state in HAS_BEEN_IN_FORCE:
        announcements.rescanned(row, by=by)
    elif row.both_signed:
        announcements.scanned(row, by=by)


def _refuse_voided(row: Agreement, upload: Upload) -> None:
    """Refuse a scan of a voided text: sent before it was given up, or the very file that was a scan of it."""
    voided = row.frozen_texts.filter(voided_at__isnull=False, edition=int(upload.part or 0)).exists()
    if voided or row.scans.filter(sha256=upload.sha256, state=Scan.State.VOIDED).exists():
        raise UploadRefused(VOIDED_TEXT)


def _own_waiting(row: Agreement, key: int, by: User) -> Scan:
    scan = row.scans.filter(pk=key).first()
    if scan is None or scan.state != Scan.State.UPLOADED:
        raise Unacceptable("这个文件已经核验、退回或取回过，请刷新查看。")
    if scan.uploaded_by_id != by.pk:
        raise NotAllowed("文件由上传的人自己标明页码、更换或取回。")
    return scan


def _own_waiting_sheet(row: Agreement, key: int, by: User) -> ScanPage:
    sheet = ScanPage.objects.filter(pk=key, scan__agreement=row).select_related("scan", "picture").first()
    if sheet is None or sheet.sent_back_at is not None:
        raise Unacceptable("这一页已经退回或取回过，请刷新查看。")
    _own_waiting(row, sheet.scan_id, by)
    return sheet


def _placed(row: Agreement, sheet: ScanPage, place: Place | None, reason: str) -> bool:
    """Write what a page is by hand, as far as that may be said of it, and return whether it is anything new.

    What was ticked of it was ticked of another page.
    """
    read = found_on(row, sheet.picture.seen)
    if read.finding not in {Finding.FOUND, Finding.UNREADABLE}:
        raise Unacceptable(f"{named([sheet])}：{read.finding.label}，不能由人标明。请取回或者更换这个文件。")
    coded = place_by_code(row, sheet.picture.seen)
    if coded is not None and place not in {None, coded}:
        raise Unacceptable(
            f"{named([sheet])}上的二维码是第 {coded[0]} 份正本第 {coded[1]} 页，不能标明为别的页。"
            "确实是别的页的，请重新扫描，或者更换这个文件。"
        )
    is_read = read.finding is Finding.FOUND and place is not None
    by_hand = Found(Finding.NO_PAGE) if place is None else Found(Finding.FOUND, *place)
    said = read if is_read else by_hand
    if (sheet.finding, sheet.copy, sheet.page) == (said.finding, said.copy, said.page):
        return False
    facts = {**said.facts, "is_by_hand": not is_read, "hand_reason": "" if is_read else reason}
    for name, value in facts.items():
        setattr(sheet, name, value)
    PageTick.objects.filter(page=sheet).delete()
    sheet.save(update_fields=[*facts])
    return True


def _placing_in_words(sheets: Sequence[ScanPage]) -> str:
    """Say which pages these are, in their order in the file."""
    runs = groupby(sheets, key=lambda sheet: sheet.copy)
    return "、".join(
        f"第 {copy} 份正本第 {in_words(sheet.page or 0 for sheet in run)} 页" if copy else "不是正本的页"
        for copy, run in runs
    )


def _give_way(row: Agreement, upload: Upload, by: User) -> None:
    """Take back the file whose place a new one takes, if it still waits."""
    replaced = upload.facts.get(REPLACES, 0)
    old = row.scans.filter(pk=replaced, uploaded_by=by, state=Scan.State.UPLOADED).first()
    if old is not None:
        _taken_back(row, old, by)


def _taken_back(row: Agreement, scan: Scan, by: User) -> None:
    scan.state = Scan.State.TAKEN_BACK
    scan.save(update_fields=["state"])
    append(events.ScanTakenBack(name=scan.original_name, sha256=scan.sha256), by=by, subject=row)
