"""The database of the tests: how it is set up, emptied and left. What runs in it, the tests say; nothing here does.

The owner of the tables sets it up, empties and drops it; the tests themselves run as the application's role, as the
product does. One that spoils rows as an owner could, or tries the triggers behind the rights, asks for `owner`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from database.roles import are_apart, become_application, become_owner, is_owner
from tests import kept

END_OTHER_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Tests with `transactional_db` end by emptying all tables with TRUNCATE, which kept tables refuse: in the test database
# those triggers, and only those, sleep. tests/audit/test_truncating.py wakes each and tries it.
ALLOW_FLUSHING = """
    DO $$
    DECLARE
        refusing record;
    BEGIN
        FOR refusing IN SELECT tgrelid::regclass AS kept, tgname FROM pg_trigger WHERE tgtype & 32 <> 0 LOOP
            EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', refusing.kept, refusing.tgname);
        END LOOP;
    END $$
"""
# Django's own way truncates every table, written to or not, and then makes the content types and permissions of every
# model anew. Here the tables with rows are emptied; those two, which no test writes, stay.
# So do the strands of the log, which only the migration makes: they are set back to their beginning.
KEPT = ("django_migrations", "django_content_type", "auth_permission", "audit_strand")
EMPTY = """
    DO $$
    DECLARE
        known name;
        has_rows boolean;
        written text[] := '{}';
    BEGIN
        FOR known IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s) LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %%I)', known) INTO has_rows;
            IF has_rows THEN
                written := written || quote_ident(known);
            END IF;
        END LOOP;
        IF cardinality(written) > 0 THEN
            EXECUTE 'TRUNCATE ' || array_to_string(written, ', ') || ' CASCADE';
            PERFORM set_config('session_replication_role', 'replica', true);
            UPDATE audit_strand SET place = 0, hash = repeat('0', 64) WHERE place > 0;
        END IF;
    END $$
"""


def pytest_configure() -> None:
    TransactionTestCase._fixture_teardown = empty_what_was_written  # type: ignore[attr-defined]  # the stubs leave it out


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The owner makes the test database and its tables."""
    become_owner()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the end of all tests, end what threads of live servers and workers hold open: it would keep the database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(ALLOW_FLUSHING)
        cursor.execute(kept.FUNCTIONS)
    become_application()
    yield
    for held in _OWNERS:
        held.close()
    become_owner()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS)


# Of class scope, so that it comes before the transaction of the test; a test without a class is a class of its own.
@pytest.fixture(scope="class")
def owner(django_db_setup: None) -> Iterator[None]:
    """The test runs as the owner of the tables, who in the test server may let triggers sleep."""
    become_owner()
    yield
    become_application()


def empty_what_was_written(case: TransactionTestCase) -> None:
    """Empty every table that has rows, in one statement each to look and one for all to empty."""
    execute_as_owner(EMPTY, [list(KEPT)])


_OWNERS: list[psycopg2.extensions.connection] = []  # one connection for all tests, made when first needed


def execute_as_owner(sql: str, values: Sequence[Any] = ()) -> None:
    """Run a statement as the owner and commit it, beside the connection of the test."""
    if is_owner() or not are_apart():
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
        return
    if not _OWNERS:
        _OWNERS.append(_connected_as_owner())
    with _OWNERS[0].cursor() as cursor:
        cursor.execute(sql, values)


def _connected_as_owner() -> psycopg2.extensions.connection:
    who = settings.OWNER_DATABASE
    made = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        user=who["USER"],
        password=who["PASSWORD"],
        host=who["HOST"],
        port=who["PORT"],
    )
    made.autocommit = True
    return made
