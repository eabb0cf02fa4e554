# ruff: noqa: S608  -- the names of tables and columns are put into SQL on purpose, and all are ours
"""The application, which the whole suite runs as: PostgreSQL itself refuses it what would spoil the log."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from audit.log import append
from audit.models import Head
from tests.audit.test_mutations import CHAINS, MUTATIONS, TODAY, Mutation, anchor_mutations
from tests.audit.worlds import CLERK, NOTHING, SUBJECTS, checked, execute, subject, write_world

pytestmark = pytest.mark.django_db

DENIED = "permission denied|must be owner"


def denied(sql: str) -> None:
    with pytest.raises(ProgrammingError, match=DENIED), transaction.atomic():
        execute(sql)


def test_the_suite_runs_as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, current_user = session_user,"
            " (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, True, 0)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.kind} {mutation.column}")
def test_every_mutation_of_the_log_is_refused(mutation: Mutation) -> None:
    for number in range(3):
        append(NOTHING, by=CLERK, subject=SUBJECTS[0])
        append(NOTHING, by=CLERK, subject=SUBJECTS[3] if number else None)
    with pytest.raises(ProgrammingError, match=DENIED), transaction.atomic():
        mutation.spoil(CHAINS[0], 2)
    assert checked()[0] == []


@pytest.mark.parametrize("sql", [sql for _, _, sql in anchor_mutations()])
def test_every_mutation_of_an_anchor_is_refused(sql: str) -> None:
    denied(sql)


def test_nothing_is_deleted_emptied_or_put_to_sleep() -> None:
    for table in ("entry", "head", "strand", "anchor", "anchorleaf", "anchortoken"):
        denied(f"DELETE FROM audit_{table}")
        denied(f"TRUNCATE audit_{table} CASCADE")
        denied(f"ALTER TABLE audit_{table} DISABLE TRIGGER ALL")
        denied(f"DROP TABLE audit_{table} CASCADE")
    denied("SET session_replication_role = replica")
    denied("CREATE TABLE mine (number integer)")
    denied("CREATE TEMPORARY TABLE mine (number integer)")
    denied("CREATE OR REPLACE FUNCTION audit_move_head() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    denied("SELECT setval('audit_entry_id_seq', 1)")


@pytest.mark.parametrize("change", ["sequence = sequence - 1", "sequence = sequence + 1"])
def test_the_column_by_which_a_chain_is_locked_is_not_changed(change: str) -> None:
    append(NOTHING, by=CLERK, subject=subject(0))
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        execute(f"UPDATE audit_head SET {change}")
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        execute("UPDATE audit_strand SET place = place + 1 WHERE number = 1")
    denied("UPDATE audit_head SET hash = repeat('1', 64)")
    denied("UPDATE audit_strand SET hash = repeat('1', 64)")
    assert Head.objects.get().sequence == 1


def test_what_the_product_does_goes_on() -> None:
    write_world()
    assert checked()[0] == []
    assert append(NOTHING, by=CLERK, subject=SUBJECTS[0]).sequence > TODAY
