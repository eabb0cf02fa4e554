"""Certificates, who signs for whom and every use of a seal stay as written, whoever writes to the database."""

from django.db import migrations

KEPT = (
    *("sealing_certificate", "sealing_signingkey", "sealing_signingidentity", "sealing_revocationlist"),
    *("sealing_seal", "sealing_sealauthorisation", "sealing_sealuse"),
)

REFUSE = """
CREATE FUNCTION refuse_sealing_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who signs and seals, with what and by whose word, is written once'
        USING ERRCODE = 'restrict_violation';
END $$;

-- What was issued stays; it is revoked once, and that stays too.
CREATE TRIGGER certificate_is_immutable BEFORE UPDATE ON sealing_certificate
    FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL
        OR to_jsonb(NEW) - '{revoked_at,revoked_by_id,revocation}'::text[]
            <> to_jsonb(OLD) - '{revoked_at,revoked_by_id,revocation}'::text[])
    EXECUTE FUNCTION refuse_sealing_change();

-- A key that was forgotten does not come back, and none changes its certificate or its place.
CREATE TRIGGER key_is_of_its_certificate BEFORE UPDATE ON sealing_signingkey
    FOR EACH ROW
    WHEN (NEW.certificate_id <> OLD.certificate_id OR NEW.kind <> OLD.kind
        OR NEW.token_module <> OLD.token_module OR NEW.token_label <> OLD.token_label OR NEW.token_key <> OLD.token_key
        OR OLD.kind = 'pin' AND OLD.sealed = '' AND NEW.sealed <> '')
    EXECUTE FUNCTION refuse_sealing_change();

CREATE TRIGGER identity_is_settled_once BEFORE UPDATE ON sealing_signingidentity
    FOR EACH ROW
    WHEN (OLD.state IN ('revoked', 'ended', 'refused')
        OR NEW.institution_id <> OLD.institution_id OR NEW.person_id <> OLD.person_id OR NEW.level <> OLD.level
        OR NEW.is_legal_representative <> OLD.is_legal_representative
        OR NEW.mandate_id IS DISTINCT FROM OLD.mandate_id OR NEW.mandate_until IS DISTINCT FROM OLD.mandate_until
        OR NEW.requested_at <> OLD.requested_at
        OR OLD.confirmed_at IS NOT NULL AND (
            NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
            OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id
            OR NEW.consent_version <> OLD.consent_version OR NEW.consent_text <> OLD.consent_text
            OR NEW.consented_by_id IS DISTINCT FROM OLD.consented_by_id
            OR NEW.consented_at IS DISTINCT FROM OLD.consented_at)
        OR OLD.vouched_at IS NOT NULL AND (
            NEW.vouched_at IS DISTINCT FROM OLD.vouched_at OR NEW.vouched_by_id IS DISTINCT FROM OLD.vouched_by_id)
        OR OLD.activated_at IS NOT NULL AND NEW.activated_at IS DISTINCT FROM OLD.activated_at)
    EXECUTE FUNCTION refuse_sealing_change();

CREATE TRIGGER seal_is_what_was_registered BEFORE UPDATE ON sealing_seal
    FOR EACH ROW
    WHEN (OLD.state IN ('destroyed', 'refused')
        OR NEW.institution_id <> OLD.institution_id OR NEW.kind <> OLD.kind OR NEW.number <> OLD.number
        OR NEW.picture_id <> OLD.picture_id OR NEW.registered_by_id <> OLD.registered_by_id
        OR NEW.registered_at <> OLD.registered_at
        OR OLD.confirmed_at IS NOT NULL AND (
            NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
            OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id))
    EXECUTE FUNCTION refuse_sealing_change();

CREATE TRIGGER authorisation_is_taken_back_once BEFORE UPDATE ON sealing_sealauthorisation
    FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL
        OR to_jsonb(NEW) - '{revoked_at,revoked_by_id,reason}'::text[]
            <> to_jsonb(OLD) - '{revoked_at,revoked_by_id,reason}'::text[])
    EXECUTE FUNCTION refuse_sealing_change();
"""
NEVER_GONE = """
CREATE TRIGGER is_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_sealing_change();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
"""
GONE = """
DROP TRIGGER is_not_truncated ON {table};
DROP TRIGGER is_kept ON {table};
"""
ALLOW = """
DROP TRIGGER authorisation_is_taken_back_once ON sealing_sealauthorisation;
DROP TRIGGER seal_is_what_was_registered ON sealing_seal;
DROP TRIGGER identity_is_settled_once ON sealing_signingidentity;
DROP TRIGGER key_is_of_its_certificate ON sealing_signingkey;
DROP TRIGGER certificate_is_immutable ON sealing_certificate;
DROP FUNCTION refuse_sealing_change();
"""


class Migration(migrations.Migration):
    dependencies = [("sealing", "0001_tables"), ("audit", "0002_guards")]

    operations = [
        migrations.RunSQL(
            sql=REFUSE + "".join(NEVER_GONE.format(table=each) for each in KEPT),
            reverse_sql="".join(GONE.format(table=each) for each in KEPT) + ALLOW,
        )
    ]
