"""The beats that every verb shares: lock → guard → may → write → log. What is announced, the verb itself says last.

`begin` takes the row and refuses; `finish` writes and logs. A refusal leaves nothing behind: both run inside the verb's
own transaction. Web, batch, command, worker and API call the same verb, so who may is asked here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet, TextChoices

from audit.events import Event
from audit.log import append
from verbs.errors import NotAllowed, WrongState
from verbs.transitions import Transition


class Actor(Protocol):
    """A person at the place that they act for (docs/decisions/0016): what they may follows from both."""

    @property
    def pk(self) -> Any: ...


State = TypeVar("State", bound=TextChoices)
Person = TypeVar("Person", bound=Actor)
Row = TypeVar("Row", bound=Model)


ALL: dict[str, Lifecycle[Any, Any, Any]] = {}


def present(row: Any) -> str:
    """Return the present state in words, of a row whose field is called `state`."""
    return str(row.get_state_display())


def itself(row: Model) -> Model:
    return row


@dataclass(frozen=True)
class Lifecycle(Generic[State, Person, Row]):
    """The life of one kind of row, known to docs/lifecycle.md by its `name`.

    `noun`: what a refusal calls it (这份协议). `states`: all of them, the first is where it begins. `fresh`: the query
    that reads a locked row with what its verbs need. `in_words`: its present state. `subject`: what its events are
    logged about, None for the platform. `field`: where its state lies. `wrong`: in what words a step that does not fit
    the state is refused, where the common sentence says too little.
    """

    name: str
    noun: str
    states: type[State]
    transitions: tuple[Transition[State, Person, Row], ...]
    fresh: Callable[[], QuerySet[Row]]
    in_words: Callable[[Row], str] = present
    subject: Callable[[Row], Model | None] = itself
    field: str = "state"
    rules: str = ""  # what the table cannot say, for the document
    wrong: Callable[[Row, Transition[State, Person, Row]], str] | None = None

    def __post_init__(self) -> None:
        if self.name in ALL:
            raise ValueError(f"there is a life of {self.name} already")
        ALL[self.name] = self

    def begin(self, row: Row, transition: Transition[State, Person, Row], *, by: Person | None) -> Row:
        """Lock the row for this transaction and return it fresh.

        Raises WrongState where the table has no such step, NotAllowed where `by` may not, and WrongState with its
        words while what the step names in `not_while` stands in the way; None for `by` is the clock, which may what no
        person may. Two statements: one that waited for the lock still sees joined rows as they were.
        """
        assert connection.in_atomic_block  # noqa: S101 -- a lock outside a transaction would hold nothing
        type(row)._base_manager.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=row.pk)
        now = self.fresh().get(pk=row.pk)
        self.check(now, transition)
        self.refuse(now, transition, by=by)
        if transition.not_while is not None and (in_the_way := transition.not_while(now)):
            raise WrongState(in_the_way)
        return now

    def check(self, row: Row, transition: Transition[State, Person, Row]) -> None:
        """Raise WrongState when the act does not fit the row's present state."""
        if getattr(row, self.field) in transition.sources:
            return
        if self.wrong is not None:
            raise WrongState(self.wrong(row, transition))
        raise WrongState(
            f"{self.noun}现在是“{self.in_words(row)}”，不能{transition.label}。可能刚刚有人处理过，请刷新查看。"
        )

    def refuse(self, row: Row, transition: Transition[State, Person, Row], *, by: Person | None) -> None:
        """Raise NotAllowed unless the person may, or the clock where the table leaves it to the clock."""
        if transition.may is None:
            return  # the clock, or a verb that has asked for its own step
        if by is None or not transition.may(by, row):
            raise NotAllowed(f"您不能办理“{transition.label}”（{self.noun}）：要由有这项职责的人在所代表的单位办理。")

    def allows(self, row: Row, transition: Transition[State, Person, Row], *, by: Person) -> bool:
        """Return whether a page offers the act to the person: the state fits, they may, and nothing is in the way."""
        fits = getattr(row, self.field) in transition.sources
        may = fits and transition.may is not None and transition.may(by, row)
        return may and not (transition.not_while is not None and transition.not_while(row))

    def finish(
        self,
        row: Row,
        transition: Transition[State, Person, Row],
        event: Event,
        *,
        by: Person | None,
        writes: Mapping[str, Any] | None = None,
    ) -> Row:
        """Write the new state with `writes`, log the event, and return the row."""
        assert isinstance(event, transition.event)  # noqa: S101 -- the table names what its verb logs
        changes = {**(writes or {}), self.field: transition.target}  # the table has the last word
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=[*changes, *_moments(row)])
        append(event, by=by, subject=self.subject(row))
        return row


def _moments(row: Model) -> list[str]:
    """Return the fields that keep when the row was last written."""
    return [each.name for each in row._meta.concrete_fields if getattr(each, "auto_now", False)]
