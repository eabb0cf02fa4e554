"""Emptying the tables after a test that committed, as fast as it can be done.

Django's own way truncates every table, written to or not, and then makes the content types and permissions of every
model anew. Here the tables with rows are emptied; those two, which no test writes, stay.
"""

from django.db import connection
from django.test import TransactionTestCase

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


def empty_what_was_written(case: TransactionTestCase) -> None:
    """Empty every table that has rows, in one statement each to look and one for all to empty."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [list(KEPT)])
