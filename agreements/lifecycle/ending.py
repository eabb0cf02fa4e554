"""The end of an agreement: by its own term, or before it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements
from agreements.errors import Unacceptable
from agreements.lifecycle.transitions import EXPIRE, TERMINATE, locked, moved
from agreements.models import Agreement


def terminate(agreement: Agreement, *, by: User, on: date, reason: str) -> Agreement:
    """End an agreement before its term; `on` is its last day in force. Raises Unacceptable outside the term."""
    with transaction.atomic():
        row = locked(agreement, TERMINATE)
        if row.starts_on is None or row.expires_on is None or not row.starts_on <= on <= row.expires_on:
            raise Unacceptable(f"终止日期应在协议期限之内（{row.starts_on} 至 {row.expires_on}）。")
        row = moved(
            row, TERMINATE, by=by, writes={"ended_on": on, "end_reason": reason}, on=on.isoformat(), reason=reason
        )
        announcements.terminated(row, by=by)
    return row


def expire_due(*, on: date | None = None) -> int:
    """Mark everything expired whose last day has passed, missed days included; return how many.

    The figures of any day rest on the dates, not on this mark: see `Agreement.objects.in_force`.
    """
    today = on or timezone.localdate()
    past = Agreement.objects.filter(state=Agreement.State.IN_FORCE, expires_on__lt=today)
    count = 0
    for pk in past.values_list("pk", flat=True).iterator():
        with transaction.atomic():
            row = (
                Agreement.objects.select_for_update(skip_locked=True)
                .filter(pk=pk, state=Agreement.State.IN_FORCE)
                .first()
            )
            if row is not None:
                moved(row, EXPIRE, by=None)
                count += 1
    return count
