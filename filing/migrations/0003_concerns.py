"""Every filing carries whose officials see it, as every agreement does: of its authority's region, and its agreement's.

Neither moves once it is opened, so it is noted once; what a whole row is saved with changes nothing of it.
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION note_whom_a_filing_concerns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.concerns := OLD.concerns;
    ELSE
        NEW.concerns := seats_above(ARRAY(
            SELECT region_id FROM agreements_agreement WHERE id = NEW.agreement_id
            UNION ALL SELECT region_id FROM institutions_authority WHERE id = NEW.authority_id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_filing_notes_whom_it_concerns BEFORE INSERT ON filing_filing
    FOR EACH ROW EXECUTE FUNCTION note_whom_a_filing_concerns();
-- Before all others by its name: they are to see the row as it will be.
CREATE TRIGGER a_filing_goes_on_concerning_them BEFORE UPDATE ON filing_filing
    FOR EACH ROW WHEN (NEW.concerns IS DISTINCT FROM OLD.concerns) EXECUTE FUNCTION note_whom_a_filing_concerns();
"""

FORGET = """
DROP TRIGGER a_filing_goes_on_concerning_them ON filing_filing;
DROP TRIGGER a_filing_notes_whom_it_concerns ON filing_filing;
DROP FUNCTION note_whom_a_filing_concerns();
"""


class Migration(migrations.Migration):
    dependencies = [("filing", "0002_issued_decided_and_handed_in"), ("agreements", "0003_concerns")]

    operations = [migrations.RunSQL(sql=NOTE, reverse_sql=FORGET)]
