"""The log is only added to, and every entry continues its chain, whoever writes to the database."""

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
CREATE FUNCTION audit_move_head() RETURNS trigger LANGUAGE plpgsql AS $$
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
    dependencies = [("audit", "0001_tables")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
