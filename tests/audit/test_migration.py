"""What was logged before there were chains is chained in its order, in batches, and can be gone back on."""

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audit.models import Entry, Head
from tests.audit.worlds import checked
from tests.conftest import ALLOW_FLUSHING

BEFORE, AFTER = ("audit", "0002_events_are_words"), ("audit", "0006_anchors")
OLD_ROWS = """
    INSERT INTO audit_entry (event, actor_id, actor_name, subject_type, subject_id, data, at)
    SELECT 'agreement.drafted', n, '陈喆', 'agreements.agreement', n %% 7, jsonb_build_object('n', n, '章', '一'),
        '2026-01-01'::timestamptz + n * interval '1 second'
    FROM generate_series(1, %s) AS n
"""


def migrate_to(target: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    return executor.migrate([target]).apps


@pytest.mark.django_db(transaction=True)
def test_old_entries_are_chained_in_batches_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    backfill = import_module("audit.migrations.0004_chain_existing_entries")
    monkeypatch.setattr(backfill, "BATCH", 10)
    try:
        migrate_to(BEFORE)
        with connection.cursor() as cursor:
            cursor.execute(OLD_ROWS, [45])
        migrate_to(AFTER)
        assert {what for _, what in checked()[0]} == {"缺失"}  # the anchors of those days
        assert sorted(Head.objects.values_list("subject_id", "sequence")) == [(n, 6 + (1 <= n <= 3)) for n in range(7)]
        chain = Entry.objects.filter(subject_id=3).order_by("sequence")
        assert [entry.data["n"] for entry in chain] == [3, 10, 17, 24, 31, 38, 45]
        assert {entry.at.tzinfo for entry in chain} == {dt.UTC}
        migrate_to(BEFORE)
        migrate_to(AFTER)
        assert Head.objects.count() == 7
    finally:
        call_command("migrate", "audit", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(ALLOW_FLUSHING)
