"""Every agreement carries whose officials see it: no list of theirs has to join the nation to find its own rows.

The seats above a region are numbers: 0 for the nation, 33, 3306, 330602 (`institutions.models.seats_of`).
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION seats_above(regions bigint[]) RETURNS integer[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT seat ORDER BY seat), '{}')
    FROM regions_region r
    CROSS JOIN LATERAL (
        SELECT 0 AS seat UNION ALL SELECT left(r.code, 2 * n)::integer FROM generate_series(1, r.level) n
    ) s
    WHERE r.id = ANY (regions)
$$;

-- An institution that just moves is waited for: what it had before is not noted after its agreements were moved along.
CREATE FUNCTION note_whom_an_agreement_concerns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.concerns := seats_above(NEW.region_id || ARRAY(
        SELECT region_id FROM institutions_institution WHERE id IN (NEW.medical_id, NEW.elder_care_id) FOR SHARE));
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_notes_whom_it_concerns BEFORE INSERT ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION note_whom_an_agreement_concerns();
CREATE TRIGGER agreement_notes_whom_it_comes_to_concern BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN ((NEW.region_id, NEW.medical_id, NEW.elder_care_id, NEW.concerns)
        IS DISTINCT FROM (OLD.region_id, OLD.medical_id, OLD.elder_care_id, OLD.concerns))
    EXECUTE FUNCTION note_whom_an_agreement_concerns();

CREATE FUNCTION take_agreements_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agreements_agreement SET concerns = '{}' WHERE medical_id = NEW.id OR elder_care_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER institution_takes_its_agreements_along AFTER UPDATE OF region_id ON institutions_institution
    FOR EACH ROW WHEN (NEW.region_id <> OLD.region_id) EXECUTE FUNCTION take_agreements_along();
"""

FORGET = """
DROP TRIGGER institution_takes_its_agreements_along ON institutions_institution;
DROP FUNCTION take_agreements_along();
DROP TRIGGER agreement_notes_whom_it_comes_to_concern ON agreements_agreement;
DROP TRIGGER agreement_notes_whom_it_concerns ON agreements_agreement;
DROP FUNCTION note_whom_an_agreement_concerns();
DROP FUNCTION seats_above(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_kept_rows")]

    operations = [migrations.RunSQL(sql=NOTE, reverse_sql=FORGET)]
