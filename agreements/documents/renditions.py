"""Ordering the copies of a text, making them in the worker, and freeing what got stuck.

A rendition is a row before it is a file: queued → rendering → ready or failed, as every job (jobs).
"""

from __future__ import annotations

from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

import jobs
from accounts.models import User
from agreements import events
from agreements.documents.copies import copy_labels
from agreements.documents.places import rows_of
from agreements.documents.press import copies_of, paper_of
from agreements.documents.returned import picture_of
from agreements.documents.stamping import StampedFile, StampedSet
from agreements.models import Agreement, Counterpart, Rendition
from agreements.models.rendition import RenditionQuerySet
from agreements.models.states import DRAFTS, GIVEN_UP
from agreements.permissions import can_act, reads_for_a_party
from agreements.text.paper import Paper
from audit.log import append
from boundary.printing import UnprintableCharacters
from institutions.models import institutions_read_by
from uploads.drawing import picture_paper
from verbs.errors import NotAllowed, WrongState

State = Rendition.State

RENDER_TASK = "agreements.tasks.render_rendition"
DRAW_TASK = "agreements.tasks.draw_for_reading"
SIGNED_ON_COPIES = "双方打印、签章以后，才能登记签章日期、上传扫描件和核验。"
DIED = "生成文件时后台连续中断了几次，已停止。请稍后重新生成；仍不成功时请联系平台管理员。"
FAULT = "生成文件时出错，请稍后重新生成；仍不成功时请联系管理员。"


class TextChanged(Exception):
    """The text is no longer the one that was ordered."""


def request(agreement: Agreement, *, by: User) -> Rendition:
    """Order the copies of the present text and return the order, or the one that already stands for this text.

    Raises NotAllowed to all but the clerks of both sides, WrongState for an agreement that has been given up, and
    ValueError while no template is chosen.
    """
    with transaction.atomic():
        row = Agreement.objects.select_for_update(no_key=True, of=["self"]).with_parties().get(pk=agreement.pk)
        if not can_act(by, row):
            raise NotAllowed("只有协议双方的经办人才能生成正本。")
        if row.state in GIVEN_UP:
            raise WrongState(f"这份协议{row.get_state_display()}，不能生成正本。")
        if row.template_version is None:
            raise ValueError(f"{row} has no template yet")
        wanted = {"agreement": row, "revision": row.revision, "frozen": row.frozen}
        existing = Rendition.objects.filter(**wanted).exclude(state=State.FAILED).first()
        if existing is not None:
            return existing
        rendition = jobs.order(COPIES, **wanted, requested_by=by)
        append(events.CopiesRequested(revision=row.revision, is_final=row.is_frozen), by=by, subject=row)
    return rendition


def shown_to(user: User, agreement: Agreement) -> RenditionQuerySet:
    """Return the runs of the renderer whose files the person may have, of an agreement that they may see.

    A draft's are the drafting side's own paper: the other side has those of the text that was sent to them as it
    stands, and of every text that was frozen. Officials have those of the text that counts.
    """
    every = agreement.renditions.all()
    if institutions_read_by(user).filter(pk=agreement.drafted_by_id).exists():
        return every
    if not reads_for_a_party(user, agreement):
        return every.final()
    as_sent = Q(frozen=None, revision=agreement.revision) if agreement.state not in DRAFTS else Q(pk=None)
    return every.filter(Q(frozen__isnull=False) | as_sent)


def copies_are_not_ready(agreement: Agreement) -> str:
    """Return in words why nothing can be signed on the final copies yet; "" once they are made.

    What is printed, sealed, scanned and counted page by page are these copies and no others.
    """
    runs = agreement.renditions.final()
    if runs.filter(state=State.READY).exists():
        return ""
    latest = runs.first()
    if latest is None:
        return f"定稿的正本还没有生成。请先生成正本，{SIGNED_ON_COPIES}"
    if latest.state == State.FAILED:
        return f"定稿的正本没有生成成功。请先重新生成，{SIGNED_ON_COPIES}"
    return f"定稿的正本{latest.get_state_display()}，还没有好。等正本生成好，{SIGNED_ON_COPIES}"


def render(rendition_id: int) -> None:
    """Make the files of a queued rendition. Returns quietly when it is gone, taken or done.

    A text that cannot be printed becomes a failed rendition with its reason; any other error does too, and is raised.
    """
    jobs.run(COPIES, rendition_id, _make)
    draw_for_reading(rendition_id)


def draw_for_reading(rendition_id: int) -> None:
    """Keep pictures of the pages that a signatory reads on the screen. Returns quietly where nobody will."""
    final = Rendition.objects.filter(pk=rendition_id, state=State.READY, frozen__window__isnull=False).first()
    copy = final.counterparts.first() if final else None
    if copy is not None:
        picture_paper(copy.file, copy.page_count, partial(picture_of, copy))


def sweep() -> int:
    """Ring again for orders that nobody took up or whose worker died; give up on hopeless ones. Return how many."""
    return len(jobs.sweep(COPIES).rung)


def path_of(rendition: Rendition, part: str) -> str:
    """Return where a file of this rendition lies: nobody can guess it, and it is the same when it is made again."""
    secret = salted_hmac("agreements.rendition", str(rendition.pk), algorithm="sha256").hexdigest()[:32]
    return f"agreements/{rendition.agreement_id}/{secret}/{part}.pdf"


def _make(rendition: Rendition) -> None:
    paper = _paper_ordered(rendition)
    _keep(rendition, paper, copies_of(paper))


def _paper_ordered(rendition: Rendition) -> Paper:
    agreement = Agreement.objects.with_parties().with_text().get(pk=rendition.agreement_id)
    if (agreement.revision, agreement.frozen_id) != (rendition.revision, rendition.frozen_id):
        raise TextChanged("文本在生成前又有变动，请重新生成。")
    return paper_of(agreement)


def _keep(rendition: Rendition, paper: Paper, made: StampedSet) -> None:
    """Store the files, then write every row at once. A worker that has lost its claim touches no file either."""
    with transaction.atomic():
        jobs.hold(COPIES, rendition)
        names = [_stored(path_of(rendition, f"copy{n}"), file) for n, file in enumerate(made.copies, 1)]
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
        # Last: to what is made no copy is added.
        jobs.keep(
            COPIES,
            rendition,
            text_digest=paper.digest,
            page_count=made.pages_each,
            areas=rows_of(made.areas),
            print_file=_stored(path_of(rendition, "print"), made.print_file),
            print_sha256=made.print_file.sha256,
        )
        event = events.CopiesRendered(revision=rendition.revision, digest=paper.digest, copies=len(names))
        append(event, by=None, subject=rendition.agreement)


def _clear_away(rendition: Rendition, reason: str) -> None:
    """Log a failed run, and remove what it may have stored."""
    append(events.CopiesFailed(reason=reason), by=None, subject=rendition.agreement)
    for label in copy_labels(rendition.agreement):
        default_storage.delete(path_of(rendition, f"copy{label.number}"))
    default_storage.delete(path_of(rendition, "print"))


def _stored(path: str, file: StampedFile) -> str:
    """Write one file, over what a run that died may have left, and return its name in the storage."""
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(file.content))


COPIES = jobs.Kind(
    "rendition",
    Rendition,
    RENDER_TASK,
    waiting=State.QUEUED,
    running=State.RENDERING,
    done=State.READY,
    failed=State.FAILED,
    ordered="requested_at",
    claimed="started_at",
    ended="finished_at",
    words="生成协议正本",
    refusals=(UnprintableCharacters, TextChanged),
    died=DIED,
    fault=FAULT,
    on_failure=_clear_away,
)
