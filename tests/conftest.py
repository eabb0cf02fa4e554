"""What every test may ask for by name: the cast."""

import gc
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests.emptying import empty_what_was_written

pytest_plugins = [
    "tests.cast",
    "tests.agreements.fixtures",
    "tests.filing.fixtures",
    "tests.access.world",
    "tests.notifications.fixtures",
    "tests.concurrency.kinds",
    "tests.concurrency.job_table",
]

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


def pytest_configure() -> None:
    TransactionTestCase._fixture_teardown = empty_what_was_written  # type: ignore[attr-defined]  # the stubs leave it out


def pytest_collection_finish() -> None:
    """Leave what has been imported and collected out of every later search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the end of all tests, end what threads of live servers and workers hold open: it would keep the database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(ALLOW_FLUSHING)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS)
