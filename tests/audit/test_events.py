"""Every event of every kind: what is written comes back as it was, with all its words, wherever histories tell it."""

import dataclasses
import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from accounts.models import User
from agreements.events import Signed
from agreements.models import Agreement
from agreements.register import timeline
from audit.events import ALL, Event
from audit.log import append, history
from audit.models import Entry
from auditing.lines import lines_of
from institutions import events
from institutions.models import Document, Institution, Role
from institutions.register.history import lines

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DAY = date(2026, 11, 2)
PLAIN: dict[object, object] = {str: "某某", int: 3, bool: True, date: DAY, Any: "某某"}
EVENTS = sorted((event for event in ALL.values() if not event.__module__.startswith("tests.")), key=lambda e: e.code)
KINDS = {"all facts": True, "only what must be": False}


def sample(kind: object) -> object:
    """Return a value of a declared type; for one of several types the first."""
    if isinstance(kind, UnionType):
        return sample(next(one for one in get_args(kind) if one is not type(None)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if get_origin(kind) is list:
        return [sample(get_args(kind)[0])] * 2
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):  # type: ignore[arg-type]  # tested
        return {"address": sample(get_args(kind)[1])}
    return PLAIN[kind]


def fields_of(event: type[Event]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(event)  # type: ignore[arg-type]  # made a dataclass by __init_subclass__


def made(event: type[Event], *, with_all: bool) -> Event:
    """Return an event of that kind with samples for its facts: all of them, or those without a default."""
    hints = get_type_hints(event)
    asked = [each.name for each in fields_of(event) if with_all or each.default is dataclasses.MISSING]
    return event(**{name: sample(hints[name]) for name in asked})


@pytest.mark.django_db
@pytest.mark.parametrize("with_all", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.code)
def test_an_event_comes_back_as_it_was_and_is_told_everywhere(
    event: type[Event], with_all: bool, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    happened = made(event, with_all=with_all)
    append(happened, by=elder_care_clerk, subject=elder_care_institution)
    entry = Entry.objects.latest("pk")
    assert entry.happened == happened
    assert (entry.words, CHINESE.search(event.words) is not None) == (event.words, True)
    told = timeline.line_of(entry)
    assert (told.what, told.detail) == (event.sentence, "，".join(happened.details()))
    [line] = lines_of([entry])
    assert len(line.facts) == len(entry.data)
    if issubclass(event, events.AboutInstitution):
        [shown] = lines(elder_care_institution)
        assert (shown.words, shown.details) == (event.sentence, list(happened.details()))
    else:
        assert lines(elder_care_institution) == []


OPENED = "2020-01-01"
AS_SHOWN: list[tuple[Event, list[str]]] = [
    (events.Added(name="福星", role=Role.ELDER_CARE, uscc="", region="330602"), []),
    (
        events.Changed(changes={"address": ["旧址", "新址"], "ownership": ["public", ""], "opened_on": [None, OPENED]}),
        [
            "地址：旧址 → 新址",
            "开业日期：（空） → 2020年1月1日",
            "性质：公办 → （空）",
        ],  # the log keeps no order of its own
    ),
    (
        events.Changed(changes={"has_own_clinic": [True, False]}, scan="0a", reason="注销"),
        ["内设医疗机构：是 → 否", "原因：注销"],
    ),
    (
        events.Renamed(former="福星养老院", to="晚晴养老院", on=DAY, reason="法人变更"),
        ["福星养老院 → 晚晴养老院", "日期：2026年11月2日", "原因：法人变更"],
    ),
    (events.Suspended(on=DAY, reason="检修"), ["日期：2026年11月2日", "原因：检修"]),
    (events.Closed(on=DAY, reason="歇业"), ["日期：2026年11月2日", "原因：歇业"]),
    (events.Reopened(on=DAY, reason=""), ["日期：2026年11月2日"]),
    (events.Lapsed(document=Document.LICENCE, last_day=DAY), ["最后有效日：2026年11月2日"]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("event", "details"), AS_SHOWN, ids=lambda value: getattr(value, "code", ""))
def test_the_history_of_an_institution_reads_as_people_read(
    event: Event, details: list[str], elder_care_institution: Institution
) -> None:
    append(event, by=None, subject=elder_care_institution)
    [line] = lines(elder_care_institution)
    assert (line.who, line.words, line.details) == ("系统", event.words, details)
    assert history(elder_care_institution).get().happened == event


@pytest.mark.django_db
def test_an_entry_that_no_longer_fits_its_event_costs_details_and_not_the_page(
    draft: Agreement, elder_care_clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Entries are for ever: one that was written with other facts is told by its words alone, and noted for us."""
    entry = append(Signed(revision=1, role=Role.MEDICAL, on=DAY), by=elder_care_clerk, subject=draft)
    entry.data = {"revision": 1, "role": "nobody"}
    assert entry.happened is None
    assert "cannot be read" in caplog.text
    assert timeline.line_of(entry).what == Signed.words
