"""Files sent as pages send them, and judged as the worker judges them, here and now."""

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

import jobs
from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.pages import pages_expected
from agreements.models import Agreement, Scan, ScanPage
from boundary.cell.door import Drawn, Kind, Verdict, draw
from boundary.cell.seen import Code, Compared, Seen
from duties import requesting
from duties.models import AdministratorRequest
from duties.requesting import Applicant
from eligibility import answering
from eligibility.models import EligibilityCase, EligibilityEvidence
from institutions.models import Institution
from regions.checklist import ChecklistItem
from uploads.at_once import as_file, judged
from uploads.background import JUDGE
from uploads.judging import judge_next, keep
from uploads.models import Upload
from uploads.receiving import address

BY_EYE = "没有二维码，看页脚页码"


def attach_scan(agreement: Agreement, *, by: User, content: bytes, name: str) -> Scan:
    """Return the scan that became of a file. Raises UploadRefused with the verdict, and what sending raises.

    Of a file without codes that is as long as a copy its uploader says that it is the first copy from its first page
    on; of a shorter one nobody has said anything yet.
    """
    upload = judged(lifecycle.send_scan(agreement, by=by, file=as_file(content, name)))
    scan = agreement.scans.exclude(state__in=["rejected", "taken_back"]).get(sha256=upload.sha256)
    expected = pages_expected(agreement)
    if scan.page_count >= expected:
        place(agreement, by=by, pages={scan.pk: [*range(1, expected + 1), *[0] * (scan.page_count - expected)]})
    return scan


def place(agreement: Agreement, *, by: User, pages: Mapping[int, Sequence[int]], copy: int = 1) -> None:
    """Say of files that no machine could read which pages of a copy they show, 0 for none; by the key of the scan."""
    places: dict[int, tuple[int, int] | None] = {}
    for scan, numbers in pages.items():
        sheets = ScanPage.objects.filter(scan=scan).order_by("picture__number")
        told = zip(sheets, numbers, strict=True)
        places |= {sheet.pk: (copy, number) if number else None for sheet, number in told}
    lifecycle.place_pages(agreement, by=by, places=places, reason=BY_EYE)


def attach_plain_scan(agreement: Agreement, *, by: User, content: bytes, name: str) -> Scan:
    """Attach bytes that stand before a thousand tests: a cell has judged and drawn them once for this process.

    They are placed as those of `attach_scan`.
    """
    upload = lifecycle.send_scan(agreement, by=by, file=as_file(content, name))
    jobs.run(JUDGE, upload.pk, lambda row: keep(row, *_judged_and_drawn(content)))
    scan = agreement.scans.get(upload=upload)
    expected = pages_expected(agreement)
    place(agreement, by=by, pages={scan.pk: [*range(1, expected + 1), *[0] * (scan.page_count - expected)]})
    return scan


def attach_read(
    agreement: Agreement,
    *,
    by: User,
    content: bytes,
    seen: Sequence[Mapping[str, Any]],
    name: str,
    replaces: int | None = None,
) -> Scan:
    """Attach plain pages of which this was read (`uploads.models.Page.seen`), kept by the beats of the real job."""
    sent = as_file(content + b"%%%s" % secrets.token_hex(8).encode(), name)
    upload = lifecycle.send_scan(agreement, by=by, file=sent, replaces=replaces)
    jobs.run(JUDGE, upload.pk, lambda row: _keep_as_read(row, content, seen))
    return agreement.scans.get(upload=upload)


def _keep_as_read(upload: Upload, content: bytes, seen: Sequence[Mapping[str, Any]]) -> None:
    verdict, drawn = _judged_and_drawn(content)
    keep(upload, verdict, [replace(each, seen=_as_seen(read)) for each, read in zip(drawn, seen, strict=True)])


def _as_seen(read: Mapping[str, Any]) -> Seen:
    """Return what a cell would have said for this to be kept of a page."""
    corner = (0.0, 0.0)
    codes = tuple(Code(text, (corner, corner, corner, corner)) for text in read.get("codes", ()))
    said = {"ink": {}, "bent": False, **read.get("compared", {})}
    compared = Compared(is_bent=said.pop("bent"), **said) if "compared" in read else None
    return Seen(codes, read.get("turned", 0), compared, is_white=read.get("white", False))


@cache
def _judged_and_drawn(content: bytes) -> tuple[Verdict, list[Drawn]]:
    folder = Path(tempfile.mkdtemp(prefix="yiyang-drawn-", dir=settings.FILES))
    given, into = folder / "given", folder / "drawn"
    given.write_bytes(content)
    into.mkdir()
    return draw(given, Kind.SCAN, widths=settings.PAGE_WIDTHS, into=into)


def attach(case: EligibilityCase, item: ChecklistItem, *, content: bytes, name: str, by: User) -> EligibilityEvidence:
    upload = judged(answering.send(case, item, file=as_file(content, name), by=by))
    return EligibilityEvidence.objects.get(case=case, item=item.id, sha256=upload.sha256)


def requested(institution: Institution, applicant: Applicant, content: bytes, name: str) -> AdministratorRequest:
    number = requesting.send(institution, applicant, as_file(content, name), sender=address("192.0.2.1"))
    sent = Upload.objects.of(requesting.LICENCE, institution.pk, number).first()
    if sent is not None and sent.is_waiting:
        judged(sent)
    return AdministratorRequest.objects.get(number=number)


def judge_all() -> None:
    """Do what the worker does until nothing waits."""
    for _ in range(Upload.objects.waiting().count()):
        judge_next()
    assert not Upload.objects.waiting().exists()
