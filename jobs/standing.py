"""How the jobs of each kind stand, for whoever keeps the platform going: how many, since when, what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from jobs.kind import ALL, Kind

LATELY = timedelta(days=30)
MOST_SHOWN = 20


@dataclass(frozen=True)
class Failed:
    """A job that ended without a result. What it was about is no matter of the platform's."""

    key: int
    at: datetime
    is_given_up: bool  # the workers died at it; else it was refused, which whoever ordered it mends


@dataclass(frozen=True)
class Standing:
    kind: Kind[Any]
    waiting: int
    waits_since: datetime | None
    running: int
    failed: list[Failed]


def standings() -> Iterator[Standing]:
    """Yield how each kind of job stands, with what failed lately, newest first."""
    for kind in ALL.values():
        rows = kind.model._default_manager.all()
        waiting = rows.filter(state=kind.waiting)
        since = waiting.aggregate(first=Min(kind.ordered))["first"]
        running = rows.filter(state=kind.running).count()
        yield Standing(kind, waiting.count(), since, running, list(_failed(kind)))


def _failed(kind: Kind[Any]) -> Iterator[Failed]:
    moment = kind.ended or kind.since or kind.ordered
    rows = kind.model._default_manager.filter(state=kind.failed, **{f"{moment}__gte": timezone.now() - LATELY})
    for key, at, reason in rows.order_by(f"-{moment}").values_list("pk", moment, kind.failure)[:MOST_SHOWN]:
        yield Failed(key, at, reason == kind.died)
