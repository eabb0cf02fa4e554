"""An entry as an auditor reads it: who, in which role, did what to what; and the rest, folded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from audit.log import facts
from audit.models import Entry
from auditing.subjects import names_of, subject_of
from auditing.words import Spot, items_of


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
        lines.append(Line(entry, names[subject_of(entry)], list(_told(entry.event, data, items))))
    return lines


def _told(event: str, data: Mapping[str, object], items: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        spot = Spot(event, key, items=items)
        yield spot.name, _in_words(value, spot)


def _in_words(value: object, spot: Spot) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_in_words(one, spot) for one in value) or "—"
    if isinstance(value, Mapping):
        parts = [(replace(spot, part=name), one) for name, one in value.items()]
        return "；".join(f"{part.name} {_in_words(one, part)}" for part, one in parts) or "—"
    return spot.in_words(value)
