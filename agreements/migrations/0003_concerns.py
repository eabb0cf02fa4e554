"""Every agreement carries whose officials see it and by which names it is found: no list has to join the nation to find
its own rows.

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

-- As registered, as they were called before, and as the text has them that both agreed on; as a search compares them.
CREATE FUNCTION names_of(institutions bigint[], frozen bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(searchable(string_agg(DISTINCT name, E'\\n' ORDER BY name)), '')
    FROM (
        SELECT unnest(name || string_to_array(former_names, E'\\n')) AS name
        FROM institutions_institution WHERE id = ANY (institutions)
        UNION ALL SELECT party.value->>'name'
        FROM agreements_frozentext f CROSS JOIN LATERAL jsonb_each(f.party_snapshots) party WHERE f.id = frozen
    ) n WHERE name <> ''
$$;

-- Who comes to an institution that just moves or changes its name waits for it: what it had before is not noted after
-- its agreements were taken along. Who stays with it is one of these agreements.
CREATE FUNCTION note_whom_an_agreement_concerns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parties bigint[] := array_remove(ARRAY[NEW.medical_id, NEW.elder_care_id], NULL);
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.medical_id, NEW.elder_care_id) IS DISTINCT FROM (OLD.medical_id, OLD.elder_care_id) THEN
        PERFORM FROM institutions_institution WHERE id = ANY (parties) ORDER BY id FOR SHARE;
    END IF;
    NEW.concerns := seats_above(NEW.region_id || ARRAY(
        SELECT region_id FROM institutions_institution WHERE id = ANY (parties)));
    NEW.names := names_of(parties, NEW.frozen_id);
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_notes_whom_it_concerns BEFORE INSERT ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION note_whom_an_agreement_concerns();
CREATE TRIGGER agreement_notes_whom_it_comes_to_concern BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN ((NEW.region_id, NEW.medical_id, NEW.elder_care_id, NEW.concerns, NEW.frozen_id, NEW.names)
        IS DISTINCT FROM (OLD.region_id, OLD.medical_id, OLD.elder_care_id, OLD.concerns, OLD.frozen_id, OLD.names))
    EXECUTE FUNCTION note_whom_an_agreement_concerns();

CREATE FUNCTION take_agreements_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agreements_agreement SET concerns = '{}' WHERE medical_id = NEW.id OR elder_care_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER institution_takes_its_agreements_along
    AFTER UPDATE OF region_id, name, former_names ON institutions_institution
    FOR EACH ROW
    WHEN ((NEW.region_id, NEW.name, NEW.former_names) IS DISTINCT FROM (OLD.region_id, OLD.name, OLD.former_names))
    EXECUTE FUNCTION take_agreements_along();
"""

FORGET = """
DROP TRIGGER institution_takes_its_agreements_along ON institutions_institution;
DROP FUNCTION take_agreements_along();
DROP TRIGGER agreement_notes_whom_it_comes_to_concern ON agreements_agreement;
DROP TRIGGER agreement_notes_whom_it_concerns ON agreements_agreement;
DROP FUNCTION note_whom_an_agreement_concerns();
DROP FUNCTION names_of(bigint[], bigint);
DROP FUNCTION seats_above(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_kept_rows")]

    operations = [migrations.RunSQL(sql=NOTE, reverse_sql=FORGET)]
