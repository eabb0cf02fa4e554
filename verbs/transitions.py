"""One row of a table of states: a verb, where it leads, and the event that it is logged as."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import TextChoices

from audit.models import Event

State = TypeVar("State", bound=TextChoices)


@dataclass(frozen=True)
class Transition(Generic[State]):
    """One verb: from which states to which one. `by_clock` is done by the schedule, not by a person."""

    verb: str
    label: str
    sources: frozenset[State]
    target: State
    event: Event
    by_clock: bool = False
