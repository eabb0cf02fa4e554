"""What the application may do in each table: what the list says, after every migration, and no more."""

import psycopg2
import pytest
from django.apps import apps
from django.db import connection, transaction
from psycopg2 import OperationalError

from database.checks import application_may_no_more
from database.rights import (
    COLUMNS,
    EVERY_RIGHT,
    OTHER_DATABASES,
    RIGHTS,
    close_other_databases,
    grant,
    open_databases,
    rights_in,
    tables,
)
from database.roles import as_owner, is_owner
from tests.audit.worlds import execute

pytestmark = pytest.mark.django_db
HELD = "SELECT what FROM unnest(%s::text[]) AS what WHERE has_table_privilege('yiyang_app', quote_ident(%s), what)"
REFUSING_BOTH = """
    SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgfoid = 'audit_is_only_added_to'::regproc AND tgtype & 8 <> 0 AND tgtype & 16 <> 0
"""  # before update and before delete, whatever the row


def held(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(EVERY_RIGHT), table])
        return {what for (what,) in cursor.fetchall()}


def names(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def test_every_table_has_the_rights_of_the_list_and_no_other() -> None:
    with connection.cursor() as cursor:
        found = tables(cursor)
    assert {model._meta.db_table for model in apps.get_models() if model._meta.managed} <= set(found)
    assert {table: held(table) for table in found} == {table: set(rights_in(table)) for table in found}


def test_the_list_names_tables_that_there_are() -> None:
    with connection.cursor() as cursor:
        assert {*RIGHTS, *COLUMNS} <= set(tables(cursor))


def test_what_triggers_let_nobody_change_the_application_may_not_even_try_to() -> None:
    kept = names(REFUSING_BOTH)
    assert {"audit_entry", "audit_anchor"} <= kept
    assert {table for table in kept if rights_in(table) & {"UPDATE", "DELETE"}} == set()


@pytest.mark.usefixtures("owner")
def test_granting_again_takes_away_what_came_to_be_and_serves_tables_that_came_since() -> None:
    execute("GRANT ALL ON audit_entry TO yiyang_app")
    execute("GRANT CREATE ON SCHEMA public TO yiyang_app")
    execute("CREATE TABLE newcomer (number integer)")
    assert held("newcomer") == set()
    grant()
    grant()
    assert (held("audit_entry"), held("newcomer")) == (set(rights_in("audit_entry")), set(rights_in("newcomer")))
    assert application_may_no_more(databases=["default"]) == []


@pytest.mark.parametrize("name", OTHER_DATABASES)
def test_the_application_enters_no_other_database_of_the_cluster(name: str) -> None:
    who = {key: connection.settings_dict[key.upper()] for key in ("user", "password", "host", "port")}
    with pytest.raises(OperationalError, match="permission denied for database"):
        psycopg2.connect(dbname=name, **who)


@pytest.mark.usefixtures("owner")
def test_granting_closes_what_an_older_cluster_leaves_open() -> None:
    """What stood in a cluster of before, and of whoever runs their own; the owner of another one changes nothing."""
    execute("GRANT CONNECT, TEMP ON DATABASE postgres, template1 TO PUBLIC")
    execute("GRANT CREATE ON DATABASE postgres TO yiyang_app")
    with connection.cursor() as cursor:
        assert open_databases(cursor, "yiyang_app") == list(OTHER_DATABASES)
        execute("CREATE ROLE plain_owner ROLE yiyang")
        execute("SET LOCAL ROLE plain_owner")
        close_other_databases(cursor)
        execute("RESET ROLE")
        assert open_databases(cursor, "yiyang_app") == list(OTHER_DATABASES)
        close_other_databases(cursor)
        assert open_databases(cursor, "yiyang_app") == []


def test_who_speaks_as_the_owner_is_the_application_again_afterwards(transactional_db: None) -> None:
    def speaking() -> tuple[str, bool]:
        (name,) = names("SELECT current_user")
        return name, is_owner()

    assert speaking() == ("yiyang_app", False)
    with as_owner(), transaction.atomic():
        with as_owner():
            assert speaking() == ("yiyang", True)
        assert speaking() == ("yiyang", True)
    assert speaking() == ("yiyang_app", False)
