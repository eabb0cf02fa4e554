"""Files sent as pages send them, and judged as the worker judges them, here and now."""

import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings

import jobs
from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Scan
from boundary.cell.door import Drawn, Kind, Verdict, draw
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


def attach_scan(agreement: Agreement, *, by: User, content: bytes, name: str) -> Scan:
    """Return the scan that became of a file. Raises UploadRefused with the verdict, and what sending raises."""
    upload = judged(lifecycle.send_scan(agreement, by=by, file=as_file(content, name)))
    return agreement.scans.exclude(state__in=["rejected", "taken_back"]).get(sha256=upload.sha256)


def attach_plain_scan(agreement: Agreement, *, by: User, content: bytes, name: str) -> None:
    """Attach bytes that stand before a thousand tests: a cell has judged and drawn them once for this process."""
    upload = lifecycle.send_scan(agreement, by=by, file=as_file(content, name))
    jobs.run(JUDGE, upload.pk, lambda row: keep(row, *_judged_and_drawn(content)))


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
