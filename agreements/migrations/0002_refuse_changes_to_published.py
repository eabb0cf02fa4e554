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
"""

ALLOW = """
DROP TRIGGER frozen_agreement_is_kept ON agreements_agreement;
DROP TRIGGER frozen_agreement_is_immutable ON agreements_agreement;
DROP FUNCTION refuse_frozen_agreement_change();
DROP TRIGGER published_template_is_immutable ON agreements_templateversion;
DROP FUNCTION refuse_published_template_change();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_agreements")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
