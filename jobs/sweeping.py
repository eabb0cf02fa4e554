"""Freeing what got stuck: free what dead workers held, give up hopeless jobs, ring again for what nobody took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jobs import alive
from jobs.bell import ring
from jobs.kind import ALL, Kind, M
from jobs.running import Lost, died


@dataclass(frozen=True)
class Swept:
    """The keys of the jobs that one sweep gave up, let wait again, and rang for. One bell for all tells no keys."""

    given_up: list[int]
    freed: list[int]
    rung: list[int]


def sweep(kind: Kind[M]) -> Swept:
    """Mend every job of a kind, and return what was done. Safe beside workers and other sweeps, and to run twice.

    Raises Away while the broker is away; what was freed waits for the next sweep.
    """
    return _mend(kind, also_late=True)


def rescue() -> dict[str, Swept]:
    """Take over what dead workers held, of every kind, and return what was done: the clock's often and cheap turn."""
    return {kind.name: _mend(kind, also_late=False) for kind in ALL.values()}


def _mend(kind: Kind[M], *, also_late: bool) -> Swept:
    now = timezone.now()
    given_up: list[int] = []
    freed: list[int] = []
    for row in _dead(kind, now):
        with suppress(Lost):
            (freed if died(kind, row, **kind.freed(now)) else given_up).append(row.pk)
    return Swept(given_up, freed, list(_ring_again(kind, freed, now, also_late=also_late)))


def _ring_again(kind: Kind[M], freed: list[int], now: datetime, *, also_late: bool) -> Iterator[int]:
    late = _waiting(kind, **{f"{kind.ordered}__lte": now - kind.ring_again_after}) if also_late else None
    if kind.has_one_bell:
        if freed or (late is not None and late.exists()):
            ring(kind)
        return
    keys = [] if late is None else late.order_by("pk").values_list("pk", flat=True)
    for pk in dict.fromkeys([*freed, *keys]):
        ring(kind, pk)
        yield pk


def _dead(kind: Kind[M], now: datetime) -> list[M]:
    """Return what is running and whose worker has given no sign of life for too long."""
    silent_since = now - kind.dead_after
    claimed = {f"{kind.claimed}__lt": silent_since}
    rows: QuerySet[M] = kind.model._default_manager.filter(state=kind.running, **claimed).order_by("pk")
    heard = set(alive.heard_of(kind, silent_since))
    return [row for row in rows if row.pk not in heard]


def _waiting(kind: Kind[M], **conditions: Any) -> QuerySet[M]:
    return kind.model._default_manager.filter(state=kind.waiting, **conditions)
