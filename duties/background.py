"""Trying again, by the platform's administrator, what the workers gave up and nobody can order anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model

import jobs
from accounts.models import User
from audit.log import append
from duties import events
from duties.permissions import refuse_unless_platform_administrator


def tried_again_by_hand(name: str, pk: int) -> tuple[jobs.Kind[Any], Model] | None:
    """Return the kind and the row of a job that may be tried again by hand; None when there is none."""
    kind = jobs.ALL.get(name)
    if kind is None or not kind.is_tried_again_by_hand:
        return None
    row = kind.model._default_manager.filter(pk=pk).first()
    return None if row is None else (kind, row)


@transaction.atomic
def try_again(kind: jobs.Kind[Any], row: Model, *, by: User) -> bool:
    """Let a failed job wait once more; False when it has not failed. Raises NotAllowed to all but administrators."""
    refuse_unless_platform_administrator(by)
    if not jobs.try_again(kind, row.pk):
        return False
    append(events.JobTriedAgain(what=kind.words), by=by, subject=row)
    return True
