"""What happened to an institution, in lines for people, from the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.events import ALL
from audit.log import history
from audit.models import Entry
from institutions.events import AboutInstitution
from institutions.models import Institution

SHOWN = 30


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    words: str
    details: list[str]


def lines(institution: Institution) -> list[Line]:
    """Return the newest acts about the institution's registration, newest first. One query."""
    told = [event.code for event in ALL.values() if issubclass(event, AboutInstitution)]
    return [line_of(entry) for entry in history(institution).filter(event__in=told)[:SHOWN]]


def line_of(entry: Entry) -> Line:
    """Return one entry as the history tells it: in the sentence and with the details that its event declares."""
    event = entry.happened
    if event is None:
        return Line(entry.at, entry.actor_name, entry.words, [])
    return Line(entry.at, entry.actor_name, event.sentence, list(event.details()))
