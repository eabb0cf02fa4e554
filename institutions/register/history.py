"""What happened to an institution, in lines for people, from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.log import facts, history
from audit.models import Entry, Event
from chinese.dates import cn_day
from institutions.lifecycle.locking import field_label
from institutions.models import ElderCareProfile, Institution, MedicalProfile

SHOWN = 30
TOLD = frozenset(
    {
        Event.INSTITUTION_ADDED,
        Event.INSTITUTION_CHANGED,
        Event.INSTITUTION_RENAMED,
        Event.INSTITUTION_SUSPENDED,
        Event.INSTITUTION_REOPENED,
        Event.INSTITUTION_CLOSED,
        Event.INSTITUTION_LAPSED,
    }
)
YES_NO = {True: "是", False: "否"}


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    words: str
    details: list[str]


def lines(institution: Institution) -> list[Line]:
    """Return the newest acts about the institution's registration, newest first. One query."""
    entries = history(institution).filter(event__in=[event.value for event in TOLD])[:SHOWN]
    return [Line(entry.at, entry.actor_name, entry.words, list(_details(entry))) for entry in entries]


def _details(entry: Entry) -> Iterator[str]:
    data = facts(entry)
    for name, (old, new) in _changes(data).items():
        yield f"{field_label(name)}：{shown(name, old)} → {shown(name, new)}"
    if "former" in data:
        yield f"{data['former']} → {data['to']}"
    if data.get("on"):
        yield f"日期：{_day(data['on'])}"
    if data.get("last_day"):
        yield f"最后有效日：{_day(data['last_day'])}"
    if data.get("reason"):
        yield f"原因：{data['reason']}"


def _changes(data: Mapping[str, Any]) -> Mapping[str, tuple[Any, Any]]:
    """Return field → (old, new) of an entry that tells changes so; others are told by their words alone."""
    changes = data.get("changes")
    if not isinstance(changes, dict):
        return {}
    return {name: (pair[0], pair[1]) for name, pair in changes.items() if isinstance(pair, list) and len(pair) == 2}


def _day(text: str) -> str:
    """Return an ISO day as 2026年11月22日; any other text as it is."""
    try:
        return cn_day(date.fromisoformat(text))
    except ValueError:
        return text


def shown(name: str, value: Any) -> str:
    """Return a logged or present value as people read it: a choice by its word, nothing as （空）."""
    if isinstance(value, bool):
        return YES_NO[value]
    if value in (None, ""):
        return "（空）"
    for model in (Institution, MedicalProfile, ElderCareProfile):
        for field in model._meta.concrete_fields:
            if field.name == name and field.choices:
                return str(dict(field.flatchoices).get(value, value))
    return _day(str(value))
