"""Mutants of the database: each constraint and trigger of ours dropped, as the catalogue names them after migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.apps import apps
from django.db import connection

from bench.mutants.mutant import Mutant
from bench.mutants.places import APPS

# Checks, exclusions and unique constraints; of foreign keys those of two columns, which say more than that a row is
# there. Not the check that Django puts on every PositiveIntegerField: that one is Django's, and named by it.
CONSTRAINTS = """
    SELECT r.relname, c.conname, c.contype, pg_get_constraintdef(c.oid), ARRAY(
        SELECT f.conname::text FROM pg_constraint f
        WHERE f.contype = 'f' AND c.contype = 'u' AND f.conindid = c.conindid
    ) FROM pg_constraint c
    JOIN pg_class r ON r.oid = c.conrelid
    WHERE (c.contype IN ('c', 'x', 'u') OR c.contype = 'f' AND cardinality(c.conkey) > 1)
    AND r.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""
# A unique constraint with a condition or an expression is an index and no constraint.
INDEXES = """
    SELECT r.relname, i.relname, 'i', pg_get_indexdef(i.oid), '{}'::text[] FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
    WHERE x.indisunique AND NOT x.indisprimary AND r.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid) ORDER BY 1, 2
"""
TRIGGERS = """
    SELECT r.relname, t.tgname, p.proname, pg_get_triggerdef(t.oid), '{}'::text[] FROM pg_trigger t
    JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal ORDER BY 1, 2
"""


class Guard(NamedTuple):
    table: str
    name: str
    kind: str  # of a constraint its letter, of a trigger its function
    definition: str
    leaning: Sequence[str]  # the foreign keys that stand on it, and go with it


def of_database() -> Iterator[Mutant]:
    """Yield each guard of our tables, dropped. Needs the migrated database."""
    ours = {model._meta.db_table: model._meta.app_label for model in apps.get_models() if model._meta.app_label in APPS}
    for guard in _read(CONSTRAINTS):
        if guard.table in ours and not _of_django(guard):
            drop = f'ALTER TABLE "{guard.table}" DROP CONSTRAINT "{guard.name}" CASCADE'
            touched = {f"refused {name}" for name in (guard.name, *guard.leaning)}
            yield _dropped(guard, ours[guard.table], "constraint", drop, touched)
    for guard in _read(INDEXES):
        if guard.table in ours:
            drop = f'DROP INDEX "{guard.name}"'
            yield _dropped(guard, ours[guard.table], "unique index", drop, {f"refused {guard.name}"})
    for guard in _read(TRIGGERS):
        if guard.table in ours:
            drop = f'DROP TRIGGER "{guard.name}" ON "{guard.table}"'
            touched = {f"refused {guard.kind}", f"writes {guard.table}"}
            yield _dropped(guard, ours[guard.table], "trigger", drop, touched)


def _of_django(guard: Guard) -> bool:
    return guard.kind == "c" and guard.name.endswith("_check") and ">= 0" in guard.definition


def _read(query: str) -> Sequence[Guard]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [Guard(*row) for row in cursor.fetchall()]


def _dropped(guard: Guard, app: str, kind: str, drop: str, facets: set[str]) -> Mutant:
    """A test that was never refused by a constraint cannot miss it; one that names it as ON CONFLICT can."""
    return Mutant(
        name=f"{kind} {guard.table}.{guard.name}",
        app=app,
        family=f"{kind} {guard.table}.{guard.name}",
        shown=lambda: f"dropped: {guard.definition}",
        sql=[drop],
        facets=frozenset(facets | {f"upserts {guard.table}"}),
        first=frozenset(each for each in facets if each.startswith("refused ")),
    )
