from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_issued_date_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the dates of an agreement in force are immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER issued_dates_are_immutable BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN (OLD.certified_at IS NOT NULL AND (
        NEW.certified_at IS NULL
        OR NEW.medical_signed_on IS DISTINCT FROM OLD.medical_signed_on
        OR NEW.elder_care_signed_on IS DISTINCT FROM OLD.elder_care_signed_on
        OR NEW.effective_on IS DISTINCT FROM OLD.effective_on
        OR NEW.starts_on IS DISTINCT FROM OLD.starts_on
        OR NEW.expires_on IS DISTINCT FROM OLD.expires_on
        OR NEW.template_id IS DISTINCT FROM OLD.template_id
        OR NEW.kind IS DISTINCT FROM OLD.kind
        OR NEW.predecessor_id IS DISTINCT FROM OLD.predecessor_id))
    EXECUTE FUNCTION refuse_issued_date_change();

CREATE FUNCTION refuse_stored_scan_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a stored scan is kept as it was uploaded' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stored_scan_is_immutable BEFORE UPDATE ON agreements_scan
    FOR EACH ROW
    WHEN (OLD.state <> 'uploaded' AND (
            NEW.state IS DISTINCT FROM OLD.state
            OR NEW.reason IS DISTINCT FROM OLD.reason
            OR NEW.checked_by_id IS DISTINCT FROM OLD.checked_by_id)
        OR NEW.agreement_id IS DISTINCT FROM OLD.agreement_id
        OR NEW.file IS DISTINCT FROM OLD.file
        OR NEW.original_name IS DISTINCT FROM OLD.original_name
        OR NEW.content_type IS DISTINCT FROM OLD.content_type
        OR NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.page_count IS DISTINCT FROM OLD.page_count
        OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id)
    EXECUTE FUNCTION refuse_stored_scan_change();
CREATE TRIGGER stored_scan_is_kept BEFORE DELETE ON agreements_scan
    FOR EACH ROW EXECUTE FUNCTION refuse_stored_scan_change();
"""

ALLOW = """
DROP TRIGGER stored_scan_is_kept ON agreements_scan;
DROP TRIGGER stored_scan_is_immutable ON agreements_scan;
DROP FUNCTION refuse_stored_scan_change();
DROP TRIGGER issued_dates_are_immutable ON agreements_agreement;
DROP FUNCTION refuse_issued_date_change();
"""


class Migration(migrations.Migration):
    """What a day's figures rest on stays as it was certified; a scan is decided once and never lost."""

    dependencies = [("agreements", "0006_withdrawn_after_freezing_and_kept_dates")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
