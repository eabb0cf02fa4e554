"""Said at start: what the application's role may do beyond its list, and what it lacks."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.db.backends.utils import CursorWrapper

from database.rights import COLUMNS, EVERY_RIGHT, open_databases, rights_in, tables
from database.roles import is_owner

CURE = "docs/operations.md, The two roles: name the owner in OWNER_DATABASE_URL and migrate."
POWERS = """
    SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user
"""
POWER_WORDS = ("is a superuser", "may make roles", "may make databases", "may replicate", "passes row security by")
OTHER_ROLES = """
    SELECT rolname FROM pg_roles
    WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY rolname
"""
OWNED = """
    SELECT 'database ' || datname FROM pg_database
    WHERE datname = current_database() AND datdba = current_user::regrole
    UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspowner = current_user::regrole
    UNION ALL SELECT 'table ' || relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND relowner = current_user::regrole
    UNION ALL SELECT 'function ' || proname FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
"""
MAKES = """
    SELECT has_schema_privilege('public', 'CREATE'), has_database_privilege(current_database(), 'CREATE'),
        has_database_privilege(current_database(), 'TEMPORARY')
"""
MAKE_WORDS = ("tables and functions", "schemas", "temporary tables")
HELD = """
    SELECT tab, what FROM unnest(%s::text[]) AS tab CROSS JOIN unnest(%s::text[]) AS what
    WHERE has_table_privilege(quote_ident(tab), what) ORDER BY tab, what
"""
COLUMNS_HELD = """
    SELECT DISTINCT table_name, column_name FROM information_schema.column_privileges
    WHERE table_schema = 'public' AND privilege_type = 'UPDATE' AND table_name = ANY(%s) AND grantee = current_user
"""


def application_may_no_more(
    app_configs: Sequence[Any] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Warn of every right beyond the list (database/rights.py), and report every missing one as an error."""
    return [message for alias in databases or () if not is_owner(alias) for message in _faults(alias)]


def _faults(alias: str) -> Iterator[CheckMessage]:
    with connections[alias].cursor() as cursor:
        found = tables(cursor)
        more = [*_powers(cursor), *_owned(cursor)]
        if "is a superuser" not in more:
            more += [*_makes(cursor), *_elsewhere(cursor)]
            held = _held(cursor, found)
            # The owner of a table has every right in it: said already, and once.
            more += [] if any(each.startswith("owns") for each in more) else _beyond(cursor, found, held)
            lacking = sorted(f"{what} on {name}" for name in found for what in rights_in(name) - held[name])
            if lacking:
                yield Error(
                    f"The application's database role may not {_short(lacking)}.",
                    hint="`python manage.py migrate` with OWNER_DATABASE_URL grants what is missing.",
                    id="database.E001",
                )
    if more:
        yield Warning(f"The application's database role {_short(more)}.", hint=CURE, id="database.W001")


def _powers(cursor: CursorWrapper) -> list[str]:
    cursor.execute(POWERS)
    powers = [words for has, words in zip(cursor.fetchone(), POWER_WORDS, strict=True) if has]
    if "is a superuser" in powers:
        return powers
    cursor.execute(OTHER_ROLES)
    return [*powers, *(f"may become {role}" for (role,) in cursor.fetchall())]


def _owned(cursor: CursorWrapper) -> list[str]:
    cursor.execute(OWNED)
    owned = [what for (what,) in cursor.fetchall()]
    return [f"owns {_short(owned)}"] if owned else []


def _makes(cursor: CursorWrapper) -> list[str]:
    cursor.execute(MAKES)
    return [f"may make {words}" for has, words in zip(cursor.fetchone(), MAKE_WORDS, strict=True) if has]


def _elsewhere(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT current_user")
    return [f"may connect to {name}" for name in open_databases(cursor, cursor.fetchone()[0])]


def _held(cursor: CursorWrapper, names: list[str]) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {name: set() for name in names}
    cursor.execute(HELD, [names, list(EVERY_RIGHT)])
    for name, what in cursor.fetchall():
        held[name].add(what)
    return held


def _beyond(cursor: CursorWrapper, names: list[str], held: dict[str, set[str]]) -> list[str]:
    more = [f"may {what} on {name}" for name in names for what in sorted(held[name] - rights_in(name))]
    unchanging = [name for name in names if "UPDATE" not in rights_in(name) | held[name]]
    cursor.execute(COLUMNS_HELD, [unchanging])
    return more + [
        f"may UPDATE {column} of {name}" for name, column in cursor.fetchall() if COLUMNS.get(name) != column
    ]


def _short(words: list[str], most: int = 8) -> str:
    """Return the words as a list, and how many more there are."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
