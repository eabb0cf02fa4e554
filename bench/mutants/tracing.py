"""A pytest plugin that notes of each test how long it takes and what it touches: lines, rows of tables, the database.

Run once (`python -m bench.mutants map`), so that a mutant meets only the tests that can notice it. coverage.py cannot
do it here: one of our apps is called `coverage`. A line is an interpreter's trace of our own frames alone.
"""

from __future__ import annotations

import gc
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper
from django.db.utils import DatabaseErrorWrapper

from audit import log
from bench.mutants.places import APPS, ROOT
from bench.mutants.touched import Touched, write
from verbs.errors import NotAllowed
from verbs.lifecycle import Lifecycle

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
FUNCTION = re.compile(r"PL/pgSQL function (\w+)\(")
UPSERT = "ON CONFLICT"

Tracer = Callable[[FrameType, str, Any], Any]


class Map:
    """Traces every test that is not yet in the map, and writes down one line for each, as it ends."""

    def __init__(self, where: Path, known: set[str]) -> None:
        self.where, self.known = where, known
        self.lines: defaultdict[str, set[int]] = defaultdict(set)
        self.facets: set[str] = set()
        self.trace = tracer(self.lines, self.facets)
        self.is_failed = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid not in self.known]

    def pytest_sessionstart(self) -> None:
        watch_verbs(self.facets)
        watch_log(self.facets)
        watch_database(self.facets)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Trace set-up and tear-down too: a fixture that signs an agreement is what many a test is about."""
        self.lines.clear()
        self.facets.clear()
        self.is_failed = False
        forget_what_is_cached()
        start = time.process_time()
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        yield
        sys.settrace(None)
        threading.settrace(None)  # None ends it
        seconds = time.process_time() - start
        lines = {path: sorted(found) for path, found in self.lines.items()}
        touched = Touched(item.nodeid, round(seconds, 4), lines, sorted(self.facets), is_failed=self.is_failed)
        write(self.where, touched)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.is_failed = self.is_failed or report.failed


def tracer(lines: defaultdict[str, set[int]], facets: set[str]) -> Tracer:
    """Return what the interpreter calls: it notes the lines of our own frames, and of others just looks up the file.

    Of a rule that says who may it notes that it said no: only such a test can notice that everybody may.
    """
    known: dict[str, Tracer | None] = {}

    def of(filename: str) -> Tracer | None:
        path = filename.removeprefix(f"{ROOT}/")
        if path == filename or path.split("/")[0] not in APPS:
            return None

        def line(frame: FrameType, what: str, value: Any) -> Tracer:
            lines[path].add(frame.f_lineno)
            return line

        def rule(frame: FrameType, what: str, value: Any) -> Tracer:
            lines[path].add(frame.f_lineno)
            if what == "return" and value is False:
                facets.add(f"no {path} {frame.f_code.co_qualname}")
            return rule

        return rule if path.endswith("permissions.py") else line

    def call(frame: FrameType, what: str, value: Any) -> Tracer | None:
        filename = frame.f_code.co_filename
        if filename not in known:
            known[filename] = of(filename)
        line = known[filename]
        return line(frame, what, value) if line is not None else None

    return call


def forget_what_is_cached() -> None:
    """Empty the caches of our functions: what an earlier test has warmed, this one would not run.

    But for fonts: reading them takes seconds, and they are the same for every test.
    """
    if not _CACHES:
        _CACHES.extend(caches())
    for cached in _CACHES:
        if "fonts" not in cached.__module__ and "typesetting" not in cached.__module__:
            cached.cache_clear()


def caches() -> Iterator[Any]:
    """Yield our functions that keep what they returned."""
    kind = type(cache(caches))
    for one in gc.get_objects():
        if type(one) is kind and str(getattr(one, "__module__", "")).split(".")[0] in APPS:
            yield one


def watch_verbs(facets: set[str]) -> None:
    """Note which rows of the tables of states were asked in which state, done, and refused to somebody."""
    check, allows, refuse, finish = Lifecycle.check, Lifecycle.allows, Lifecycle.refuse, Lifecycle.finish

    def noted(life: Any, row: Any, transition: Any) -> str:
        about = called(life, transition)
        facets.add(f"{about} at {getattr(row, life.field)}")
        return about

    def checked(life: Any, row: Any, transition: Any) -> None:
        noted(life, row, transition)
        check(life, row, transition)

    def allowed(life: Any, row: Any, transition: Any, *, by: Any) -> bool:
        about, answer = noted(life, row, transition), allows(life, row, transition, by=by)
        if not answer:
            facets.add(f"{about} refused to somebody")
        return answer

    def refused(life: Any, row: Any, transition: Any, *, by: Any) -> None:
        try:
            refuse(life, row, transition, by=by)
        except NotAllowed:
            facets.add(f"{called(life, transition)} refused to somebody")
            raise

    def finished(life: Any, row: Any, transition: Any, *args: Any, **named: Any) -> Any:
        facets.add(f"{noted(life, row, transition)} done")
        return finish(life, row, transition, *args, **named)

    for name, watched in (("check", checked), ("allows", allowed), ("refuse", refused), ("finish", finished)):
        setattr(Lifecycle, name, watched)


def called(life: Any, transition: Any) -> str:
    """Return what a row is called in the map: one that stands beside its table, by another name."""
    beside = "" if any(transition is row for row in life.transitions) else " beside the table"
    return f"transition {life.name}/{transition.verb}{beside}"


def watch_log(facets: set[str]) -> None:
    """Note which events were logged."""
    unchained = log._unchained

    def call(event: Any, *args: Any) -> Any:
        facets.add(f"event {event.code}")
        return unchained(event, *args)

    setattr(log, "_unchained", call)  # noqa: B010 -- whoever appends looks it up in its module


def watch_database(facets: set[str]) -> None:
    """Note which tables were written, and by which constraint or trigger function the database refused."""
    execute, leave = CursorWrapper.execute, DatabaseErrorWrapper.__exit__

    def executed(cursor: Any, sql: Any, params: Any = None) -> Any:
        if match := WRITES.match(str(sql)):
            facets.add(f"writes {match[1]}")
            if UPSERT in str(sql):
                facets.add(f"upserts {match[1]}")
        return execute(cursor, sql, params)

    def left(wrapper: Any, kind: Any, value: Any, traceback: Any) -> Any:
        if value is not None:
            facets.update(f"refused {name}" for name in refusers(value))
        return leave(wrapper, kind, value, traceback)

    setattr(CursorWrapper, "execute", executed)  # noqa: B010 -- replaced for all connections at once
    setattr(DatabaseErrorWrapper, "__exit__", left)  # noqa: B010


def refusers(error: BaseException) -> Iterator[str]:
    told = getattr(error, "diag", None)
    if told is None:
        return
    if told.constraint_name:
        yield told.constraint_name
    yield from FUNCTION.findall(told.context or "")


_CACHES: list[Any] = []
