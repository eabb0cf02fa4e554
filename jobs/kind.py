"""What a kind of job is: data about a table whose rows are jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.utils import timezone

M = TypeVar("M", bound=Model)

RING_AGAIN_AFTER = timedelta(seconds=30)  # the broker lost the message, or was away
TAKEN_FOR_DEAD_AFTER = timedelta(seconds=25)  # without a sign of life (jobs/alive.py): the worker was killed
MOST_DEATHS = 3  # whatever killed so many workers would kill the next one too
DIED = "后台处理时连续中断了几次，已停止，没有留下处理到一半的内容。"

STATE = "state"  # every model of jobs calls it so

ALL: dict[str, Kind[Any]] = {}


def _nothing_else(now: datetime) -> Mapping[str, Any]:
    return {}


def _no_trace(row: Any, reason: str) -> None:
    pass


def _as_it_is(row: Any) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, eq=False)
class Kind(Generic[M]):
    """One kind of job. Its model calls the state `state`; the other fields are named here.

    Raises ValueError for a second kind of the same name.
    """

    name: str
    model: type[M]
    task: str  # Celery's name of the task that takes the row's key; by name, for the task imports who declares this
    # The four words of `state`. A model may have more, for what is no matter of the worker's.
    waiting: str
    running: str
    done: str
    failed: str
    # The names of fields.
    ordered: str  # the moment from which it waits
    claimed: str  # the moment of the claim while it is running, else null: the mark by which a worker knows its own
    ended: str = ""  # the moment when it was done or failed
    since: str = ""  # the moment of the last change of state, whichever
    of_run: tuple[str, ...] = ()  # moments of the run under way, null again unless it ends well
    attempts: str = ""  # how often it has been claimed
    failure: str = "failure"  # the reason, for people
    related: tuple[str, ...] = ()  # what the work needs to know of the row, read with it
    # How it is fixed.
    words: str = ""  # what it is, for the platform's administrator
    is_awaited: bool = True  # by whoever ordered it, at a page
    has_one_bell: bool = False  # one message without a key for all that wait
    ring_again_after: timedelta = RING_AGAIN_AFTER
    dead_after: timedelta = TAKEN_FOR_DEAD_AFTER
    freed: Callable[[datetime], Mapping[str, Any]] = _nothing_else  # what else is written to a dead worker's job
    most_deaths: int = MOST_DEATHS
    # How it goes wrong.
    died: str = DIED  # the reason of a job at which so many workers died
    refusals: tuple[type[Exception], ...] = ()  # errors whose text is the reason, for people
    fault: str = ""  # the reason of any other error; without one it counts as a death, and the job waits again
    is_tried_again_by_hand: bool = False  # nobody can order it anew, so the platform's administrator lets it wait again
    on_failure: Callable[[M, str], None] = _no_trace  # inside the transaction that fails it
    within: Callable[[M], AbstractContextManager[None]] = _as_it_is  # in which its work is done

    def __post_init__(self) -> None:
        if self.name in ALL:
            raise ValueError(f"there is a kind of job {self.name} already")
        ALL[self.name] = self

    def moved(self, state: str) -> dict[str, Any]:
        """Return what is written when a row moves to a state: the claim stands exactly while it is running."""
        now = timezone.now()
        writes = {"state": state, self.claimed: now if state == self.running else None}
        if self.since:
            writes[self.since] = now
        if state not in {self.running, self.done}:
            writes |= dict.fromkeys(self.of_run)
        if self.ended:
            writes[self.ended] = None if state in {self.waiting, self.running} else now
        return writes
