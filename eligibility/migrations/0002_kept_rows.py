"""What was submitted or decided is what it was, whoever writes to the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_eligibility_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was submitted or decided stays as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER eligibility_case_is_kept BEFORE DELETE ON eligibility_eligibilitycase
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_eligibility_change();
CREATE TRIGGER eligibility_case_is_immutable BEFORE UPDATE ON eligibility_eligibilitycase
    FOR EACH ROW WHEN (
        NEW.institution_id IS DISTINCT FROM OLD.institution_id
        OR NEW.round IS DISTINCT FROM OLD.round
        OR NEW.previous_id IS DISTINCT FROM OLD.previous_id
        OR NEW.checklist IS DISTINCT FROM OLD.checklist
        OR OLD.state <> 'draft' AND (
            NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
            OR NEW.submitted_by_id IS DISTINCT FROM OLD.submitted_by_id)
        OR OLD.decided_at IS NOT NULL AND (
            NEW.decided_at IS DISTINCT FROM OLD.decided_at
            OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
            OR NEW.valid_from IS DISTINCT FROM OLD.valid_from
            OR NEW.valid_to IS DISTINCT FROM OLD.valid_to)
        OR OLD.state IN ('returned', 'expired', 'withdrawn') AND NEW.state IS DISTINCT FROM OLD.state)
    EXECUTE FUNCTION refuse_eligibility_change();

-- An institution writes while its case is a draft, the authority while it is submitted; afterwards nobody.
CREATE FUNCTION guard_eligibility_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_in text;
BEGIN
    SELECT state INTO now_in FROM eligibility_eligibilitycase WHERE id = coalesce(NEW.case_id, OLD.case_id);
    IF now_in = 'draft' OR now_in = 'submitted' AND TG_OP = 'UPDATE'
        AND (NEW.case_id, NEW.item, NEW.yes, NEW.number, NEW.day, NEW.words)
            IS NOT DISTINCT FROM (OLD.case_id, OLD.item, OLD.yes, OLD.number, OLD.day, OLD.words)
    THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'what was submitted or decided stays as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER eligibility_answer_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON eligibility_eligibilityanswer
    FOR EACH ROW EXECUTE FUNCTION guard_eligibility_answer();

CREATE FUNCTION guard_eligibility_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' AND EXISTS (
        SELECT FROM eligibility_eligibilitycase WHERE id = coalesce(NEW.case_id, OLD.case_id) AND state = 'draft')
    THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'evidence that was submitted is kept as it was uploaded' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER eligibility_evidence_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON eligibility_eligibilityevidence
    FOR EACH ROW EXECUTE FUNCTION guard_eligibility_evidence();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON eligibility_eligibilitycase
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON eligibility_eligibilityanswer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON eligibility_eligibilityevidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
"""

ALLOW = """
DROP TRIGGER is_not_truncated ON eligibility_eligibilitycase;
DROP TRIGGER is_not_truncated ON eligibility_eligibilityanswer;
DROP TRIGGER is_not_truncated ON eligibility_eligibilityevidence;
DROP TRIGGER eligibility_evidence_is_guarded ON eligibility_eligibilityevidence;
DROP FUNCTION guard_eligibility_evidence();
DROP TRIGGER eligibility_answer_is_guarded ON eligibility_eligibilityanswer;
DROP FUNCTION guard_eligibility_answer();
DROP TRIGGER eligibility_case_is_immutable ON eligibility_eligibilitycase;
DROP TRIGGER eligibility_case_is_kept ON eligibility_eligibilitycase;
DROP FUNCTION refuse_eligibility_change();
"""


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0001_tables"), ("audit", "0002_guards")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
