"""Whatever a figure of coverage rests on leaves a mark when it changes, within what changes it and whoever does.

Not among what they rest on: the calendar, names, and that an agreement whose term is over is noted as expired.
"""

from django.db import migrations

# What of two rows is compared stands beside each trigger; the rest of a row may change without a mark.
MARK = """
CREATE FUNCTION mark_coverage_of_homes(homes bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO coverage_mark (home_id) SELECT DISTINCT home FROM unnest(homes) home WHERE home IS NOT NULL
$$;
CREATE FUNCTION mark_coverage_of_regions(regions bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO coverage_mark (region_id) SELECT DISTINCT region FROM unnest(regions) region WHERE region IS NOT NULL
$$;

-- Of a row that is new the old one is all NULL, and the other way round.
CREATE FUNCTION mark_coverage_of_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_of_homes(ARRAY[OLD.elder_care_id, NEW.elder_care_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER new_agreement_marks_coverage AFTER INSERT ON agreements_agreement
    FOR EACH ROW WHEN (NEW.starts_on IS NOT NULL) EXECUTE FUNCTION mark_coverage_of_agreement();
CREATE TRIGGER lost_agreement_marks_coverage AFTER DELETE ON agreements_agreement
    FOR EACH ROW WHEN (OLD.starts_on IS NOT NULL) EXECUTE FUNCTION mark_coverage_of_agreement();
CREATE TRIGGER agreement_marks_coverage AFTER UPDATE ON agreements_agreement
    FOR EACH ROW WHEN (coalesce(OLD.starts_on, NEW.starts_on) IS NOT NULL
        AND (OLD.kind, OLD.starts_on, OLD.expires_on, OLD.ended_on, OLD.elder_care_id, OLD.medical_id)
            IS DISTINCT FROM (NEW.kind, NEW.starts_on, NEW.expires_on, NEW.ended_on, NEW.elder_care_id, NEW.medical_id))
    EXECUTE FUNCTION mark_coverage_of_agreement();

CREATE FUNCTION mark_coverage_of_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_of_homes(ARRAY(
        SELECT elder_care_id FROM agreements_agreement WHERE id IN (OLD.agreement_id, NEW.agreement_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER new_filing_marks_coverage AFTER INSERT ON filing_filing
    FOR EACH ROW WHEN (NEW.state = 'accepted') EXECUTE FUNCTION mark_coverage_of_filing();
CREATE TRIGGER lost_filing_marks_coverage AFTER DELETE ON filing_filing
    FOR EACH ROW WHEN (OLD.state = 'accepted') EXECUTE FUNCTION mark_coverage_of_filing();
CREATE TRIGGER filing_marks_coverage AFTER UPDATE ON filing_filing
    FOR EACH ROW WHEN ('accepted' IN (OLD.state, NEW.state)
        AND (OLD.state = 'accepted', OLD.decided_at, OLD.authority_id, OLD.agreement_id)
            IS DISTINCT FROM (NEW.state = 'accepted', NEW.decided_at, NEW.authority_id, NEW.agreement_id))
    EXECUTE FUNCTION mark_coverage_of_filing();

CREATE FUNCTION mark_coverage_of_institution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_of_regions(ARRAY[OLD.region_id, NEW.region_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER new_institution_marks_coverage AFTER INSERT ON institutions_institution
    FOR EACH ROW WHEN (NEW.role = 'elder_care') EXECUTE FUNCTION mark_coverage_of_institution();
CREATE TRIGGER lost_institution_marks_coverage AFTER DELETE ON institutions_institution
    FOR EACH ROW WHEN (OLD.role = 'elder_care') EXECUTE FUNCTION mark_coverage_of_institution();
CREATE TRIGGER institution_marks_coverage AFTER UPDATE ON institutions_institution
    FOR EACH ROW WHEN ('elder_care' IN (OLD.role, NEW.role)
        AND (OLD.role, OLD.region_id, OLD.status = 'closed', OLD.closed_on, OLD.opened_on,
                OLD.uscc = '' AND OLD.operator_name = '')
            IS DISTINCT FROM
            (NEW.role, NEW.region_id, NEW.status = 'closed', NEW.closed_on, NEW.opened_on,
                NEW.uscc = '' AND NEW.operator_name = ''))
    EXECUTE FUNCTION mark_coverage_of_institution();

CREATE FUNCTION mark_coverage_of_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_of_homes(ARRAY[OLD.institution_id, NEW.institution_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER profile_come_or_gone_marks_coverage AFTER INSERT OR DELETE ON institutions_eldercareprofile
    FOR EACH ROW EXECUTE FUNCTION mark_coverage_of_profile();
CREATE TRIGGER profile_marks_coverage AFTER UPDATE ON institutions_eldercareprofile
    FOR EACH ROW WHEN (
        (OLD.institution_id, OLD.kind, OLD.filed_on, OLD.has_own_clinic, OLD.own_clinic_since, OLD.own_clinic_until)
        IS DISTINCT FROM
        (NEW.institution_id, NEW.kind, NEW.filed_on, NEW.has_own_clinic, NEW.own_clinic_since, NEW.own_clinic_until))
    EXECUTE FUNCTION mark_coverage_of_profile();

-- Whether a medical institution is primary has no history: every home that ever signed with it, wherever it stands, and
-- those that are about to: what enters into force meanwhile is not seen from here, nor is this by whoever folds.
CREATE FUNCTION mark_coverage_of_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_of_homes(ARRAY(
        SELECT elder_care_id FROM agreements_agreement WHERE medical_id IN (OLD.institution_id, NEW.institution_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER partner_come_or_gone_marks_coverage AFTER INSERT OR DELETE ON institutions_medicalprofile
    FOR EACH ROW EXECUTE FUNCTION mark_coverage_of_partner();
CREATE TRIGGER partner_marks_coverage AFTER UPDATE ON institutions_medicalprofile
    FOR EACH ROW WHEN ((OLD.institution_id, OLD.is_primary) IS DISTINCT FROM (NEW.institution_id, NEW.is_primary))
    EXECUTE FUNCTION mark_coverage_of_partner();

-- Here too what is about to be accepted.
CREATE FUNCTION mark_coverage_of_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_of_homes(ARRAY(
        SELECT a.elder_care_id FROM filing_filing f JOIN agreements_agreement a ON a.id = f.agreement_id
        WHERE f.authority_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER authority_marks_coverage AFTER UPDATE ON institutions_authority
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION mark_coverage_of_authority();

-- Schemes and codes: whatever is below them, then and now; also where no home stands, for the first one may be coming
-- in a transaction beside, unseen from here, and be folded by the rules of before.
CREATE FUNCTION mark_coverage_below(codes text[]) RETURNS void LANGUAGE sql AS $$
    SELECT mark_coverage_of_regions(ARRAY(
        SELECT r.id FROM regions_region r WHERE EXISTS (SELECT FROM unnest(codes) code WHERE r.code LIKE code || '%')))
$$;
CREATE FUNCTION mark_coverage_of_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_below(ARRAY(
        SELECT left(code, 2 * level) FROM regions_region WHERE id IN (OLD.region_id, NEW.region_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER scheme_come_or_gone_marks_coverage AFTER INSERT OR DELETE ON regions_scheme
    FOR EACH ROW EXECUTE FUNCTION mark_coverage_of_scheme();
CREATE TRIGGER scheme_marks_coverage AFTER UPDATE ON regions_scheme
    FOR EACH ROW WHEN ((OLD.slug, OLD.region_id, OLD.in_force_from, OLD.is_withdrawn, OLD.body)
        IS DISTINCT FROM (NEW.slug, NEW.region_id, NEW.in_force_from, NEW.is_withdrawn, NEW.body))
    EXECUTE FUNCTION mark_coverage_of_scheme();
CREATE FUNCTION mark_coverage_of_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_coverage_below(ARRAY[left(OLD.code, 2 * OLD.level), left(NEW.code, 2 * NEW.level)]);
    RETURN NULL;
END $$;
CREATE TRIGGER region_marks_coverage AFTER UPDATE ON regions_region
    FOR EACH ROW WHEN ((OLD.code, OLD.level) IS DISTINCT FROM (NEW.code, NEW.level))
    EXECUTE FUNCTION mark_coverage_of_region();

-- Of what there is already nothing has been folded. And marks come and go all day.
SELECT mark_coverage_below(ARRAY['']);
ALTER TABLE coverage_mark SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
"""

