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
from types import MappingProxyType, UnionType
from typing import Any, ClassVar, Self, dataclass_transform, get_args, get_origin, get_type_hints

WORD, PARTS = "word", "parts"  # in a field's metadata: what people call the fact, and what stands in it
NONE: Mapping[str, str] = MappingProxyType({})
ALL: dict[str, type[Event]] = {}


@dataclasses.dataclass(frozen=True)
class Group:
    """A heading under which the auditor finds events. Groups of the same words are one, in the order of their places.

    `place` sorts: every app numbers its own, with room between them, so that no list of all of them is needed.
    """

    words: str
    place: int


def fact(word: str, *, default: Any = dataclasses.MISSING, parts: Mapping[str, str] = NONE) -> Any:
    """Declare a fact by the word that people call it. One whose value is None is not written.

    `parts` are the words for what stands in a fact that is a mapping, by its keys.
    """
    return dataclasses.field(default=default, metadata={WORD: word, PARTS: parts})


@dataclasses.dataclass(frozen=True)
class Fact:
    """What whoever reads the log knows of a fact."""

    name: str  # of the field
    word: str
    parts: Mapping[str, str]
    kind: object  # its type, as declared, without "or None"

    def label_of(self, value: object) -> str:
        """Return what people call a value that was logged, if the type is a choice or a list of choices; else ""."""
        choices = get_args(self.kind)[0] if get_origin(self.kind) is list else self.kind
        known = choices if isinstance(choices, type) and issubclass(choices, Enum) else ()
        return next((str(getattr(one, "label", "")) for one in known if one.value == value), "")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(fact,))
class Event:
    """The base of all events.

    Subclass it with `code` (closed vocabulary, "agreement.sent"), `words` (what the auditor reads) and, where a
    history tells it, `sentence` (what follows the person's name there). A subclass without a code only lends its facts
    and its group. Raises ValueError for a second event of the same code.
    """

    code: ClassVar[str] = ""
    words: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    group: ClassVar[Group] = Group("其他", 1000)

    def __init_subclass__(
        cls, *, code: str = "", words: str = "", sentence: str = "", group: Group | None = None
    ) -> None:
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        cls.group = group or cls.group
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
        known = facts_of(cls.code)
        given = {each.name: _typed(each.kind, data[key]) for key, each in known.items() if key in data}
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
def facts_of(code: str) -> Mapping[str, Fact]:
    """Return the facts of an event by their keys in the log; none for one that is no longer in the vocabulary."""
    if code not in ALL:
        return {}
    hints = get_type_hints(ALL[code])
    return {
        _key(each.name): Fact(each.name, each.metadata[WORD], each.metadata[PARTS], _without_none(hints[each.name]))
        for each in _fields(ALL[code])
    }


def _pairs(event: Event) -> Iterator[tuple[str, object]]:
    for each in _fields(type(event)):
        yield _key(each.name), getattr(event, each.name)


def _key(name: str) -> str:
    """Return the key of a field: a field called `import_` or `from_` avoids a keyword of the language."""
    return name.removesuffix("_")


def _fields(event: type[Event]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(event)  # type: ignore[arg-type]  # made a dataclass by __init_subclass__


def _without_none(kind: object) -> object:
    """Return a declared type without "or None"; of several the first."""
    return next(one for one in get_args(kind) if one is not type(None)) if isinstance(kind, UnionType) else kind


def _typed(kind: object, value: Any) -> Any:
    """Return a plain value as its declared type: dates from ISO text, choices from their values, others as they are."""
    if value is None:
        return None
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value
