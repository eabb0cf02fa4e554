"""The sign of life of a worker at a job: written beside its work, so that a dead worker's job is soon another's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import Error, connection
from django.db.models import F, QuerySet
from django.utils import timezone

from jobs.kind import Kind, M

if TYPE_CHECKING:
    from jobs.models import Lease

logger = logging.getLogger(__name__)
BEAT = timedelta(seconds=5)


@contextmanager
def at_work(kind: Kind[M], row: M) -> Iterator[None]:
    """Say every few seconds, until the block ends, that its worker lives.

    From a thread with a connection of its own: the work may be one long transaction. The first sign was the claim, so
    what is done sooner needs neither. A process that is killed or stopped says nothing more.
    """
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(kind, row.pk, over), name=f"{kind.name} {row.pk}", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def begin(kind: Kind[M], pk: int) -> None:
    """Write the first sign of life of whoever has just claimed; how many have died at the job stays known."""
    leases = _leases()
    first = leases.model(kind=kind.name, key=pk)
    leases.bulk_create([first], update_conflicts=True, update_fields=["seen_at"], unique_fields=["kind", "key"])


def forget(kind: Kind[M], pk: int) -> None:
    """Drop what is known of the workers of a job that has ended."""
    _leases(kind, pk).delete()


def note_death(kind: Kind[M], pk: int) -> None:
    """Count one more worker that did not end its job."""
    if not _leases(kind, pk).update(deaths=F("deaths") + 1):
        leases = _leases()
        leases.bulk_create([leases.model(kind=kind.name, key=pk, deaths=1)], ignore_conflicts=True)


def deaths(kind: Kind[M], pk: int) -> int:
    """Return how many workers did not end this job."""
    return _leases(kind, pk).values_list("deaths", flat=True).first() or 0


def heard_of(kind: Kind[M], since: datetime) -> list[int]:
    """Return the keys of the jobs whose worker has given a sign of life since then."""
    return list(_leases().filter(kind=kind.name, seen_at__gte=since).values_list("key", flat=True))


def _leases(kind: Kind[M] | None = None, pk: int = 0) -> QuerySet[Lease]:
    """Return the rows, or that of one job. Found by name: this room is imported before there are models."""
    rows: QuerySet[Lease] = apps.get_model("jobs", "Lease")._default_manager.all()
    return rows.filter(kind=kind.name, key=pk) if kind else rows


def _beat(kind: Kind[M], pk: int, over: threading.Event) -> None:
    try:
        while not over.wait(BEAT.total_seconds()):
            try:
                _leases(kind, pk).update(seen_at=timezone.now())
            except Error:
                logger.warning("%s %s: PostgreSQL does not take the sign of life", kind.name, pk)
                connection.close()
    finally:
        connection.close()
