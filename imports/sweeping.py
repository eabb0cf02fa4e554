"""Mending what got stuck, and dropping what is no longer needed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from imports.models import ImportRow, InstitutionImport
from imports.runs import CHECK_TASK, WRITE_TASK, abandon, move, ring
from verbs.errors import WrongState

State = InstitutionImport.State
RING_AGAIN_AFTER = timedelta(minutes=1)  # the broker lost the message
TAKEN_FOR_DEAD_AFTER = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)  # the worker was killed
ROWS_KEPT = timedelta(days=90)
RUNNING = {State.CHECKING: (State.WAITING, CHECK_TASK), State.WRITING: (State.ORDERED, WRITE_TASK)}
UNFINISHED = frozenset({State.MAPPING, State.CHECKED, State.FAILED})


def sweep() -> int:
    """Ring again for imports that nobody took up or whose worker died. Return for how many."""
    now = timezone.now()
    rung = 0
    for running, (waiting, task) in RUNNING.items():
        dead = InstitutionImport.objects.filter(state=running, started_at__lt=now - TAKEN_FOR_DEAD_AFTER)
        freed = [pk for pk in dead.values_list("pk", flat=True) if move(pk, running, waiting, started_at=None)]
        late = InstitutionImport.objects.filter(state=waiting, state_since__lt=now - RING_AGAIN_AFTER)
        for pk in [*freed, *late.order_by("pk").values_list("pk", flat=True)]:
            ring(pk, task)
            rung += 1
    return rung


def drop_old_rows() -> int:
    """Drop the rows of imports that ended long ago, give up those that nobody ended; return how many lost their rows.

    The sheet itself, its digest and the counts stay.
    """
    before = timezone.now() - ROWS_KEPT
    old = InstitutionImport.objects.filter(state_since__lt=before, rows_dropped_at__isnull=True)
    for run in old.filter(state__in=UNFINISHED):
        _give_up(run)
    # Giving up was a moment ago, so those lose their rows next time round: nobody is surprised by both at once.
    ended = list(old.filter(state__in=[State.DONE, State.ABANDONED]).values_list("pk", flat=True))
    ImportRow.objects.filter(run__in=ended).delete()
    return InstitutionImport.objects.filter(pk__in=ended).update(rows_dropped_at=timezone.now())


def _give_up(run: InstitutionImport) -> None:
    try:
        abandon(run, by=None)
    except WrongState:
        return  # somebody goes on with it just now
