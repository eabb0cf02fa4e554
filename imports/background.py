"""The three kinds of job that an import is: it waits to be opened, to be checked, later to be written."""

from __future__ import annotations

from typing import Any

import jobs
from audit.log import append
from audit.origin import as_ordered
from boundary.refused import UploadRefused
from imports import announcements, events
from imports.models import InstitutionImport
from verbs.errors import NotAllowed

State = InstitutionImport.State

READ_TASK = "imports.tasks.read_import"
CHECK_TASK = "imports.tasks.check_import"
WRITE_TASK = "imports.tasks.write_import"
MOST_ATTEMPTS = 3  # times without a cell
NOT_READ = "打开表格时后台出错，是平台的原因，表格还在。请稍后重新打开；仍不成功时请联系平台管理员。"
DIED = "后台处理时连续中断了几次，已停止，没有写入任何内容。请稍后重新核对；仍不成功时请联系平台管理员。"
FAULT = "处理时出错，没有写入任何内容。请稍后重新核对；仍不成功时请联系管理员。"


class Stale(Exception):
    """The register is no longer as it was when the sheet was checked. The message is for people."""


def _tell_failure(run: InstitutionImport, reason: str) -> None:
    append(events.Failed(reason=reason), by=run.ordered_by, subject=run)
    announcements.failed(run, reason)


def _kind(
    name: str, words: str, task: str, waiting: State, running: State, done: State, **others: Any
) -> jobs.Kind[InstitutionImport]:
    """Return a kind whose only other moment than the claim is that of the last change of state."""
    return jobs.Kind(
        name,
        InstitutionImport,
        task,
        waiting=waiting,
        running=running,
        done=done,
        ordered="state_since",
        claimed="started_at",
        since="state_since",
        related=("authority__region", "uploaded_by", "confirmed_by", "ordered_by", "same_as"),
        refusals=(UploadRefused, Stale, NotAllowed),
        words=words,
        on_failure=_tell_failure,
        within=lambda run: as_ordered(run.origin),
        **{"failed": State.FAILED, "died": DIED, "fault": FAULT} | others,
    )


READ = _kind(
    "import_read",
    "打开上传的表格",
    READ_TASK,
    State.RECEIVED,
    State.OPENING,
    State.MAPPING,
    failed=State.UNREAD,
    attempts="attempts",
    died=NOT_READ,
    fault=NOT_READ,
)
CHECK = _kind("import_check", "核对导入的表格", CHECK_TASK, State.WAITING, State.CHECKING, State.CHECKED)
WRITE = _kind("import_write", "写入导入的机构", WRITE_TASK, State.ORDERED, State.WRITING, State.DONE)
