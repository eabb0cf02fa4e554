"""What an authority has decided is issued: its content is never changed or deleted, only referred to by a new row."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_decided_filing_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decided filing is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decided_filing_is_immutable BEFORE UPDATE ON filing_filing
    FOR EACH ROW
    WHEN (OLD.state IN ('accepted', 'returned') AND (
        NEW.state IS DISTINCT FROM OLD.state
        OR NEW.agreement_id IS DISTINCT FROM OLD.agreement_id
        OR NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.round IS DISTINCT FROM OLD.round
        OR NEW.previous_id IS DISTINCT FROM OLD.previous_id
        OR NEW.number IS DISTINCT FROM OLD.number
        OR NEW.reasons IS DISTINCT FROM OLD.reasons
        OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
        OR (OLD.receipt <> '' AND (
            NEW.receipt IS DISTINCT FROM OLD.receipt OR NEW.receipt_sha256 IS DISTINCT FROM OLD.receipt_sha256))))
    EXECUTE FUNCTION refuse_decided_filing_change();
CREATE TRIGGER decided_filing_is_kept BEFORE DELETE ON filing_filing
    FOR EACH ROW WHEN (OLD.state IN ('accepted', 'returned'))
    EXECUTE FUNCTION refuse_decided_filing_change();
"""

ALLOW = """
DROP TRIGGER decided_filing_is_kept ON filing_filing;
DROP TRIGGER decided_filing_is_immutable ON filing_filing;
DROP FUNCTION refuse_decided_filing_change();
"""


class Migration(migrations.Migration):
    dependencies = [("filing", "0001_tables")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
