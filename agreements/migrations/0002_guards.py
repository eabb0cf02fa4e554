"""What is published, frozen, certified or stored stays as it is, whoever writes to the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_published_template_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published template version is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published_template_is_immutable BEFORE UPDATE OR DELETE ON agreements_templateversion
    FOR EACH ROW EXECUTE FUNCTION refuse_published_template_change();

CREATE FUNCTION refuse_frozen_agreement_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the frozen text of an agreement is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER frozen_agreement_is_immutable BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN (OLD.frozen_text IS NOT NULL AND (
        NEW.frozen_text IS DISTINCT FROM OLD.frozen_text
        OR NEW.text_digest IS DISTINCT FROM OLD.text_digest
        OR NEW.party_snapshots IS DISTINCT FROM OLD.party_snapshots
        OR NEW.template_version_id IS DISTINCT FROM OLD.template_version_id
        OR NEW.medical_id IS DISTINCT FROM OLD.medical_id
        OR NEW.elder_care_id IS DISTINCT FROM OLD.elder_care_id
        OR NEW.answers IS DISTINCT FROM OLD.answers
        OR NEW.number IS DISTINCT FROM OLD.number))
    EXECUTE FUNCTION refuse_frozen_agreement_change();
CREATE TRIGGER frozen_agreement_is_kept BEFORE DELETE ON agreements_agreement
    FOR EACH ROW WHEN (OLD.frozen_text IS NOT NULL)
    EXECUTE FUNCTION refuse_frozen_agreement_change();

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
DROP TRIGGER frozen_agreement_is_kept ON agreements_agreement;
DROP TRIGGER frozen_agreement_is_immutable ON agreements_agreement;
DROP FUNCTION refuse_frozen_agreement_change();
DROP TRIGGER published_template_is_immutable ON agreements_templateversion;
DROP FUNCTION refuse_published_template_change();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_tables")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
