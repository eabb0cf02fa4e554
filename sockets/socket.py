"""What a socket is. No signal: whoever reads a declaration and `ALL` knows exactly who answers, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

ALL: dict[str, Socket[Any]] = {}


@dataclass(eq=False)
class Socket(Generic[T]):
    """An ordered list of answers of one type. Iterating gives them in the order of INSTALLED_APPS.

    `name` is "app.NAME" as declared in that app's sockets.py. With `is_mandatory` a system check refuses to start
    while nobody has filled it. Answers are called inside the caller's transaction and their errors propagate.
    Raises ValueError for a second socket of the same name.
    """

    name: str
    is_mandatory: bool = False
    answers: list[T] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.name in ALL:
            raise ValueError(f"there is a socket {self.name} already")
        ALL[self.name] = self

    def fill(self, answer: T) -> None:
        """Add an answer, from `AppConfig.ready`. The same one again changes nothing: ready may run twice."""
        if answer not in self.answers:
            self.answers.append(answer)

    def __iter__(self) -> Iterator[T]:
        return iter(self.answers)
