"""A file is what was sent, and one that was kept stays with its pages, whoever writes to the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_upload_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a file stays as it was sent, and what was kept is kept' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sent_file_is_immutable BEFORE UPDATE ON uploads_upload
    FOR EACH ROW
    WHEN (OLD.state = 'kept' AND NEW IS DISTINCT FROM OLD
        OR NEW.purpose IS DISTINCT FROM OLD.purpose
        OR NEW.subject IS DISTINCT FROM OLD.subject
        OR NEW.part IS DISTINCT FROM OLD.part
        OR NEW.facts IS DISTINCT FROM OLD.facts
        OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id
        OR NEW.acting IS DISTINCT FROM OLD.acting
        OR NEW.sender IS DISTINCT FROM OLD.sender
        OR NEW.origin IS DISTINCT FROM OLD.origin
        OR NEW.token IS DISTINCT FROM OLD.token
        OR NEW.file IS DISTINCT FROM OLD.file
        OR NEW.name IS DISTINCT FROM OLD.name
        OR NEW.size IS DISTINCT FROM OLD.size
        OR NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.sent_at IS DISTINCT FROM OLD.sent_at)
    EXECUTE FUNCTION refuse_upload_change();
-- Only what was refused is deleted, a week later.
CREATE TRIGGER sent_file_is_kept BEFORE DELETE ON uploads_upload
    FOR EACH ROW WHEN (OLD.state <> 'refused')
    EXECUTE FUNCTION refuse_upload_change();

-- The file's row is locked: a page that is written while it is being kept waits, and then is one too many.
CREATE FUNCTION guard_page() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_in text;
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        SELECT state INTO now_in FROM uploads_upload WHERE id = coalesce(NEW.upload_id, OLD.upload_id) FOR SHARE;
        IF now_in IS DISTINCT FROM 'kept' THEN
            RETURN coalesce(NEW, OLD);
        END IF;
    END IF;
    RAISE EXCEPTION 'the pages of a file that was kept are those that were drawn' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER page_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON uploads_page
    FOR EACH ROW EXECUTE FUNCTION guard_page();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON uploads_upload
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON uploads_page
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
"""

ALLOW = """
DROP TRIGGER is_not_truncated ON uploads_page;
DROP TRIGGER is_not_truncated ON uploads_upload;
DROP TRIGGER page_is_guarded ON uploads_page;
DROP FUNCTION guard_page();
DROP TRIGGER sent_file_is_kept ON uploads_upload;
DROP TRIGGER sent_file_is_immutable ON uploads_upload;
DROP FUNCTION refuse_upload_change();
"""


class Migration(migrations.Migration):
    dependencies = [("uploads", "0001_tables"), ("audit", "0002_guards")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
