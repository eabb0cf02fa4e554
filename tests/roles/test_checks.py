"""A start names what the application's role may beyond its list, and what it lacks."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from database.checks import application_may_no_more
from database.roles import make_application
from tests.audit.worlds import execute
from tests.database import execute_as_owner

pytestmark = pytest.mark.django_db
# What an operator may have done.
BEYOND = [
    ("may DELETE on audit_entry", "GRANT DELETE ON audit_entry TO yiyang_app"),
    ("may TRUNCATE on once_sentform", "GRANT TRUNCATE ON once_sentform TO yiyang_app"),
    ("may UPDATE hash of audit_head", "GRANT UPDATE (hash) ON audit_head TO yiyang_app"),
    ("may make tables and functions", "GRANT CREATE ON SCHEMA public TO yiyang_app"),
    (
        "may make temporary tables",
        "DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$",
    ),
    ("may connect to postgres", "GRANT CONNECT ON DATABASE postgres TO PUBLIC"),
    ("may connect to template1", "GRANT TEMP ON DATABASE template1 TO yiyang_app"),
    ("may become pg_monitor", "GRANT pg_monitor TO yiyang_app"),
    ("may make databases", "ALTER ROLE yiyang_app CREATEDB"),
    ("owns table once_sentform", "ALTER TABLE once_sentform OWNER TO yiyang_app"),
]


def said() -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in application_may_no_more(databases=["default"])]


@pytest.fixture
def operator(owner: None, db: None, settings: Any) -> None:
    """The owner, who changes rights in the transaction of the test and then lets the application be asked in it."""
    settings.OWNER_DATABASE = {}


def said_after(sql: str) -> list[tuple[str | None, str]]:
    execute(sql.replace("%", "%%"))
    execute("SET LOCAL ROLE yiyang_app")
    return said()


def test_nothing_is_said_of_a_role_with_the_rights_of_the_list() -> None:
    assert said() == []
    assert application_may_no_more() == [], "a check that is told no database asks none"


@pytest.mark.parametrize(("words", "sql"), BEYOND, ids=[words for words, _ in BEYOND])
def test_what_the_role_may_beyond_its_list_is_named(operator: None, words: str, sql: str) -> None:
    found = said_after(sql)
    assert [(code, words in text) for code, text in found] == [("database.W001", True)], found


def test_what_it_lacks_is_an_error(operator: None) -> None:
    assert said_after("REVOKE INSERT ON audit_entry FROM yiyang_app") == [
        ("database.E001", "The application's database role may not INSERT on audit_entry.")
    ]


def test_a_superuser_is_named_as_one_and_nothing_more_is_said(operator: None) -> None:
    [(code, text)] = said()
    assert (code, "is a superuser" in text) == ("database.W001", True)


@pytest.mark.usefixtures("owner")
def test_nothing_is_asked_of_who_migrates() -> None:
    assert said() == []


def test_the_check_of_the_command_line_says_it(operator: None, capsys: pytest.CaptureFixture[str]) -> None:
    execute("GRANT TRUNCATE ON audit_entry TO yiyang_app")
    execute("SET LOCAL ROLE yiyang_app")
    call_command("check", tags=["database"], databases=["default"])
    assert "may TRUNCATE on audit_entry" in capsys.readouterr().err


@pytest.mark.usefixtures("owner")
@pytest.mark.django_db(transaction=True)
def test_the_role_is_made_with_its_password_and_gets_a_changed_one(settings: Any) -> None:
    role = f"{connection.settings_dict['NAME']}_made"  # of this database's tests alone: roles are the server's
    as_it_is = settings.APPLICATION_DATABASE
    try:
        for password in ("first", "second", "second"):
            settings.APPLICATION_DATABASE = as_it_is | {"USER": role, "PASSWORD": password}
            make_application()
        settings.APPLICATION_DATABASE = as_it_is | {"USER": role, "HOST": "/nowhere"}
        with pytest.raises(CommandError, match=role):
            make_application()
    finally:
        execute_as_owner(f'DROP ROLE IF EXISTS "{role}"')
