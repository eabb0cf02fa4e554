"""The kind of job that a file is while it waits for its verdict."""

from __future__ import annotations

import jobs
from audit.log import append
from audit.origin import as_ordered
from boundary.events import UploadRefused as RefusedEvent
from boundary.refused import UploadRefused
from uploads.models import Upload
from uploads.sockets import purpose_of
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Upload.State
TASK = "uploads.tasks.judge_next"
MOST_ATTEMPTS = 3  # times without a cell
DIED = "检查这个文件时后台连续中断了几次，文件没有收下。请重新扫描后上传；仍不成功时请联系平台管理员。"
FAULT = "这个文件没有检查完，是平台的原因。请再上传一次；仍不成功时请联系平台管理员。"


def _note_refused(upload: Upload, reason: str) -> None:
    event = RefusedEvent(reason=reason, name=upload.name, bytes=upload.size, sha256=upload.sha256)
    append(event, by=upload.uploaded_by, subject=purpose_of(upload).concerns(upload))


JUDGE = jobs.Kind(
    "upload",
    Upload,
    TASK,
    waiting=State.WAITING,
    running=State.OPENING,
    done=State.KEPT,
    failed=State.REFUSED,
    ordered="sent_at",
    claimed="claimed_at",
    ended="decided_at",
    attempts="attempts",
    failure="reason",
    related=("uploaded_by",),
    has_one_bell=True,  # whose turn it is, is known when a worker is free, not when the bell rings
    words="检查上传的文件",
    died=DIED,
    refusals=(UploadRefused, WrongState, NotAllowed, Unacceptable),
    fault=FAULT,
    on_failure=_note_refused,
    within=lambda upload: as_ordered(upload.origin),
)
