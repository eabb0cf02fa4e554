"""What can happen, as types: each app declares its events in its events.py, once, with their Chinese words.

An event is a frozen value. Its class says how it is called and which facts it has; an instance is what happened once.
Whoever appends and whoever reads use the same class, so no reader can miss a fact that a writer left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Self, dataclass_transform, get_args, get_type_hints

WORD = "word"  # in a field's metadata: what people call the fact
ALL: dict[str, type[Event]] = {}


def fact(word: str, *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a fact by the word that people call it. One whose value is None is not written."""
    return dataclasses.field(default=default, metadata={WORD: word})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(fact,))
class Event:
    """The base of all events.

    Subclass it with `code` (closed vocabulary, "agreement.sent"), `words` (what the auditor reads) and, where a
    history tells it, `sentence` (what follows the person's name there). A subclass without a code only lends its facts.
    Raises ValueError for a second event of the same code.
    """

    code: ClassVar[str] = ""
    words: ClassVar[str] = ""
    sentence: ClassVar[str] = ""

    def __init_subclass__(cls, *, code: str = "", words: str = "", sentence: str = "") -> None:
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        if not code:
            return
        if code in ALL:
            raise ValueError(f"there is an event {code} already")
        cls.code, cls.words, cls.sentence = code, words, sentence or words
        ALL[code] = cls

    def facts(self) -> dict[str, object]:
        """Return the facts by their names, as the log keeps them (audit.plain makes them plain)."""
        return {key: value for key, value in _pairs(self) if value is not None}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that was logged with these facts. Raises KeyError or ValueError for those of another."""
        given = {name: _typed(kind, data[key]) for key, name, kind in _signature(cls.code) if key in data}
        missing = {each.name for each in _fields(cls) if each.default is dataclasses.MISSING} - given.keys()
        if missing:
            raise KeyError(f"{cls.code} without {', '.join(sorted(missing))}")
        return cls(**given)

    def details(self) -> Iterator[str]:
        """Yield what a history says of the facts, besides the sentence: nothing unless the event says so itself."""
        yield from ()


def words_of(code: str) -> str:
    """Return what people call an event; the bare code for one that is no longer in the vocabulary."""
    return ALL[code].words if code in ALL else code


@cache
def words_of_facts() -> Mapping[str, str]:
    """Return what people call each fact, by the key under which the log keeps it."""
    return {_key(each.name): each.metadata[WORD] for event in ALL.values() for each in _fields(event)}


def _pairs(event: Event) -> Iterator[tuple[str, object]]:
    for each in _fields(type(event)):
        yield _key(each.name), getattr(event, each.name)


def _key(name: str) -> str:
    """Return the key of a field: a field called `import_` or `from_` avoids a keyword of the language."""
    return name.removesuffix("_")


def _fields(event: type[Event]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(event)  # type: ignore[arg-type]  # made a dataclass by __init_subclass__


@cache
def _signature(code: str) -> tuple[tuple[str, str, object], ...]:
    """Return key, field name and declared type of each fact of an event."""
    event = ALL[code]
    hints = get_type_hints(event)
    return tuple((_key(each.name), each.name, hints[each.name]) for each in _fields(event))


def _typed(kind: object, value: Any) -> Any:
    """Return a plain value as its declared type: dates from ISO text, choices from their values, others as they are."""
    kind = next((one for one in get_args(kind) if one is not type(None)), kind) if isinstance(kind, UnionType) else kind
    if value is None:
        return None
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value
