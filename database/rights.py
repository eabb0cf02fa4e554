"""What the application may do in each table: the one list, from which rights are granted after every migration."""

from contextlib import suppress

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.errors import InsufficientPrivilege, InternalError
from psycopg2.sql import SQL, Composed, Identifier

from database.roles import are_apart

READ = frozenset({"SELECT"})
ADDED_TO = READ | {"INSERT"}  # what is written stays as it is
KEPT = ADDED_TO | {"UPDATE"}  # never deleted; what may be changed of it, triggers say
ORDINARY = KEPT | {"DELETE"}
EVERY_RIGHT = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

# Every table that is not named here is ORDINARY. Locking a row (FOR UPDATE) needs the right to change a column of it.
RIGHTS: dict[str, frozenset[str]] = {
    "audit_entry": ADDED_TO,
    "audit_anchor": ADDED_TO,
    "audit_anchorleaf": ADDED_TO,
    "audit_anchortoken": ADDED_TO,
    "audit_head": ADDED_TO,
    "audit_strand": READ,
    "agreements_approval": KEPT,
    "agreements_frozentext": KEPT,
    "agreements_issuedfile": ADDED_TO,
    "agreements_readblanks": ADDED_TO,
    "agreements_readtemplate": ADDED_TO,
    "agreements_shownpage": ADDED_TO,
    "agreements_signature": KEPT,
    "agreements_signingbatch": KEPT,
    "agreements_signingitem": KEPT,
    "agreements_signingwindow": KEPT,
    "duties_invitation": KEPT,
    "filing_batch": KEPT,
    "filing_batchrow": KEPT,
    "filing_handin": KEPT,
    "filing_rescancall": KEPT,
    "imports_institutionimport": KEPT,
    "numbering_counter": KEPT,
    "sealing_certificate": KEPT,
    "sealing_revocationlist": ADDED_TO,
    "sealing_seal": KEPT,
    "sealing_sealauthorisation": KEPT,
    "sealing_sealuse": ADDED_TO,
    "sealing_signingidentity": KEPT,
    "sealing_signingkey": KEPT,
    # Written by migrations alone.
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_permission": READ,
}
# Columns that may be changed where the table may not: with them an appender locks the end of a chain. A trigger
# refuses every change; an entry moves it, as the owner's function.
# Every cluster has these too, and lets everybody in: there the application could make tables of its own, out of sight.
OTHER_DATABASES = ("postgres", "template1")
OPEN_TO = """
    SELECT datname FROM pg_database WHERE datname = ANY(%s) AND datname <> current_database()
        AND has_database_privilege(%s, oid, 'CONNECT, TEMPORARY, CREATE') ORDER BY datname
"""
COLUMNS = {"audit_head": "sequence", "audit_strand": "place"}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname
"""


def rights_in(table: str) -> frozenset[str]:
    return RIGHTS.get(table, ORDINARY)


def grant(alias: str = DEFAULT_DB_ALIAS) -> None:
    """As the owner, give the application its rights in every table there is, and take every other right away.

    Safe to run again and beside a running application, which keeps working: all of it is one transaction.
    """
    if not are_apart():
        return
    role = Identifier(str(settings.APPLICATION_DATABASE["USER"]))
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        name = Identifier(str(connections[alias].settings_dict["NAME"]))
        for statement in (
            # Everybody may connect, and make temporary tables with functions of their own, until it is taken away.
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            "REVOKE ALL ON DATABASE {name} FROM {role}",
            "GRANT CONNECT ON DATABASE {name} TO {role}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "REVOKE ALL ON SCHEMA public FROM {role}",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            cursor.cursor.execute(SQL(statement).format(name=name, role=role))
        cursor.cursor.execute(SQL("; ").join(_grants(tables(cursor), role)))
        close_other_databases(cursor)


def close_other_databases(cursor: CursorWrapper) -> None:
    """Take away from everybody what the application has in the other databases of the cluster.

    Where they are another administrator's, PostgreSQL changes nothing and the check at start goes on naming it.
    """
    role = str(settings.APPLICATION_DATABASE["USER"])
    for name in open_databases(cursor, role):
        revoke = SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC, {}").format(Identifier(name), Identifier(role))
        # Somebody else is just at it, or it is not ours: what counts, the check at start asks.
        with suppress(InternalError, InsufficientPrivilege), transaction.atomic(using=cursor.db.alias):
            cursor.cursor.execute(revoke)


def open_databases(cursor: CursorWrapper, role: str) -> list[str]:
    """Return which of the cluster's other databases let the role in."""
    cursor.execute(OPEN_TO, [list(OTHER_DATABASES), role])
    return [name for (name,) in cursor.fetchall()]


def tables(cursor: CursorWrapper) -> list[str]:
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]


def _grants(names: list[str], role: Identifier) -> list[Composed]:
    def grant_of(rights: str, table: str) -> Composed:
        return SQL("GRANT {} ON {} TO {}").format(SQL(rights), Identifier(table), role)

    given = [grant_of(", ".join(sorted(rights_in(name))), name) for name in names]
    columns = [grant_of(f"UPDATE ({COLUMNS[name]})", name) for name in names if name in COLUMNS]
    return [*given, *columns]
