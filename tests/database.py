"""The database of the tests: how it is set up, emptied and left. What runs in it, the tests say; nothing here does.

Set-up needs the owner of the tables (it migrates, and lets triggers sleep); the tests themselves need not.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

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
KEPT = ("django_migrations", "django_content_type", "auth_permission")
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
        END IF;
    END $$
"""


def pytest_configure() -> None:
    TransactionTestCase._fixture_teardown = empty_what_was_written  # type: ignore[attr-defined]  # the stubs leave it out


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the end of all tests, end what threads of live servers and workers hold open: it would keep the database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(ALLOW_FLUSHING)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS)


def empty_what_was_written(case: TransactionTestCase) -> None:
    """Empty every table that has rows, in one statement each to look and one for all to empty."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [list(KEPT)])
