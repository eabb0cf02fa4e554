"""No table whose rows are kept can be emptied at a stroke either."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.audit.worlds import execute

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
ROWS_KEPT = """
    SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgtype & 2 <> 0 AND tgtype & 8 <> 0 ORDER BY 1
"""  # before delete; ON STATEMENT or FOR EACH ROW
TRUNCATING = "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND tgtype & 32 <> 0"


def rows(sql: str, *values: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [tuple(row) for row in cursor.fetchall()]


def test_every_table_that_keeps_its_rows_refuses_to_be_emptied() -> None:
    """Those triggers sleep in the test database (tests/database.py); this transaction wakes each and tries it."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    kept = [table for (table,) in rows(ROWS_KEPT)]
    assert {"agreements_frozentext", "agreements_signature", "audit_entry", "filing_receipt"} < set(kept)
    for table in kept:
        if table == "agreements_agreement":  # through those that refer to it: a plain TRUNCATE is refused for them
            continue
        [(name, enabled)] = rows(TRUNCATING, table)
        assert enabled == "D", table
        execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            execute(f"TRUNCATE {table} CASCADE")


def test_agreements_are_not_emptied_through_what_refers_to_them() -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE agreements_frozentext ENABLE TRIGGER is_not_truncated")
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        execute("TRUNCATE agreements_agreement CASCADE")
