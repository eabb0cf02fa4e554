"""Scans of the signed paper: sent, marked with the pages that they show, taken back, and turned down.

They belong to the signing of the paper; of one that was certified they are taken where it is to be scanned anew
(`rescanning`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.pages import copies_made, guessed, pages_expected
from agreements.lifecycle.rescanning import refuse_unwanted
from agreements.lifecycle.scans import (
    GONE,
    SCAN,
    copy_scanned,
    decide,
    refuse_uploader,
    refuse_waiting,
    shown_of,
    text_scanned,
)
from agreements.lifecycle.seen import refuse_unseen_scans, text_shown
from agreements.lifecycle.transitions import CERTIFY, LIFE
from agreements.models import Agreement, Scan
from agreements.models.scan import in_words
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.permissions import can_act
from audit.log import append
from boundary.refused import UploadRefused
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, Unacceptable, WrongState

VOIDED_TEXT = "这是已作废的文本：协议撤回修改过，原来的纸张和扫描件不能再用。请按现在的文本重新打印、签章、扫描。"


def send_scan(agreement: Agreement, *, by: User, file: File[Any], text_seen: str | None = None) -> Upload:
    """Take in a file as a scan of the signed paper; it is none before it was judged.

    `text_seen` is the digest of the text that stood when the page was opened, None where nobody looks. Raises what
    `attach_scan` would then raise, as far as that is known now, and UploadRefused at once for what need not be opened
    for it.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        if text_seen is not None and text_seen != text_shown(row):
            raise UploadRefused(VOIDED_TEXT)
    return receive(SCAN, row.pk, file, by=by, sender=account(by), part=text_scanned(row))


def attach_scan(agreement: Agreement, *, by: User, upload: Upload) -> Scan:
    """Take over a file that was judged as a scan of the signed paper. The same file twice is one scan.

    A file that is as long as a copy is taken for one from its first page on; of others somebody has to say which pages
    they are. Raises UploadRefused for a file that was turned down before, and for a scan of a text that is void by now.
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
            copy=copy_scanned(row),
            placed=guessed(upload.page_count, pages_expected(row)),
            uploaded_by=by,
        )
        event = events.ScanAttached(sha256=scan.sha256, pages=scan.page_count, name=scan.original_name)
        append(event, by=by, subject=row)
        _tell_the_second_person(row, by)
    return scan


def place_scans(agreement: Agreement, *, by: User, copy: int, pages: Mapping[int, Sequence[int]]) -> None:
    """Say of one's own waiting files which pages of which copy they show: `pages` by the key of the scan.

    For each page of the file the page of the copy, 0 for none. Raises Unacceptable for what that copy has not, and
    for a file that waits no more; NotAllowed for somebody else's file.
    """
    with transaction.atomic():
        row = begin_scanning(agreement, by=by)
        expected = pages_expected(row)
        if copy not in copies_made(row):
            raise Unacceptable(f"没有第 {copy} 份正本，请选择扫描的是哪一份。")
        for scan in [_own_waiting(row, key, by) for key in sorted(pages)]:
            placed = list(pages[scan.pk])
            _refuse_impossible(scan, placed, expected)
            if (scan.copy, scan.placed) == (copy, placed):
                continue
            scan.copy, scan.placed = copy, placed
            scan.save(update_fields=["copy", "placed"])
            event = events.ScanPlaced(name=scan.original_name, copy=copy, pages=in_words(p for p in placed if p))
            append(event, by=by, subject=row)
        _tell_the_second_person(row, by)


def take_back_scan(agreement: Agreement, *, by: User, scan: int) -> Scan:
    """Take one's own file back that nobody has decided. It stays as history, and the same may be sent again."""
    with transaction.atomic():
        row = Agreement.objects.select_for_update(no_key=True, of=("self",)).get(pk=agreement.pk)
        if not can_act(by, row):
            raise NotAllowed("扫描件由协议双方的经办人办理。")
        found = _own_waiting(row, scan, by)
        found.state = Scan.State.TAKEN_BACK
        found.save(update_fields=["state"])
        append(events.ScanTakenBack(name=found.original_name, sha256=found.sha256), by=by, subject=row)
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
    """Raise WrongState, in words of its own, while the only texts there were are void: no paper of them counts."""
    if not agreement.is_frozen and agreement.frozen_texts.exists():
        raise WrongState(VOIDED_TEXT)


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
        raise NotAllowed("文件由上传的人自己标明页码或取回。")
    return scan


def _refuse_impossible(scan: Scan, placed: Sequence[int], expected: int) -> None:
    if len(placed) != scan.page_count:
        raise Unacceptable(
            f"{scan.original_name}有 {scan.page_count} 页，标明了 {len(placed)} 页。空白或多出的页请写 0。"
        )
    if any(not 0 <= page <= expected for page in placed):
        raise Unacceptable(f"{scan.original_name}：一份正本只有 {expected} 页，请核对页码。")
    if not any(placed):
        raise Unacceptable(f"{scan.original_name}：没有一页是协议的，请取回这个文件。")
