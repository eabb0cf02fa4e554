"""Ordering the copies of a text, making them in the worker, and mending what got stuck.

A rendition is a row before it is a file: queued → rendering → ready or failed. The row count is the lock.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from agreements import events
from agreements.documents.copies import copy_labels
from agreements.documents.press import copies_of, paper_of
from agreements.documents.stamping import StampedFile, StampedSet
from agreements.models import Agreement, Counterpart, Rendition
from agreements.models.states import GIVEN_UP
from agreements.permissions import can_act
from agreements.text.fonts import UnprintableCharacters
from agreements.text.paper import Paper
from audit.log import append
from verbs.errors import NotAllowed, WrongState

State = Rendition.State

RENDER_TASK = "agreements.tasks.render_rendition"
RING_AGAIN_AFTER = timedelta(minutes=1)  # the broker lost the message
TAKEN_FOR_DEAD_AFTER = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)  # the worker was killed
GIVEN_UP_AFTER = timedelta(minutes=30)  # whatever kills the worker would kill the next one too
FAULT = "生成文件时出错，请稍后重新生成；仍不成功时请联系管理员。"


class TextChanged(Exception):
    """The text is no longer the one that was ordered."""


def request(agreement: Agreement, *, by: User) -> Rendition:
    """Order the copies of the present text and return the order, or the one that already stands for this text.

    Raises NotAllowed to all but the clerks of both sides, WrongState for an agreement that has been given up, and
    ValueError while no template is chosen.
    """
    with transaction.atomic():
        row = Agreement.objects.select_for_update(of=["self"]).with_parties().get(pk=agreement.pk)
        if not can_act(by, row):
            raise NotAllowed("只有协议双方的经办人才能生成正本。")
        if row.state in GIVEN_UP:
            raise WrongState(f"这份协议{row.get_state_display()}，不能生成正本。")
        if row.template_version is None:
            raise ValueError(f"{row} has no template yet")
        wanted = {"agreement": row, "revision": row.revision, "frozen": row.frozen}
        standing = Rendition.objects.filter(**wanted).exclude(state=State.FAILED).first()
        if standing is not None:
            return standing
        rendition = Rendition.objects.create(**wanted, requested_by=by)
        append(events.CopiesRequested(revision=row.revision, is_final=row.is_frozen), by=by, subject=row)
        # Robust: when the broker is away the order stands all the same, and the sweep rings again.
        transaction.on_commit(lambda: ring(rendition.pk), robust=True)
    return rendition


def ring(rendition_id: int) -> None:
    """Tell the workers that a rendition waits. By name: the task imports this module."""
    current_app.send_task(RENDER_TASK, [rendition_id])


def render(rendition_id: int) -> None:
    """Make the files of a queued rendition. Returns quietly when it is gone, taken or done.

    A text that cannot be printed becomes a failed rendition with its reason; any other error does too, and is raised.
    """
    claim = {"state": State.RENDERING, "started_at": timezone.now()}
    if Rendition.objects.filter(pk=rendition_id, state=State.QUEUED).update(**claim) != 1:
        return
    rendition = Rendition.objects.get(pk=rendition_id)
    try:
        paper = _paper_ordered(rendition)
        _keep(rendition, paper, copies_of(paper))
    except (UnprintableCharacters, TextChanged) as refusal:
        _fail(rendition, str(refusal))
    except Exception:
        _fail(rendition, FAULT)
        raise


def sweep() -> int:
    """Ring again for orders that nobody took up or whose worker died; give up on hopeless ones. Return how many."""
    now = timezone.now()
    dead = Rendition.objects.filter(state=State.RENDERING, started_at__lt=now - TAKEN_FOR_DEAD_AFTER)
    for rendition in dead.filter(requested_at__lt=now - GIVEN_UP_AFTER):
        _fail(rendition, FAULT)
    dead.update(state=State.QUEUED, started_at=None)
    waiting = Rendition.objects.filter(state=State.QUEUED, requested_at__lt=now - RING_AGAIN_AFTER)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for rendition_id in ids:
        ring(rendition_id)
    return len(ids)


def _paper_ordered(rendition: Rendition) -> Paper:
    agreement = Agreement.objects.with_parties().with_text().get(pk=rendition.agreement_id)
    if (agreement.revision, agreement.frozen_id) != (rendition.revision, rendition.frozen_id):
        raise TextChanged("文本在生成前又有变动，请重新生成。")
    return paper_of(agreement)


def _keep(rendition: Rendition, paper: Paper, made: StampedSet) -> None:
    """Store the files, then write every row at once. A second worker that did the same work keeps nothing."""
    names = [_stored(_path(rendition, f"copy{n}"), file) for n, file in enumerate(made.copies, 1)]
    print_name = _stored(_path(rendition, "print"), made.print_file)
    with transaction.atomic():
        done = _finish(
            rendition,
            state=State.READY,
            text_digest=paper.digest,
            page_count=made.pages_each,
            print_file=print_name,
            print_sha256=made.print_file.sha256,
        )
        if not done:
            return
        Counterpart.objects.bulk_create(
            Counterpart(
                rendition=rendition,
                number=label.number,
                holder=label.holder,
                holder_label=label.label,
                holder_name=label.name,
                file=name,
                sha256=file.sha256,
                page_count=file.pages,
            )
            for label, name, file in zip(paper.copies, names, made.copies, strict=True)
        )
        event = events.CopiesRendered(revision=rendition.revision, digest=paper.digest, copies=len(names))
        append(event, by=None, subject=rendition.agreement)


def _fail(rendition: Rendition, reason: str) -> None:
    """End this worker's run without files; leave everything to the other worker if it is no longer this one's."""
    with transaction.atomic():
        if not _finish(rendition, state=State.FAILED, failure=reason):
            return
        append(events.CopiesFailed(reason=reason), by=None, subject=rendition.agreement)
    for label in copy_labels(rendition.agreement):
        default_storage.delete(_path(rendition, f"copy{label.number}"))
    default_storage.delete(_path(rendition, "print"))


def _finish(rendition: Rendition, **outcome: Any) -> bool:
    """End the run that this worker began; False when it is no longer this worker's."""
    mine = Rendition.objects.filter(pk=rendition.pk, state=State.RENDERING, started_at=rendition.started_at)
    return mine.update(finished_at=timezone.now(), **outcome) == 1


def _path(rendition: Rendition, part: str) -> str:
    """Return where a file of this rendition lies: not to be guessed, and the same when it is made again."""
    secret = salted_hmac("agreements.rendition", str(rendition.pk), algorithm="sha256").hexdigest()[:32]
    return f"agreements/{rendition.agreement_id}/{secret}/{part}.pdf"


def _stored(path: str, file: StampedFile) -> str:
    """Write one file, over what a run that died may have left, and return its name in the storage."""
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(file.content))
