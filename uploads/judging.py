"""The verdict: a waiting file is opened in a cell, its pages are kept as pictures, and its app takes it over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

import jobs
from boundary.cell.door import Drawn, Kind, Verdict, draw
from boundary.cell.seen import OurPaper
from boundary.refused import NotNow
from boundary.storage import on_disk
from uploads.background import JUDGE, MOST_ATTEMPTS
from uploads.drawing import picture_paper, store
from uploads.models import Page, Upload
from uploads.sockets import purpose_of
from verbs.errors import NotAllowed

SMALL = 2 * 1024 * 1024  # bytes of a file beside which another of the same sender may be opened
LOOKED_THROUGH = 20  # waiting files that a worker tries to claim before it leaves them to others
NO_ACCOUNT = "上传人的账号已经停用，文件没有收下。"


def judge_next() -> None:
    """Judge the waiting file whose turn it is, if any, and ring for the next.

    Turns go round the senders: everybody's first file before anybody's second. Of one sender one large file is opened
    at a time, so that nobody holds all cells.
    """
    upload = _claimed()
    if upload is None:
        return
    try:
        jobs.carry_out(JUDGE, upload, judge_sent)
    finally:
        if _ready().exclude(pk=upload.pk).exists():  # one that was put back is for the sweep
            jobs.ring(JUDGE)
    if Upload.objects.filter(pk=upload.pk, state=Upload.State.KEPT).exists():
        picture_papers(upload)  # nobody waits any more: the sender has the verdict, the next file its bell


def judge_sent(upload: Upload) -> None:
    """Do the work of a claimed file, if its sender still has an account. Raises NotAllowed, and as `judge` does."""
    sender = upload.uploaded_by
    if sender is not None and not sender.may_sign_in:
        raise NotAllowed(NO_ACCOUNT)
    judge(upload)


def judge(upload: Upload, *, widths: tuple[int, int] = settings.PAGE_WIDTHS) -> None:
    """Open a claimed file and keep it. Raises UploadRefused, and what its purpose raises, with words for people."""
    with TemporaryDirectory(prefix="yiyang-upload-") as name:
        folder = Path(name)
        drawn_into = folder / "drawn"
        drawn_into.mkdir()
        papers = papers_of(upload, folder)
        try:
            given = on_disk(upload.file, folder)
            verdict, drawn = draw(given, Kind.SCAN, widths=widths, into=drawn_into, papers=papers)
        except NotNow:
            if upload.attempts >= MOST_ATTEMPTS:
                raise
            jobs.put_back(JUDGE, upload)  # a later bell, or the sweep's: cells may be had then
            return
        keep(upload, verdict, drawn)


def papers_of(upload: Upload, folder: Path) -> list[OurPaper]:
    """Return the papers of ours of which a file may be a scan, where a cell finds them: at most in `folder`."""
    papers = []
    for number, paper in enumerate(purpose_of(upload).papers(upload)):
        copied = folder / f"paper-{number}"
        copied.mkdir()
        papers.append(OurPaper(on_disk(paper.file, copied), paper.pages))
    return papers


def picture_papers(upload: Upload) -> None:
    """Keep a picture of each page of the papers of ours that a file shows, where none is kept yet; of all those that it
    may show when somebody has to say what a page of it is.

    What cannot be drawn now is drawn after the next file.
    """
    pages = [page.seen for page in upload.pages.all()]
    shown = {code for seen in pages for code in seen.get("codes", ())}
    any_may_be = not all("compared" in seen for seen in pages)
    for paper in purpose_of(upload).papers(upload):
        is_shown = any_may_be or any(page.code in shown for page in paper.pages)
        if is_shown and paper.picture is not None:
            picture_paper(paper.file, len(paper.pages), paper.picture)


def keep(upload: Upload, verdict: Verdict, drawn: Sequence[Drawn]) -> None:
    """Keep a claimed file as a cell judged and drew it, and hand it to its app. Raises what its purpose raises."""
    with _taken_back(upload, drawn), transaction.atomic():
        jobs.hold(JUDGE, upload)
        keep_pages(upload, verdict, drawn)
        jobs.keep(JUDGE, upload, content_type=verdict.content_type, page_count=verdict.page_count)
        # A row of its own: should the app refuse it, the claimed one must be as it was.
        kept = Upload.objects.select_related("uploaded_by").get(pk=upload.pk)
        purpose_of(kept).keep(kept)


def keep_pages(upload: Upload, verdict: Verdict, drawn: Sequence[Drawn]) -> None:
    """Store the pictures, over those that a worker left which died over it."""
    doubts = {each.page: each.words for each in verdict.doubts}
    pages = [
        Page(
            upload=upload,
            number=each.page,
            width=each.width,
            height=each.height,
            doubt=doubts.get(each.page, ""),
            seen=each.seen.kept,
        )
        for each in drawn
    ]
    for page, each in zip(pages, drawn, strict=True):
        store(page.large, each.large)
        store(page.small, each.small)
    Page.objects.bulk_create(pages)


def _ready() -> QuerySet[Upload]:
    """Return the waiting files that may be opened now, in their turn."""
    under_way = Upload.objects.filter(state=Upload.State.OPENING).values("sender")
    large = Upload.objects.filter(size__gt=SMALL)
    waiting = Upload.objects.filter(state=Upload.State.WAITING)
    return waiting.exclude(pk__in=large.filter(sender__in=under_way).values("pk")).order_by("turn", "sent_at", "pk")


def _claimed() -> Upload | None:
    for pk in _ready().values_list("pk", flat=True)[:LOOKED_THROUGH]:
        upload = jobs.claim(JUDGE, pk)
        if upload is not None:
            return upload
    return None


@contextmanager
def _taken_back(upload: Upload, drawn: Sequence[Drawn]) -> Iterator[None]:
    """Remove the stored pictures when nothing comes of the file, unless another worker has it now."""
    try:
        yield
    except jobs.Lost:
        raise
    except BaseException:
        for each in drawn:
            page = Page(upload=upload, number=each.page)
            default_storage.delete(page.large)
            default_storage.delete(page.small)
        raise
