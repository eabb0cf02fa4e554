"""What a fixture wrote is kept, and written again for the next test that asks for it in the same place.

A test's world is made by the verbs: an agreement in force takes 250 statements and a quarter of a second, and thousands
of tests begin with one. In one process the same fixtures in the same order leave the same rows. So the first run of
each is watched: the rows that it wrote are read back, what it returned is pickled. From then on they are put there in
one statement, with the triggers asleep that were asked the first time, and the same value is returned.

Kept are fixtures of a test that ask for the database and for other such fixtures. One that deletes rows, that returns
what cannot be pickled or runs at a time of its own is run each time, and so is what comes after it. Tests that commit
run everything. `KEEP=no` runs everything in all tests; tests/test_kept.py compares.
"""

from __future__ import annotations

import inspect
import io
import os
import pickle
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Manager, Model, QuerySet
from django.utils import timezone

from boundary.storage import WholeFilesStorage

Place = tuple[Any, ...]  # the day, then each fixture that came before, with its parameter
Key = tuple[str, Any]  # of a row among the values: the fixture's name and, in a collection, where

# What most worlds begin with, set up first and in this order, so that more tests begin alike.
ORDER = (
    "county",
    "elder_care_institution",
    "medical_institution",
    "health_authority",
    "civil_affairs_authority",
    "published",
    "consortium",
    "elder_care_clerk",
    "medical_clerk",
    "draft",
    "agreement",
    "filings",
    "filing",
)
PARAMETER = "get_direct_param_fixture_func"  # pytest's function for a value of parametrize
DATABASE = "_django_db_helper"  # pytest-django's: from there on a test may ask the database
# Of pytest and its plugins: by themselves they touch no row.
HARMLESS = frozenset({"db", DATABASE, "request", "client", "settings", "monkeypatch", "tmp_path", "mailoutbox"})
# The owner's, in a place of their own: the application may not let triggers sleep, and its rights are a list (0030).
FUNCTIONS = """
    CREATE SCHEMA kept;
    GRANT USAGE ON SCHEMA kept TO PUBLIC;
    CREATE TABLE kept.mark (n int);
    GRANT INSERT, SELECT ON kept.mark TO PUBLIC;

    CREATE FUNCTION kept.changes() RETURNS TABLE (named text, inserted bigint, updated bigint, deleted bigint)
    LANGUAGE sql SECURITY DEFINER AS $$
        SELECT relname::text, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
        WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd + n_tup_del > 0
    $$;

    CREATE FUNCTION kept.statement(named text, mark bigint) RETURNS TABLE (statement text, rows bigint)
    LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
        columns text; taken text; changed text; keyed text; lines text[];
    BEGIN
        SELECT string_agg(quote_ident(attname), ','), string_agg('(r).' || quote_ident(attname), ','),
               string_agg(format('%1$I = excluded.%1$I', attname), ',')
        INTO columns, taken, changed
        FROM pg_attribute
        WHERE attrelid = named::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        SELECT string_agg(quote_ident(attname), ',') INTO keyed
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
        WHERE indrelid = named::regclass AND indisprimary;
        EXECUTE format('SELECT array_agg(t::text) FROM %I t WHERE xmin::text::bigint >= $1', named)
        USING mark INTO lines;
        rows := coalesce(cardinality(lines), 0);
        statement := format('INSERT INTO %1$I (%2$s) SELECT %3$s '
                      'FROM (SELECT unnest(%4$L::text[])::%1$I AS r OFFSET 0) x '
                      'ON CONFLICT (%5$s) DO UPDATE SET %6$s;', named, columns, taken, lines, keyed, changed);
        RETURN NEXT;
    END $$;

    CREATE FUNCTION kept.write(statements text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET session_replication_role = 'replica' AS $$
    BEGIN
        EXECUTE statements;
    END $$;
"""


class CannotKeep(Exception):
    """A value is more than what was written."""


