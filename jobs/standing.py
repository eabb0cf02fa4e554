"""How the jobs of each kind stand, for whoever keeps the platform going: how many, since when, what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from jobs import rounds
from jobs.kind import ALL, Kind
from jobs.models import Round

LATELY = timedelta(days=30)
LATE = timedelta(minutes=90)  # some rounds begin once an hour, and wait for nothing but a worker
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


@dataclass(frozen=True)
class Walk:
    """How a round of the clock stands: under way since when and how far, or when it last came to its end."""

    words: str
    done: int
    begun_at: datetime
    moved_at: datetime
    ended_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether it neither ended nor moved on for longer than the clock takes to come again."""
        return timezone.now() - self.moved_at > LATE


def walks() -> list[Walk]:
    """Return how every round stands that has ever begun, those under way first."""
    rows = {row.name: row for row in Round.objects.all()}
    found = [
        Walk(words, row.done, row.begun_at, row.moved_at, row.ended_at)
        for name, words in rounds.WORDS.items()
        if (row := rows.get(name))
    ]
    return sorted(found, key=lambda walk: walk.ended_at is not None)


def in_a_word() -> str:
    """Return how the rounds stand in a word: "late" where one does not move, else "under way" or "done"."""
    found = walks()
    if any(walk.is_late for walk in found):
        return "late"
    return "under way" if any(walk.ended_at is None for walk in found) else "done"


def _failed(kind: Kind[Any]) -> Iterator[Failed]:
    moment = kind.ended or kind.since or kind.ordered
    rows = kind.model._default_manager.filter(state=kind.failed, **{f"{moment}__gte": timezone.now() - LATELY})
    for key, at, reason in rows.order_by(f"-{moment}").values_list("pk", moment, kind.failure)[:MOST_SHOWN]:
        yield Failed(key, at, reason == kind.died)
