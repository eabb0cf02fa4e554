"""Freeing what got stuck, and dropping what is no longer needed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

import jobs
from imports.background import CHECK, READ, WRITE
from imports.books import drop_rows
from imports.models import ImportRow, InstitutionImport
from imports.runs import give_up
from jobs import rounds
from verbs.errors import WrongState

State = InstitutionImport.State
ROWS_KEPT = timedelta(days=90)
UNFINISHED = frozenset({State.UNREAD, State.MAPPING, State.CHECKED, State.FAILED})
ENDED = frozenset({State.DONE, State.ABANDONED, State.REFUSED})


def sweep() -> int:
    """Ring again for imports that nobody took up or whose worker died. Return for how many."""
    return sum(len(jobs.sweep(kind).rung) for kind in (READ, CHECK, WRITE))


def drop_old_rows(*, within: rounds.Slice | None = None) -> int:
    """Drop the rows of imports that ended long ago, give up those that nobody ended; return how many lost their rows.

    The sheet itself, its digest and the counts stay. What a slice has no time for the next one finds.
    """
    part = within or rounds.Whole()
    before = timezone.now() - ROWS_KEPT
    old = InstitutionImport.objects.filter(state_since__lt=before, rows_dropped_at__isnull=True)
    for run in part.of(old.filter(state__in=UNFINISHED)):
        _give_up(run)
    # Giving up was a moment ago, so those lose their rows next time round: nobody is surprised by both at once.
    return sum(_drop(run) for run in part.of(old.filter(state__in=ENDED)))


def _drop(run: InstitutionImport) -> int:
    """Drop one import's rows, and note it last: whoever dies before leaves it to the next sweep."""
    ImportRow.objects.filter(run=run).delete()
    drop_rows(str(run.file.name), len(run.sheets))
    left = InstitutionImport.objects.filter(pk=run.pk, rows_dropped_at__isnull=True)
    return left.update(rows_dropped_at=timezone.now())


def _give_up(run: InstitutionImport) -> None:
    try:
        give_up(run)
    except WrongState:
        return  # somebody goes on with it just now
