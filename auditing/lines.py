"""An entry as an auditor reads it: who, in which role, did what to what; and the rest, folded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from audit.log import facts
from audit.models import Entry
from auditing.subjects import names_of, subject_of
from auditing.words import called, in_words, items_of


@dataclass(frozen=True)
class Line:
    entry: Entry
    subject: str
    facts: list[tuple[str, str]]


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """Return the lines of one page, naming their subjects in one query for each kind."""
    told = [(entry, facts(entry)) for entry in entries]
    names = names_of(subject_of(entry) for entry, _ in told)
    cases = items_of(data["case"] for _, data in told if "case" in data)
    lines = []
    for entry, data in told:
        items = cases.get(data.get("case"), {})
        lines.append(Line(entry, names[subject_of(entry)], list(_told(data, items))))
    return lines


def _told(data: Mapping[str, object], items: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        yield called(key, items), _in_words(value, key, items)


def _in_words(value: object, key: str, items: Mapping[str, str]) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_in_words(one, key, items) for one in value) or "—"
    if isinstance(value, Mapping):
        return "；".join(f"{called(name, items)} {_in_words(one, name, items)}" for name, one in value.items()) or "—"
    return in_words(key, str(value), items)