FORGET = """
ALTER TABLE coverage_mark RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
DROP TRIGGER region_marks_coverage ON regions_region;
DROP TRIGGER scheme_marks_coverage ON regions_scheme;
DROP TRIGGER scheme_come_or_gone_marks_coverage ON regions_scheme;
DROP TRIGGER authority_marks_coverage ON institutions_authority;
DROP TRIGGER partner_marks_coverage ON institutions_medicalprofile;
DROP TRIGGER partner_come_or_gone_marks_coverage ON institutions_medicalprofile;
DROP TRIGGER profile_marks_coverage ON institutions_eldercareprofile;
DROP TRIGGER profile_come_or_gone_marks_coverage ON institutions_eldercareprofile;
DROP TRIGGER institution_marks_coverage ON institutions_institution;
DROP TRIGGER lost_institution_marks_coverage ON institutions_institution;
DROP TRIGGER new_institution_marks_coverage ON institutions_institution;
DROP TRIGGER filing_marks_coverage ON filing_filing;
DROP TRIGGER lost_filing_marks_coverage ON filing_filing;
DROP TRIGGER new_filing_marks_coverage ON filing_filing;
DROP TRIGGER agreement_marks_coverage ON agreements_agreement;
DROP TRIGGER lost_agreement_marks_coverage ON agreements_agreement;
DROP TRIGGER new_agreement_marks_coverage ON agreements_agreement;
DROP FUNCTION mark_coverage_of_region();
DROP FUNCTION mark_coverage_of_scheme();
DROP FUNCTION mark_coverage_below(text[]);
DROP FUNCTION mark_coverage_of_authority();
DROP FUNCTION mark_coverage_of_partner();
DROP FUNCTION mark_coverage_of_profile();
DROP FUNCTION mark_coverage_of_institution();
DROP FUNCTION mark_coverage_of_filing();
DROP FUNCTION mark_coverage_of_agreement();
DROP FUNCTION mark_coverage_of_regions(bigint[]);
DROP FUNCTION mark_coverage_of_homes(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0001_steps"),
        ("agreements", "0003_concerns"),
        ("filing", "0003_concerns"),
        ("institutions", "0001_tables"),
        ("regions", "0001_tables"),
    ]

    operations = [migrations.RunSQL(sql=MARK, reverse_sql=FORGET)]
