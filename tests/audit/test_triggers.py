"""The database itself refuses to change what was logged, by whatever statement."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from audit.log import append
from audit.models import Anchor, AnchorLeaf, AnchorToken, Entry, Head, Strand
from tests.audit.worlds import CLERK, DAYS, NOTHING, SUBJECTS, anchor_in_the_evening, execute, write_day

# The application has not even the right: tests/audit/test_application.py. These refuse the owner too.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]

KEPT: tuple[type[Model], ...] = (Entry, Anchor, AnchorLeaf, AnchorToken)
TRUNCATES: dict[type[Model], str] = {
    Entry: "entries_are_not_truncated",
    Head: "heads_are_not_truncated",
    Strand: "strands_are_not_truncated",
    **dict.fromkeys((Anchor, AnchorLeaf, AnchorToken), "anchors_are_not_truncated"),
}


@pytest.fixture(autouse=True)
def log(db: None) -> None:
    write_day(DAYS, entries=1)
    anchor_in_the_evening(DAYS)
    # Deferred keys are looked at now, so that triggers can be put to sleep and woken in this transaction.
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        execute(sql, *values)


@pytest.mark.parametrize("model", KEPT)
def test_changing_and_deleting_are_refused(model: type[Model]) -> None:
    column = model._meta.concrete_fields[-1].column
    refused(f"UPDATE {model._meta.db_table} SET {column} = {column}")  # noqa: S608  -- names of our own model
    refused(f"DELETE FROM {model._meta.db_table}")  # noqa: S608  -- as above


@pytest.mark.parametrize("model", TRUNCATES)
def test_truncating_is_refused(model: type[Model]) -> None:
    """Those triggers sleep in the test database (tests/database.py); this transaction wakes them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = %s", [TRUNCATES[model]])
        assert {row[0] for row in cursor.fetchall()} == {"D"}
    execute(f"ALTER TABLE {table} ENABLE TRIGGER {TRUNCATES[model]}")
    refused(f"TRUNCATE {table} CASCADE")


def test_a_head_only_moves_forward_and_by_its_entries_alone() -> None:
    key = SUBJECTS[0].pk
    where = "WHERE subject_type = 'accounts.user' AND subject_id = %s"
    for change in ("sequence = sequence + 1", "sequence = sequence - 1", "hash = repeat('1', 64)", "subject_id = 1"):
        refused(f"UPDATE audit_head SET {change} {where}", key)  # noqa: S608  -- our own words
    refused(f"DELETE FROM audit_head {where}", key)  # noqa: S608  -- our own words
    refused("INSERT INTO audit_head VALUES ('accounts.user', 1, 5, repeat('1', 64))")
    assert append(NOTHING, by=CLERK, subject=SUBJECTS[0]).sequence == 2
    assert Head.objects.get(pk=("accounts.user", key)).sequence == 2


def test_a_strand_only_moves_forward_and_by_its_entries_alone() -> None:
    for change in ("place = place + 1", "place = place - 1", "hash = repeat('1', 64)", "number = 99"):
        refused(f"UPDATE audit_strand SET {change} WHERE number = 1")  # noqa: S608  -- our own words
    refused("DELETE FROM audit_strand")
    refused("INSERT INTO audit_strand VALUES (99, 0, repeat('0', 64))")
    before = Strand.objects.get(number=1).place
    assert append(NOTHING, by=CLERK, subject=SUBJECTS[0]).place == before + 1
    assert Strand.objects.get(number=1).place == before + 1


@pytest.mark.parametrize(("column", "value"), [("strand", 2), ("place", 9000), ("beside", "a" * 64)])
def test_an_entry_beside_its_strand_is_refused(column: str, value: object) -> None:
    entry = append(NOTHING, by=CLERK, subject=SUBJECTS[0])
    entry.pk, entry.sequence, entry.previous_hash = entry.pk + 100, entry.sequence + 1, entry.hash
    entry.place, entry.beside = entry.place + 1, entry.hash
    setattr(entry, column, value)
    entry.seal()
    with pytest.raises(IntegrityError, match="do not continue their strand"), transaction.atomic():
        entry.save(force_insert=True)
