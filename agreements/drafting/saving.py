"""Saving one step of the wizard on the draft row."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from agreements import events
from agreements.lifecycle.approved import lapse_if_changed
from agreements.lifecycle.errors import StaleDraft
from agreements.models import Agreement
from agreements.permissions import can_edit_draft
from audit.log import append
from verbs.errors import NotAllowed, WrongState


def save_step(agreement: Agreement, *, by: User, step: str, revision: int, changes: Mapping[str, Any]) -> Agreement:
    """Write `changes` (model fields) if the draft is still at `revision`; return the fresh row.

    The row count is the lock: of two pages opened at the same revision only the first to save wins. The
    other gets StaleDraft. WrongState means that the agreement is no draft any more. Raises NotAllowed to all but the
    clerks of the drafting side.
    """
    with transaction.atomic():
        fresh = Agreement.objects.get(pk=agreement.pk)
        if not can_edit_draft(by, fresh):
            raise NotAllowed("只有起草一方的经办人才能修改草稿。")
        if all(getattr(fresh, name) == value for name, value in changes.items()):
            return fresh
        saved = Agreement.objects.filter(pk=agreement.pk, state=Agreement.State.DRAFT, revision=revision).update(
            revision=F("revision") + 1, updated_at=timezone.now(), **changes
        )
        if saved != 1:
            raise _refusal(fresh)
        row = Agreement.objects.with_parties().get(pk=agreement.pk)
        lapse_if_changed(row, by=by)
        append(events.StepSaved(step=step, revision=revision + 1), by=by, subject=agreement)
    return row


def _refusal(fresh: Agreement) -> Exception:
    if fresh.state != Agreement.State.DRAFT:
        return WrongState(f"这份协议现在是“{fresh.state_words}”，不能再修改。您刚才填写的内容没有保存。")
    return StaleDraft("这份草稿刚刚在另一个窗口或另一台电脑上保存过。")
