"""The kind of job that a notice's e-mail is, and what becomes of one whose worker died."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, TextField, Value, When

import jobs
from notifications.models import Notice

State = Notice.State

DELIVER_TASK = "notifications.tasks.deliver_due"
MAX_ATTEMPTS = 12  # about a day and a half with the pauses between them
INTERRUPTED = "发送时中断，以同一邮件编号重新发送"
GIVEN_UP = "多次发送都被中断，已停止"


def _freed(now: datetime) -> Mapping[str, Any]:
    """Return what is written to a letter that is due again; of one that had been handed over, that it may be sent."""
    is_doubtful = When(handed_over_at__isnull=False, then=Value(INTERRUPTED))
    return {"next_attempt_at": now, "failure": Case(is_doubtful, default=F("failure"), output_field=TextField())}


LETTERS = jobs.Kind(
    "letter",
    Notice,
    DELIVER_TASK,
    waiting=State.QUEUED,
    running=State.SENDING,
    done=State.SENT,
    failed=State.FAILED,
    ordered="next_attempt_at",
    claimed="claimed_at",
    of_run=("handed_over_at",),
    attempts="attempts",
    related=("recipient",),
    has_one_bell=True,
    ring_again_after=timedelta(0),  # from the moment that it is due
    freed=_freed,
    words="发送邮件通知",
    is_awaited=False,
    is_tried_again_by_hand=True,
    died=GIVEN_UP,
)
