"""What every test may ask for by name: the cast."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

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
# Tests with `transactional_db` end by emptying all tables with TRUNCATE, which the log refuses: in the test database
# those triggers, and only those, sleep. tests/audit/test_triggers.py wakes them and tries them.
ALLOW_FLUSHING = """
    ALTER TABLE audit_entry DISABLE TRIGGER entries_are_not_truncated;
    ALTER TABLE audit_head DISABLE TRIGGER heads_are_not_truncated;
    ALTER TABLE audit_anchor DISABLE TRIGGER anchors_are_not_truncated;
    ALTER TABLE audit_anchorleaf DISABLE TRIGGER anchors_are_not_truncated;
    ALTER TABLE audit_anchortoken DISABLE TRIGGER anchors_are_not_truncated;
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the end of all tests, end what threads of live servers and workers hold open: it would keep the database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(ALLOW_FLUSHING)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS)
