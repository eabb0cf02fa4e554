"""Reminders that come at fixed distances from a day: found by one query a batch, written by one statement.

Nothing rests on a window of time or on the clock having struck: a sweep asks which rung of the ladder is the highest
reached today and whether it was told. A sweep that was missed is caught up by the next; of several rungs reached
since, only the nearest is told, and the others are noted as passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Generic, TypeVar

from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from notifications.ledger import Message, write
from notifications.models import Notice

M = TypeVar("M", bound=models.Model)

BATCH = 500
_day_of = attrgetter("ladder_day")


@dataclass(frozen=True)
class Ladder:
    """`rungs`: days from the day in question at which people are told, ascending; negative ones lie before it.

    `stale_after`: when the last rung was reached longer ago than this many days, nobody is told any more.
    """

    kind: str
    rungs: tuple[int, ...]
    stale_after: int | None = None

    def reached(self, day: date, on: date) -> tuple[int, ...]:
        """Return the rungs reached by `on`; the last is the one to tell."""
        return tuple(rung for rung in self.rungs if day + timedelta(days=rung) <= on)

    def period(self, day: date, rung: int) -> str:
        """Return the notice's period, e.g. "2026-12-31 -30": another day begins another ladder."""
        return f"{day.isoformat()} {rung:+d}"

    def untold(self, rows: QuerySet[M], *, day: str | Combinable, on: date) -> QuerySet[M]:
        """Return the rows whose highest reached rung nobody was told yet, with their day as `ladder_day`."""
        rung = Case(
            *(When(ladder_day__lte=on - timedelta(days=rung), then=Value(f" {rung:+d}")) for rung in self.rungs[::-1]),
            output_field=CharField(),
        )
        told = Notice.objects.filter(
            kind=self.kind,
            subject_type=rows.model._meta.label_lower,
            subject_id=OuterRef("pk"),
            period=OuterRef("ladder_period"),
        )
        dated = rows.annotate(ladder_day=models.F(day) if isinstance(day, str) else day)
        reached = dated.filter(ladder_day__lte=on - timedelta(days=self.rungs[0])).filter(self._fresh(on))
        period = Concat(Cast("ladder_day", CharField()), rung)
        untold: QuerySet[M] = reached.alias(ladder_period=period).filter(~Exists(told)).order_by("pk")
        return untold

    def _fresh(self, on: date) -> Q:
        if self.stale_after is None:
            return Q()
        return Q(ladder_day__gte=on - timedelta(days=self.rungs[-1] + self.stale_after))


@dataclass(frozen=True)
class Words:
    title: str
    body: str
    url: str


@dataclass(frozen=True)
class Reminder(Generic[M]):
    """One kind of reminder. `day` is a field or an expression of `rows` that gives a date.

    `people` is asked once a batch, and answers for each of its rows with the ids of those to tell. `words` gets the
    row and the days since its day, negative while it lies ahead.
    """

    ladder: Ladder
    rows: Callable[[], QuerySet[M]]
    day: str | Combinable
    people: Callable[[Sequence[M]], Callable[[M], Iterable[int]]]
    words: Callable[[M, int], Words]

    def sweep(self, *, on: date | None = None) -> int:
        """Tell what is due on a day (default: today) and was not told; return how many notices are new."""
        today = on or timezone.localdate()
        untold = self.ladder.untold(self.rows(), day=self.day, on=today)
        told, last = 0, 0
        while batch := list(untold.filter(pk__gt=last)[:BATCH]):
            people = self.people(batch)
            told += write(message for row in batch for message in self._messages(row, people(row), today))
            last = batch[-1].pk
            if len(batch) < BATCH:
                break
        return told

    def _messages(self, row: M, people: Iterable[int], on: date) -> Iterator[Message]:
        day: date = _day_of(row)
        *passed, nearest = self.ladder.reached(day, on)
        words = self.words(row, (on - day).days)
        subject = row._meta.label_lower
        for person in people:
            for rung in (*passed, nearest):
                yield Message(
                    self.ladder.kind,
                    subject,
                    row.pk,
                    person,
                    self.ladder.period(day, rung),
                    words.title,
                    words.body,
                    words.url,
                    is_passed_over=rung != nearest,
                )
