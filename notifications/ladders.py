"""Reminders that come at fixed distances from a day: found by one query a batch, written by one statement.

Nothing rests on a window of time or on the clock having struck: a sweep asks which rung of the ladder is the highest
reached today and whether it was told. A sweep that was missed is caught up by the next; of several rungs reached
since, only the nearest is told, and the others are noted as passed over.

A sweep is a round of the clock (jobs/rounds.py): a long one goes on in slices, from the day and the row it has come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from django.db import models
from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from jobs import rounds
from notifications.ledger import Message, write
from notifications.models import Notice

M = TypeVar("M", bound=models.Model)

BATCH = rounds.BATCH
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
        period = Concat(Cast("ladder_day", CharField()), rung)
        # No NOT EXISTS, which the database may turn into a join with all notices of the kind: asked of each row by
        # itself, it goes by the ledger's key.
        reached = self.reached_by(rows, day=day, on=on).alias(ladder_period=period)
        untold: QuerySet[M] = reached.alias(told=Subquery(told.values("pk")[:1])).filter(told__isnull=True)
        return untold.order_by("ladder_day", "pk")

    def reached_by(self, rows: QuerySet[M], *, day: str | Combinable, on: date) -> QuerySet[M]:
        """Return the rows that have reached a rung, told or not, with their day as `ladder_day`."""
        dated = rows.annotate(ladder_day=models.F(day) if isinstance(day, str) else day)
        reached = dated.filter(ladder_day__lte=on - timedelta(days=self.rungs[0])).filter(self._fresh(on))
        return cast("QuerySet[M]", reached)  # the stubs lose the model of what is annotated

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
    row and the days since its day, negative while it lies ahead. `batch`: how many rows are told of in one transaction.
    """

    ladder: Ladder
    rows: Callable[[], QuerySet[M]]
    day: str | Combinable
    people: Callable[[Sequence[M]], Callable[[M], Iterable[int]]]
    words: Callable[[M, int], Words]
    batch: int = BATCH

    def sweep(self, *, on: date | None = None) -> int:
        """Tell what is due on a day (default: today) and was not told; return how many notices are new."""
        return sweep(self.ladder.kind, [self], on=on)

    def step(self, on: date) -> rounds.Step:
        """Return the step of a round that tells this reminder, in the order of days."""

        def keys(after: rounds.Key | None, most: int) -> list[rounds.Key]:
            untold = self.ladder.untold(self.rows(), day=self.day, on=on)
            found = untold.filter(_following(after)).values_list("ladder_day", "pk")[:most]
            return [[day.isoformat(), pk] for day, pk in found]

        def work(some: list[rounds.Key]) -> int:
            # What was told meanwhile, or is another's to tell, the ledger does not take again.
            reached = self.ladder.reached_by(self.rows(), day=self.day, on=on)
            batch = list(reached.filter(pk__in=[pk for _, pk in some]))
            people = self.people(batch)
            told = ((row, found) for row in batch if (found := list(people(row))))  # of many a row there is nobody
            return write(message for row, found in told for message in self._messages(row, found, on))

        return rounds.Step(self.ladder.kind, keys, work, self.batch)

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


def sweep(
    name: str, reminders: Iterable[Reminder[Any]], *, on: date | None = None, within: rounds.Slice | None = None
) -> int:
    """Go on with the round of this name that tells what is due on a day (default: today) and was not told.

    Return how many notices are new. Without a slice it goes to its end.
    """
    day = on or timezone.localdate()
    steps = [reminder.step(day) for reminder in reminders]
    return rounds.go(name, steps, about=day.isoformat(), within=within or rounds.Whole())


def _following(after: rounds.Key | None) -> Q:
    if after is None:
        return Q()
    day, pk = date.fromisoformat(after[0]), after[1]
    return Q(ladder_day__gte=day) & (Q(ladder_day__gt=day) | Q(pk__gt=pk))  # the first half is what an index goes by
