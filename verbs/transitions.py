"""One row of a table of states: a verb, where it leads, who may do it, and the event that it is logged as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, TextChoices

from audit.events import Event

State = TypeVar("State", bound=TextChoices)
Person = TypeVar("Person")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Transition(Generic[State, Person, Row]):
    """One verb. `may` says which person, at the place that they act for, may do it with a row.

    None for `may`: no person does it of their own accord, but the clock or another verb. `Event` itself for `event`: a
    worker's step between two that are logged. `opens_new_row`: the row itself stays as it is and a new one in `target`
    refers to it. `not_while` says in words what beside the row's state stands in the way, "" when nothing does.
    """

    verb: str
    label: str
    sources: frozenset[State]
    target: State
    event: type[Event]
    may: Callable[[Person, Row], bool] | None
    opens_new_row: bool = False
    not_while: Callable[[Row], str] | None = None

    @property
    def by_clock(self) -> bool:
        return self.may is None
