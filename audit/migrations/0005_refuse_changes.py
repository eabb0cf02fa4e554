from django.db import migrations, models

FORWARD = """
CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the log is only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
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
"""
BACKWARD = """
DROP TRIGGER heads_only_move_forward ON audit_head;
DROP FUNCTION audit_guard_head;
DROP TRIGGER entry_moves_its_head ON audit_entry;
DROP FUNCTION audit_move_head;
DROP TRIGGER heads_are_not_truncated ON audit_head;
DROP TRIGGER heads_are_kept ON audit_head;
DROP TRIGGER entries_are_not_truncated ON audit_entry;
DROP TRIGGER entries_are_kept ON audit_entry;
DROP FUNCTION audit_is_only_added_to;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_chain_existing_entries"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="entry", name="audit_subject"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["at", "id"], name="audit_at"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["actor_id", "at", "id"], name="audit_actor"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["event", "at", "id"], name="audit_event"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("subject_type", "subject_id", "sequence"), name="one_entry_for_each_link"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("sequence__gte", 1)), name="links_are_counted_from_one"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
