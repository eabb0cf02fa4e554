"""Which sheet was imported, by whom, and what came of it stays as it was; only its rows are dropped in time."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_rewriting_an_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'which sheet was imported, by whom and what came of it, is written once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sent_sheet_is_kept BEFORE UPDATE ON imports_institutionimport
    FOR EACH ROW
    WHEN (NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id
        OR NEW.uploaded_at IS DISTINCT FROM OLD.uploaded_at
        OR NEW.file_name IS DISTINCT FROM OLD.file_name
        OR NEW.size IS DISTINCT FROM OLD.size
        OR NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.file IS DISTINCT FROM OLD.file AND NEW.state <> 'refused')
    EXECUTE FUNCTION refuse_rewriting_an_import();
-- `state_since` is the clock by which the rows are dropped.
CREATE TRIGGER ended_import_is_kept BEFORE UPDATE ON imports_institutionimport
    FOR EACH ROW
    WHEN (OLD.state IN ('done', 'abandoned', 'refused')
        AND to_jsonb(NEW) - ARRAY['rows_dropped_at', 'state_since']
            <> to_jsonb(OLD) - ARRAY['rows_dropped_at', 'state_since'])
    EXECUTE FUNCTION refuse_rewriting_an_import();
"""

ALLOW = """
DROP TRIGGER ended_import_is_kept ON imports_institutionimport;
DROP TRIGGER sent_sheet_is_kept ON imports_institutionimport;
DROP FUNCTION refuse_rewriting_an_import();
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_tables")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
