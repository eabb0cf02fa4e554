"""The guards of every app come off and go on again: what their migrations add, going back takes away, and no more."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
# Each after those that it leans on: the function that refuses TRUNCATE is the log's.
GUARDS = [
    ("audit", "0002_guards"),
    ("duties", "0002_kept_rows"),
    ("surveys", "0002_guards"),
    ("eligibility", "0002_kept_rows"),
    ("uploads", "0002_kept_rows"),
    ("agreements", "0002_kept_rows"),
    ("agreements", "0003_concerns"),
    ("filing", "0002_issued_decided_and_handed_in"),
    ("filing", "0003_concerns"),
    ("filing", "0004_clock"),
    ("coverage", "0002_marks"),
    ("imports", "0002_kept_runs"),
    ("numbering", "0002_never_back"),
    ("sealing", "0002_kept_rows"),
]
THERE_IS = """
    SELECT tgrelid::regclass || '.' || tgname || ': ' || regexp_replace(pg_get_triggerdef(oid), '\\s+', ' ', 'g')
    FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT proname || ': ' || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT 'strand ' || number FROM audit_strand
"""  # tgenabled aside: in the test database those on TRUNCATE sleep


def there_is() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(THERE_IS)
        return {name for (name,) in cursor.fetchall()}


def test_every_guard_is_listed() -> None:
    found = {
        key
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if any(
            isinstance(operation, migrations.RunSQL) and "CREATE TRIGGER" in str(operation.sql)
            for operation in migration.operations
        )
    }
    assert found == set(GUARDS)


def test_they_come_off_and_go_on_again() -> None:
    begun, none = there_is(), ProjectState()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    steps = [
        (app, operation)
        for app, name in GUARDS
        for operation in import_module(f"{app}.migrations.{name}").Migration.operations
    ]
    with connection.schema_editor(atomic=False) as editor:
        for app, operation in reversed(steps):
            operation.database_backwards(app, editor, none, none)
        assert not [line for line in there_is() if "CREATE TRIGGER" in line or "RETURN" in line]
        for app, operation in steps:
            operation.database_forwards(app, editor, none, none)
    assert there_is() == begun


def test_the_table_of_what_is_refused_names_every_guarded_table() -> None:
    """In docs/decisions/0030-roles.md; what each says, the tests of the apps prove. Marks refuse nothing."""
    text = (ROOT / "docs/decisions/0030-roles.md").read_text(encoding="utf-8")
    part = text.partition("## What PostgreSQL itself refuses")[2].partition("\n## ")[0]
    named = {
        name for row in part.splitlines() for name in re.findall(r"`(\w+)`", row.partition(" |")[0] if row else "")
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE NOT tgisinternal AND proname NOT LIKE 'mark\\_coverage\\_%'"
        )
        assert named == {name for (name,) in cursor.fetchall()}
