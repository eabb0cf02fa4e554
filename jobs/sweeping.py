"""Freeing what got stuck: free what dead workers held, give up hopeless jobs, ring again for what nobody took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jobs.bell import ring
from jobs.kind import Kind, M
from jobs.running import Lost, fail, put_back


@dataclass(frozen=True)
class Swept:
    """The keys of the jobs that one sweep gave up, let wait again, and rang for. One bell for all tells no keys."""

    given_up: list[int]
    freed: list[int]
    rung: list[int]


def sweep(kind: Kind[M]) -> Swept:
    """Mend every job of a kind, and return what was done. Safe beside workers and other sweeps, and to run twice.

    Raises Kombu's OperationalError while the broker is away; what was freed waits for the next sweep.
    """
    now = timezone.now()
    dead = _dead(kind, now)
    hopeless = [row for row in [*dead, *_passed_by(kind)] if _is_hopeless(kind, row, now)]
    given_up = list(_give_up(kind, hopeless))
    freed = list(_free(kind, [row for row in dead if row not in hopeless], now))
    return Swept(given_up, freed, list(_ring_again(kind, freed, now)))


def _give_up(kind: Kind[M], rows: Iterable[M]) -> Iterator[int]:
    for row in rows:
        with suppress(Lost):
            fail(kind, row, kind.fault)
            yield row.pk


def _free(kind: Kind[M], rows: Iterable[M], now: datetime) -> Iterator[int]:
    for row in rows:
        with suppress(Lost):
            put_back(kind, row, **kind.freed(now))
            yield row.pk


def _ring_again(kind: Kind[M], freed: list[int], now: datetime) -> Iterator[int]:
    late = _waiting(kind, **{f"{kind.ordered}__lte": now - kind.ring_again_after})
    if kind.has_one_bell:
        if late.exists():
            ring(kind)
        return
    for pk in dict.fromkeys([*freed, *late.order_by("pk").values_list("pk", flat=True)]):
        ring(kind, pk)
        yield pk


def _dead(kind: Kind[M], now: datetime) -> list[M]:
    claimed = {f"{kind.claimed}__lt": now - kind.dead_after}
    rows: QuerySet[M] = kind.model._default_manager.filter(state=kind.running, **claimed).order_by("pk")
    return [row for row in rows if not kind.is_alive(row)]


def _passed_by(kind: Kind[M]) -> list[M]:
    """Return what waits and nobody takes, of a kind that is not to wait for ever."""
    if not kind.is_given_up_waiting:
        return []
    return [row for row in _waiting(kind) if not kind.is_alive(row)]


def _waiting(kind: Kind[M], **conditions: Any) -> QuerySet[M]:
    return kind.model._default_manager.filter(state=kind.waiting, **conditions)


def _is_hopeless(kind: Kind[M], row: M, now: datetime) -> bool:
    if kind.given_up_after and getattr(row, kind.ordered) < now - kind.given_up_after:
        return True
    return kind.most_attempts is not None and getattr(row, kind.attempts) >= kind.most_attempts
