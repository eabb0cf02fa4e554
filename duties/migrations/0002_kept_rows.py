"""Who was invited to what and what came of it is kept; who holds a duty is confirmed by somebody, and stays so.

It also guards `institutions_membership`, the table below: the duties are given, confirmed and taken here.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_invitation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who was invited to what, by whom and what came of it, is written once'
        USING ERRCODE = 'restrict_violation';
END $$;
-- What became of its e-mail is told afterwards too.
CREATE TRIGGER invitation_is_settled_once BEFORE UPDATE ON duties_invitation
    FOR EACH ROW
    WHEN (OLD.state <> 'open' AND to_jsonb(NEW) - 'mail' <> to_jsonb(OLD) - 'mail'
        OR NEW.institution_id IS DISTINCT FROM OLD.institution_id
        OR NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.duty IS DISTINCT FROM OLD.duty
        OR NEW.full_name IS DISTINCT FROM OLD.full_name
        OR NEW.invited_by_id IS DISTINCT FROM OLD.invited_by_id)
    EXECUTE FUNCTION refuse_invitation_change();
CREATE TRIGGER invitation_is_kept BEFORE DELETE ON duties_invitation
    FOR EACH ROW EXECUTE FUNCTION refuse_invitation_change();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON duties_invitation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();

CREATE FUNCTION refuse_membership_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a duty is its holder''s, and comes to count when somebody has confirmed them'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER membership_is_of_its_holder BEFORE UPDATE ON institutions_membership
    FOR EACH ROW
    WHEN (NEW.user_id IS DISTINCT FROM OLD.user_id
        OR NEW.institution_id IS DISTINCT FROM OLD.institution_id
        OR NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.duty IS DISTINCT FROM OLD.duty)
    EXECUTE FUNCTION refuse_membership_change();
-- Whoever is confirmed was given it before, by somebody else than in the same breath; what was confirmed stands until
-- it waits again.
CREATE TRIGGER membership_is_confirmed_once BEFORE UPDATE ON institutions_membership
    FOR EACH ROW
    WHEN (NEW.state = 'effective' AND (
        NEW.granted_by_id IS DISTINCT FROM OLD.granted_by_id
        OR OLD.state <> 'effective' AND NEW.confirmed_at IS NULL
        OR OLD.state = 'effective' AND (
            NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id
            OR NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
            OR NEW.seen IS DISTINCT FROM OLD.seen)))
    EXECUTE FUNCTION refuse_membership_change();
"""

ALLOW = """
DROP TRIGGER membership_is_confirmed_once ON institutions_membership;
DROP TRIGGER membership_is_of_its_holder ON institutions_membership;
DROP FUNCTION refuse_membership_change();
DROP TRIGGER is_not_truncated ON duties_invitation;
DROP TRIGGER invitation_is_kept ON duties_invitation;
DROP TRIGGER invitation_is_settled_once ON duties_invitation;
DROP FUNCTION refuse_invitation_change();
"""


class Migration(migrations.Migration):
    dependencies = [("duties", "0001_who_opened"), ("institutions", "0001_tables"), ("audit", "0002_guards")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
