"""What the clock does with many rows: in rounds, and a round in slices, each of which ends well before a task must.

A round goes through its steps, and each step through its rows in a fixed order. Where it has come to stands in its row
and is written with what was done, in one transaction for each batch: whoever is killed leaves nothing half done and
nothing to be done twice, and the next slice goes on there. Two at once do not share a round: whoever finds that it was
moved on meanwhile leaves it to the other (docs/decisions/0006-reminders.md).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobs.bell import call_on_commit
from jobs.passing import is_passing

if TYPE_CHECKING:
    from jobs.models import Round

logger = logging.getLogger(__name__)
T = TypeVar("T")

# One of the worker's few processes is at it meanwhile: a copy that somebody waits for gets its turn in between.
SECONDS = 20.0
BATCH = 500  # rows of one transaction
AHEAD = 10_000  # keys that are fetched at once

Key = list[Any]  # of what JSON knows: by it a step is in order, and goes on

WORDS: dict[str, str] = {}  # by name: what each round is, for the platform's administrator


def declare(name: str, words: str) -> str:
    """Say in words what a round is, and return its name. Raises ValueError for a second one of the same name."""
    if name in WORDS:
        raise ValueError(f"there is a round {name} already")
    WORDS[name] = words
    return name


class Slice:
    """One task's share of a round: it does something, and ends when its time is over."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._ends = time.monotonic() + seconds
        self._has_begun = False
        self.is_cut = False

    def goes_on(self) -> bool:
        """Tell whether there is time for the batch that is next; what is left otherwise is the next slice's."""
        if self._has_begun and time.monotonic() >= self._ends:
            self.is_cut = True
        self._has_begun = True
        return not self.is_cut

    def of(self, items: Iterable[T]) -> Iterator[T]:
        """Yield as many as there is time for, where what is done is not found again."""
        for item in items:
            if not self.goes_on():
                return
            yield item


class Whole(Slice):
    """As much time as it takes: for commands and tests."""

    def __init__(self) -> None:
        super().__init__(float("inf"))


@dataclass(frozen=True)
class Step:
    """One question of a round. `keys` gives the keys that follow one (None: from the first), in their order, at most so
    many; an empty list says that there are no more. `work` is given some of them in a transaction, finds out which are
    still to be done, and returns how much it did."""

    name: str
    keys: Callable[[Key | None, int], list[Key]]
    work: Callable[[list[Key]], int]
    batch: int = BATCH

    def batches(self, after: Key | None) -> Iterator[list[Key]]:
        while keys := self.keys(after, AHEAD):
            for first in range(0, len(keys), self.batch):
                yield keys[first : first + self.batch]
            after = keys[-1]


class _Elsewhere(Exception):
    """Somebody else has moved the round on."""


def go(name: str, steps: Sequence[Step], *, about: str, within: Slice) -> int:
    """Go on with a round where it was left, or begin one, and return how much was done.

    `about` is what it is a round of, such as a day: one that was left of another is not gone on with. A row that fails
    is passed over; once the round has come to its end, the first fault is raised.
    """
    row = _row(name)
    left, after = _left(row, steps, about)
    done = 0
    faults: list[Exception] = []
    try:
        for step in left:
            for batch in step.batches(after):
                if not within.goes_on():
                    return done
                done += _do_past_faults(row, step, batch, faults)
            after = None
        _end(row)
    except _Elsewhere:
        logger.info("%s: somebody else goes on with it", name)
        return done
    if faults:
        raise faults[0]
    return done


def still_ended(name: str, about: str) -> bool:
    """Tell whether the last round was of this and came to its end, and note that this was asked."""
    ended = _rounds().filter(name=name, about=about, ended_at__isnull=False)
    return bool(ended.update(moved_at=timezone.now()))


def in_slices(task: str, sweep: Callable[..., object]) -> None:
    """Do one slice of a sweep that the clock starts (`within`), and call for the next one where something is left.

    With the broker away the clock's next turn goes on.
    """
    part = Slice()
    sweep(within=part)
    if part.is_cut:
        call_on_commit(task)


def _left(row: Round, steps: Sequence[Step], about: str) -> tuple[Sequence[Step], Key | None]:
    """Return what of a round is still to be gone through, and after which key of its first step."""
    names = [step.name for step in steps]
    if row.ended_at is None and row.about == about and row.step in names:
        return steps[names.index(row.step) :], row.after
    row.about, row.begun_at, row.done = about, timezone.now(), 0
    return steps, None


def _do_past_faults(row: Round, step: Step, batch: list[Key], faults: list[Exception]) -> int:
    """Do one batch; of one in which a row fails, each row by itself: the rest are not to wait for it.

    What failed is logged and found again by the next round. Faults of the machine and not of the row are raised.
    """
    try:
        return _do(row, step, batch)
    except _Elsewhere:
        raise
    except Exception as error:
        if is_passing(error):
            raise
    done = 0
    for key in batch:
        try:
            done += _do(row, step, [key])
        except _Elsewhere:
            raise
        except Exception as error:
            if is_passing(error):
                raise
            logger.exception("%s: %s %s fails and is passed over", row.name, step.name, key)
            faults.append(error)
    return done


def _do(row: Round, step: Step, batch: list[Key]) -> int:
    """Do one batch and note where that has led, both or neither. Raises _Elsewhere."""
    with transaction.atomic():
        _move(row, step=step.name, after=batch[-1], ended_at=None)
        done = step.work(batch)
        if done:
            _rounds().filter(pk=row.pk).update(done=F("done") + done)
    row.turn += 1
    row.done += done
    return done


def _end(row: Round) -> None:
    _move(row, step="", after=None, ended_at=timezone.now())


def _move(row: Round, **facts: Any) -> None:
    """Write where the round has come to; it is this worker's to the end of the transaction. Raises _Elsewhere."""
    facts |= {"about": row.about, "begun_at": row.begun_at, "done": row.done, "moved_at": timezone.now()}
    if _rounds().filter(pk=row.pk, turn=row.turn).update(turn=row.turn + 1, **facts) != 1:
        raise _Elsewhere


def _row(name: str) -> Round:
    row: Round = _rounds().get_or_create(name=name)[0]
    return row


def _rounds() -> Any:
    """Return the rows. Found by name: this room is imported before there are models."""
    return apps.get_model("jobs", "Round")._default_manager.all()