class Plain(Enum):
    """What is run each time: it writes nothing, or what it writes cannot be kept."""

    ASKS = "asks"
    WRITES = "writes"


@dataclass(frozen=True)
class Changes:
    """How many rows of a table."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    def __sub__(self, earlier: Changes) -> Changes:
        return Changes(self.inserted - earlier.inserted, self.updated - earlier.updated, self.deleted - earlier.deleted)


@dataclass(frozen=True)
class Kept:
    """What a fixture did in one place: rows, files, its value, and what became of the rows given before it."""

    statements: str
    files: Mapping[str, bytes]
    value: bytes
    changed: Mapping[Key, bytes]


@dataclass
class World:
    """What the running test has been given so far."""

    place: Place = ()
    values: dict[str, Any] = field(default_factory=dict)
    # What this test alone has: parameters, a client, settings. Nobody sets `request` up, and it may ask for anything.
    own: set[str] = field(default_factory=lambda: {"request"})
    is_known: bool = False

    def rows(self) -> Iterator[tuple[Key, Model]]:
        """Return the rows among what was given, also those in dictionaries and lists, each with its key."""
        for name, value in self.values.items():
            parts = list(value.items()) if isinstance(value, dict) else []
            parts += enumerate(value) if isinstance(value, list | tuple) else []
            for where, each in ((None, value), *parts):
                if isinstance(each, Model):
                    yield (name, where), each

    def row(self, key: Key) -> Any:
        name, where = key
        return self.values[name] if where is None else self.values[name][where]


_known: dict[Place, Kept | Plain] = {}
_world = World()


def begin(*, is_kept: bool = True) -> None:
    """Forget the world of the test before."""
    global _world  # in one process one test runs at a time
    _world = World(place=(timezone.localdate(),), is_known=is_kept and os.environ.get("KEEP") != "no")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    marker = item.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    begin(is_kept=not commits and "transactional_db" not in getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call() -> None:
    """From here on the test writes rows of its own, which nothing kept knows of: what it asks for now is run."""
    _world.is_known = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the common part of all worlds come first, after what is in use everywhere."""
    for item in items:
        info = getattr(item, "_fixtureinfo", None)
        if info is not None:
            defined = info.name2fixturedefs
            info.names_closure.sort(key=lambda name, defined=defined: _turn(name, defined.get(name)))


def _turn(name: str, definitions: Sequence[Any] | None) -> tuple[int, int]:
    if not definitions or definitions[-1].scope != "function" or definitions[-1]._autouse:
        return (0, 0)
    return (1, ORDER.index(name)) if name in ORDER else (2, 0)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    name = fixturedef.argname
    if fixturedef.scope != "function":
        return (yield)
    world = _world
    is_harmless = name in HARMLESS or fixturedef.func.__name__ == PARAMETER
    if is_harmless:
        world.own.add(name)
    if not is_harmless:
        world.place = (*world.place, (name, fixturedef.baseid, repr(getattr(request, "param", None))))
    known = _known.get(world.place) if world.is_known and not is_harmless else Plain.ASKS
    if isinstance(known, Kept):
        made = yield from _written_again(known, fixturedef)
    elif known is None and DATABASE in world.values:
        made = yield from _watched(fixturedef)
    else:
        world.is_known = world.is_known and known is not Plain.WRITES
        made = yield
    world.values[name] = made
    return made


