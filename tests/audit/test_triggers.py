"""The database itself refuses to change what was logged, by whatever statement."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.anchoring import anchor_due
from audit.log import append
from audit.models import Anchor, AnchorLeaf, AnchorToken, Entry, Head
from tests.audit.worlds import CLERK, DAYS, NOTHING, SUBJECTS, execute, write_day

pytestmark = pytest.mark.django_db

KEPT = (Entry, Anchor, AnchorLeaf, AnchorToken)
TRUNCATES = {Entry: "entries_are_not_truncated", Head: "heads_are_not_truncated"} | dict.fromkeys(
    (Anchor, AnchorLeaf, AnchorToken), "anchors_are_not_truncated"
)


@pytest.fixture(autouse=True)
def log(db: None) -> None:
    write_day(DAYS, entries=1)
    anchor_due()
    # Deferred keys are looked at now, so that triggers can be put to sleep and woken in this transaction.
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        execute(sql, *values)


@pytest.mark.parametrize("model", KEPT)
def test_changing_and_deleting_are_refused(model: type[Entry]) -> None:
    column = model._meta.concrete_fields[-1].column
    refused(f"UPDATE {model._meta.db_table} SET {column} = {column}")  # noqa: S608  -- names of our own model
    refused(f"DELETE FROM {model._meta.db_table}")  # noqa: S608  -- as above


@pytest.mark.parametrize("model", TRUNCATES)
def test_truncating_is_refused(model: type[Entry]) -> None:
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
