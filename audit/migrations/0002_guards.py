"""The log is only added to, and every entry continues its chain and its strand, whoever writes to the database.

The functions that move ends run as the owner of the tables: the application itself may change no end.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the log is only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- For the tables of other apps whose rows are kept: a trigger on rows does not see them emptied at a stroke.
CREATE FUNCTION refuse_truncating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: its rows are kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER entries_are_kept BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER entries_are_not_truncated BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER heads_are_kept BEFORE DELETE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER heads_are_not_truncated BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();

-- An entry that does not continue its chain is refused, whoever writes it.
CREATE FUNCTION audit_move_head() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash
    WHERE subject_type = NEW.subject_type AND subject_id = NEW.subject_id
        AND sequence = NEW.sequence - 1 AND hash = NEW.previous_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'entry % of % % does not continue its chain', NEW.sequence, NEW.subject_type, NEW.subject_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_moves_its_head AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_move_head();

-- A head begins before its first entry and is moved by the trigger above only; locking it changes nothing.
CREATE FUNCTION audit_guard_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.sequence = 0 AND NEW.hash = repeat('0', 64) THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' THEN
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        ELSIF pg_trigger_depth() > 1 AND (NEW.subject_type, NEW.subject_id, NEW.sequence)
                = (OLD.subject_type, OLD.subject_id, OLD.sequence + 1) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % refused: an entry alone moves its head', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER heads_only_move_forward BEFORE INSERT OR UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_guard_head();

-- All entries of one statement, which may be thousands, move their strands once.
CREATE FUNCTION audit_move_strand() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved bigint;
BEGIN
    UPDATE audit_strand AS strand SET place = grown.last, hash = grown.hash
    FROM (
        SELECT number, min(place) AS first, max(place) AS last, (array_agg(own ORDER BY place DESC))[1] AS hash,
            (array_agg(beside ORDER BY place))[1] AS beside,
            bool_and(before IS NULL OR before = place - 1 AND hash_before = beside) AS is_linked
        FROM (
            SELECT added.strand AS number, added.place, added.beside, added.hash AS own,
                lag(added.place) OVER in_strand AS before, lag(added.hash) OVER in_strand AS hash_before
            FROM added WINDOW in_strand AS (PARTITION BY added.strand ORDER BY added.place)
        ) AS linked
        GROUP BY number
    ) AS grown
    WHERE strand.number = grown.number AND strand.place = grown.first - 1 AND strand.hash = grown.beside
        AND grown.is_linked;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> (SELECT count(DISTINCT added.strand) FROM added) THEN
        RAISE EXCEPTION 'entries do not continue their strand' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_move_their_strand AFTER INSERT ON audit_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_move_strand();

-- Strands are made here and nowhere else, and moved by the trigger above only; locking one changes nothing.
INSERT INTO audit_strand (number, place, hash) SELECT number, 0, repeat('0', 64) FROM generate_series(1, 64) AS number;
CREATE FUNCTION audit_guard_strand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW IS NOT DISTINCT FROM OLD
            OR pg_trigger_depth() > 1 AND NEW.number = OLD.number AND NEW.place > OLD.place) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % refused: entries alone move their strand', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER strands_only_move_forward BEFORE INSERT OR UPDATE OR DELETE ON audit_strand
    FOR EACH ROW EXECUTE FUNCTION audit_guard_strand();
CREATE TRIGGER strands_are_not_truncated BEFORE TRUNCATE ON audit_strand
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();

CREATE TRIGGER anchors_are_kept BEFORE UPDATE OR DELETE ON audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER anchors_are_not_truncated BEFORE TRUNCATE ON audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER anchors_are_kept BEFORE UPDATE OR DELETE ON audit_anchorleaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER anchors_are_not_truncated BEFORE TRUNCATE ON audit_anchorleaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER anchors_are_kept BEFORE UPDATE OR DELETE ON audit_anchortoken
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER anchors_are_not_truncated BEFORE TRUNCATE ON audit_anchortoken
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
"""

ALLOW = """
DROP TRIGGER anchors_are_not_truncated ON audit_anchor;
DROP TRIGGER anchors_are_kept ON audit_anchor;
DROP TRIGGER anchors_are_not_truncated ON audit_anchorleaf;
DROP TRIGGER anchors_are_kept ON audit_anchorleaf;
DROP TRIGGER anchors_are_not_truncated ON audit_anchortoken;
DROP TRIGGER anchors_are_kept ON audit_anchortoken;
DROP TRIGGER strands_are_not_truncated ON audit_strand;
DROP TRIGGER strands_only_move_forward ON audit_strand;
DROP FUNCTION audit_guard_strand;
DELETE FROM audit_strand;
DROP TRIGGER entries_move_their_strand ON audit_entry;
DROP FUNCTION audit_move_strand;
DROP TRIGGER heads_only_move_forward ON audit_head;
DROP FUNCTION audit_guard_head;
DROP TRIGGER entry_moves_its_head ON audit_entry;
DROP FUNCTION audit_move_head;
DROP TRIGGER heads_are_not_truncated ON audit_head;
DROP TRIGGER heads_are_kept ON audit_head;
DROP TRIGGER entries_are_not_truncated ON audit_entry;
DROP TRIGGER entries_are_kept ON audit_entry;
DROP FUNCTION refuse_truncating;
DROP FUNCTION audit_is_only_added_to;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_log")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