def _watched(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Run a fixture, and keep what it did or how it is to be treated from here on."""
    files: dict[str, bytes] = {}
    before, facts = _changes(), _facts()
    with transaction.atomic(), _saved(files):
        mark = _mark()
        made = yield
    after = _changes()
    changed = {table: now - before.get(table, Changes()) for table, now in after.items() if now != before.get(table)}
    try:
        if not _stands_by_itself(fixturedef):
            raise CannotKeep
        statements = "".join(_statement(table, changed[table], mark) for table in changed)
        new_facts = {key: each for key, each in _facts().items() if facts.get(key) != each}
        _known[_world.place] = Kept(statements, files, _pickled(made), new_facts)
    except (CannotKeep, pickle.PicklingError, AttributeError, TypeError):
        _known[_world.place] = Plain.WRITES if changed else Plain.ASKS
        _world.is_known = not changed
    return made


def _written_again(kept: Kept, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Put there what a fixture wrote, and let it return what it returned."""
    write_again(kept)
    value = _unpickled(kept.value)
    # Not return_value: pytest asks a function for its kind.
    with mock.patch.object(fixturedef, "func", lambda **_: value):  # noqa: PT008
        return (yield)


def write_again(kept: Kept) -> None:
    if kept.statements:
        with connection.cursor() as cursor:
            cursor.execute("SELECT kept.write(%s)", [kept.statements])
    for name, content in kept.files.items():
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))
    for key, facts in kept.changed.items():
        row, (fields, related) = _world.row(key), _unpickled(facts)
        row.__dict__.update(fields)
        row._state.fields_cache.update(related)


def _stands_by_itself(fixturedef: pytest.FixtureDef[Any]) -> bool:
    """Whether a fixture is the same wherever it is asked for: by its arguments, its clock and its end."""
    asked = set(fixturedef.argnames) - {"db"}
    is_travelling = time_machine.escape_hatch.is_travelling()
    return not (asked & _world.own or is_travelling or inspect.isgeneratorfunction(fixturedef.func))


def _facts() -> dict[Key, bytes]:
    """Return of each row given so far what its object holds of it."""
    held = {}
    for key, row in _world.rows():
        fields = {each.attname: row.__dict__[each.attname] for each in row._meta.fields if each.attname in row.__dict__}
        try:
            held[key] = _pickled((fields, dict(row._state.fields_cache)), but=row)
        except (CannotKeep, pickle.PicklingError, AttributeError, TypeError):
            held[key] = b""
    return held


def _changes() -> dict[str, Changes]:
    """Return for each table what was written in this test so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kept.changes()")
        return {named: Changes(*counted) for named, *counted in cursor.fetchall()}


def _mark() -> int:
    """Return the number of the innermost transaction: what is written from here on has none that is lower."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kept.mark VALUES (1) RETURNING xmin::text::bigint")
        return int(cursor.fetchone()[0])


def _statement(table: str, changes: Changes, mark: int) -> str:
    """Return what writes again the rows of a table. Raises CannotKeep when rows that stood there before are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kept.statement(%s, %s)", [table, mark])
        statement, rows = cursor.fetchone()
    if changes.deleted and rows != changes.inserted - changes.deleted:
        raise CannotKeep
    return statement if rows else ""


@contextmanager
def _saved(files: dict[str, bytes]) -> Iterator[None]:
    """Note what is stored inside."""
    save = WholeFilesStorage._save

    def noting(storage: WholeFilesStorage, name: str, content: Any) -> str:
        stored = save(storage, name, content)
        with storage.open(stored) as file:
            files[stored] = file.read()
        return stored

    with mock.patch.object(WholeFilesStorage, "_save", noting):
        yield


class _Pickler(pickle.Pickler):
    """Names rows that a test was given before, so that the same object comes back; refuses questions not yet asked."""

    def __init__(self, file: io.BytesIO, but: Model | None) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.keys = {id(row): key for key, row in _world.rows() if row is not but}

    def persistent_id(self, obj: Any) -> Key | None:
        if isinstance(obj, QuerySet | Manager):
            raise CannotKeep
        return self.keys.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Key) -> Any:
        return _world.row(pid)


def _pickled(value: Any, but: Model | None = None) -> bytes:
    file = io.BytesIO()
    _Pickler(file, but).dump(value)
    return file.getvalue()


def _unpickled(content: bytes) -> Any:
    return _Unpickler(io.BytesIO(content)).load()
