"""The preview of a page as it will print: ordered by whoever looks, made by the worker, cleared away by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

import jobs
from accounts.models import User
from agreements.documents.press import paper_of, preview_pdf
from agreements.documents.renditions import TextChanged
from agreements.models import Agreement, Preview
from agreements.text.paper import Paper
from boundary.printing import UnprintableCharacters

State = Preview.State

PREVIEW_TASK = "agreements.tasks.make_preview"
FOLDER = "previews"
KEPT = timedelta(days=1)  # then whoever looks orders it anew
DIED = "生成预览时后台连续中断了几次，已停止。请稍后重新生成；仍不成功时请联系平台管理员。"
FAULT = "生成预览时出错，请稍后重新生成；仍不成功时请联系管理员。"


def can_be_shown(agreement: Agreement) -> bool:
    """Whether there is a text to print yet: a partner and a template have been chosen."""
    return agreement.partner is not None and agreement.template_version is not None


def request(agreement: Agreement, *, by: User, again: bool = False) -> Preview:
    """Return the preview of the present text, ordering it where there is none; `again` does so after a failure too.

    Whoever may see the agreement may look. Raises ValueError while there is no text to print.
    """
    if not can_be_shown(agreement):
        raise ValueError(f"{agreement} has no text to print yet")
    shows = paper_of(agreement).print_digest
    found = _newest(agreement, shows, again=again)
    if found is not None:
        return found
    with transaction.atomic():
        # Two who look at once wait for each other here, and the second finds the order of the first.
        Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
        found = _newest(agreement, shows, again=again)
        return found or jobs.order(PREVIEWS, agreement=agreement, shows=shows, requested_by=by)


def ready(agreement: Agreement) -> Preview | None:
    """Return the finished preview of the present text; None where there is none."""
    if not can_be_shown(agreement):
        return None
    return agreement.previews.filter(state=State.READY, shows=paper_of(agreement).print_digest).first()


def make(preview_id: int) -> None:
    """Make the file of a queued preview. Returns quietly when it is gone, taken or done."""
    jobs.run(PREVIEWS, preview_id, _make)


def sweep() -> int:
    """Ring again for orders that nobody took up or whose worker died. Return how many."""
    return len(jobs.sweep(PREVIEWS).rung)


def drop_old() -> int:
    """Delete previews of yesterday, and files that no row knows. Return how many rows.

    The row first: a file without a row is found here later, a row without its file would be an error to who opens it.
    """
    before = timezone.now() - KEPT
    old = Preview.objects.filter(requested_at__lt=before).exclude(state__in=[State.QUEUED, State.RENDERING])
    dropped, _ = old.delete()
    if default_storage.exists(FOLDER):
        known = set(Preview.objects.exclude(file="").values_list("file", flat=True))
        for name in (f"{FOLDER}/{each}" for each in default_storage.listdir(FOLDER)[1]):
            # One that a worker has just stored has no row until that is committed.
            if name not in known and default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
    return dropped


def path_of(preview: Preview) -> str:
    """Return where a preview's file lies: nobody can guess it, and it is the same when it is made again."""
    moment = f"{preview.pk}-{preview.requested_at.timestamp():.6f}"
    secret = salted_hmac("agreements.preview", moment, algorithm="sha256").hexdigest()[:32]
    return f"{FOLDER}/{secret}.pdf"


def _newest(agreement: Agreement, shows: str, *, again: bool) -> Preview | None:
    rows = agreement.previews.filter(shows=shows)
    return (rows.exclude(state=State.FAILED) if again else rows).first()


def _make(preview: Preview) -> None:
    paper = _paper_ordered(preview)
    content = preview_pdf(paper)
    path = path_of(preview)
    with transaction.atomic():
        jobs.hold(PREVIEWS, preview)  # a worker that has lost its claim touches no file either
        default_storage.delete(path)
        jobs.keep(PREVIEWS, preview, file=default_storage.save(path, ContentFile(content)))


def _paper_ordered(preview: Preview) -> Paper:
    paper = paper_of(Agreement.objects.with_parties().with_text().get(pk=preview.agreement_id))
    if paper.print_digest != preview.shows:
        raise TextChanged("文本在生成前又有变动，请重新打开预览。")
    return paper


def _clear_away(preview: Preview, reason: str) -> None:
    default_storage.delete(path_of(preview))


PREVIEWS = jobs.Kind(
    "preview",
    Preview,
    PREVIEW_TASK,
    waiting=State.QUEUED,
    running=State.RENDERING,
    done=State.READY,
    failed=State.FAILED,
    ordered="requested_at",
    claimed="started_at",
    ended="finished_at",
    words="生成打印预览",
    refusals=(UnprintableCharacters, TextChanged),
    died=DIED,
    fault=FAULT,
    on_failure=_clear_away,
)
