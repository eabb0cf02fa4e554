"""What an authority has decided is issued: its content is never changed or deleted, only referred to by a new row.

So is a receipt that has been made, what became of each filing of a batch, what was handed in later, and that somebody
wanted another scan."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_decided_filing_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decided filing is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decided_filing_is_immutable BEFORE UPDATE ON filing_filing
    FOR EACH ROW
    WHEN (OLD.state IN ('accepted', 'returned', 'closed')
        AND to_jsonb(NEW) - ARRAY['clock_on', 'is_at_work'] <> to_jsonb(OLD) - ARRAY['clock_on', 'is_at_work'])
    EXECUTE FUNCTION refuse_decided_filing_change();
CREATE TRIGGER decided_filing_is_kept BEFORE DELETE ON filing_filing
    FOR EACH ROW WHEN (OLD.state IN ('accepted', 'returned', 'closed'))
    EXECUTE FUNCTION refuse_decided_filing_change();

CREATE FUNCTION refuse_moving_a_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'of which agreement, with whom and in which round a filing is, is written once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER filing_is_not_moved BEFORE UPDATE ON filing_filing
    FOR EACH ROW
    WHEN (NEW.agreement_id IS DISTINCT FROM OLD.agreement_id
        OR NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.round IS DISTINCT FROM OLD.round
        OR NEW.previous_id IS DISTINCT FROM OLD.previous_id
        OR NEW.created_at IS DISTINCT FROM OLD.created_at)
    EXECUTE FUNCTION refuse_moving_a_filing();

CREATE FUNCTION refuse_receipt_without_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What is accepted stays so, by the trigger above: looking once is enough.
    IF NOT EXISTS (SELECT FROM filing_filing WHERE id = NEW.filing_id AND state = 'accepted') THEN
        RAISE EXCEPTION 'receipt_only_when_accepted: filing % is not accepted', NEW.filing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_only_when_accepted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_only_when_accepted BEFORE INSERT OR UPDATE OF filing_id ON filing_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_receipt_without_acceptance();

CREATE FUNCTION refuse_issued_receipt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an issued receipt is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER issued_receipt_is_immutable BEFORE UPDATE ON filing_receipt
    FOR EACH ROW WHEN (OLD.state = 'ready' AND NEW IS DISTINCT FROM OLD)
    EXECUTE FUNCTION refuse_issued_receipt_change();
CREATE TRIGGER issued_receipt_is_kept BEFORE DELETE ON filing_receipt
    FOR EACH ROW WHEN (OLD.state = 'ready')
    EXECUTE FUNCTION refuse_issued_receipt_change();

CREATE FUNCTION refuse_rewriting_a_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was ordered for many filings, and what became of each, is written once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ordered_batch_is_kept BEFORE UPDATE ON filing_batch
    FOR EACH ROW
    WHEN (OLD.state IN ('done', 'failed') AND NEW IS DISTINCT FROM OLD
        OR NEW.verb IS DISTINCT FROM OLD.verb
        OR NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.ordered_by_id IS DISTINCT FROM OLD.ordered_by_id
        OR NEW.ordered_at IS DISTINCT FROM OLD.ordered_at
        OR NEW.origin IS DISTINCT FROM OLD.origin)
    EXECUTE FUNCTION refuse_rewriting_a_batch();
CREATE TRIGGER ended_batch_row_is_kept BEFORE UPDATE ON filing_batchrow
    FOR EACH ROW
    WHEN (OLD.outcome <> 'waiting' AND NEW IS DISTINCT FROM OLD
        OR NEW.batch_id IS DISTINCT FROM OLD.batch_id
        OR NEW.filing_id IS DISTINCT FROM OLD.filing_id
        OR NEW.position IS DISTINCT FROM OLD.position)
    EXECUTE FUNCTION refuse_rewriting_a_batch();

CREATE FUNCTION refuse_rewriting_a_hand_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was handed in later, or wanted scanned again, and what became of it is written once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER hand_in_is_kept BEFORE UPDATE ON filing_handin
    FOR EACH ROW
    WHEN (OLD.state IN ('noted', 'returned', 'replaced') AND NEW IS DISTINCT FROM OLD
        OR NEW.filing_id IS DISTINCT FROM OLD.filing_id
        OR NEW.round IS DISTINCT FROM OLD.round
        OR NEW.previous_id IS DISTINCT FROM OLD.previous_id
        OR NEW.created_at IS DISTINCT FROM OLD.created_at
        OR OLD.submitted_at IS NOT NULL AND (NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
            OR NEW.submitted_by_id IS DISTINCT FROM OLD.submitted_by_id
            OR NEW.scans IS DISTINCT FROM OLD.scans
            OR NEW.remark IS DISTINCT FROM OLD.remark
            OR NEW.review_due_on IS DISTINCT FROM OLD.review_due_on))
    EXECUTE FUNCTION refuse_rewriting_a_hand_in();
CREATE TRIGGER hand_in_is_not_deleted BEFORE DELETE ON filing_handin
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_a_hand_in();
CREATE TRIGGER call_for_a_rescan_is_kept BEFORE UPDATE ON filing_rescancall
    FOR EACH ROW
    WHEN (OLD.state <> 'open' AND NEW IS DISTINCT FROM OLD
        OR NEW.agreement_id IS DISTINCT FROM OLD.agreement_id
        OR NEW.filing_id IS DISTINCT FROM OLD.filing_id
        OR NEW.authority_id IS DISTINCT FROM OLD.authority_id
        OR NEW.reason IS DISTINCT FROM OLD.reason
        OR NEW.asked_by_id IS DISTINCT FROM OLD.asked_by_id
        OR NEW.asked_at IS DISTINCT FROM OLD.asked_at)
    EXECUTE FUNCTION refuse_rewriting_a_hand_in();
CREATE TRIGGER call_for_a_rescan_is_not_deleted BEFORE DELETE ON filing_rescancall
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_a_hand_in();

-- Each begins where its life begins, and nobody decides on what was not handed in.
CREATE FUNCTION refuse_beginning_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'step_by_step: row % of % cannot be % yet', NEW.id, TG_TABLE_NAME, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'step_by_step';
END $$;
CREATE TRIGGER hand_in_begins_due BEFORE INSERT ON filing_handin
    FOR EACH ROW WHEN (NEW.state <> 'due') EXECUTE FUNCTION refuse_beginning_at_the_end();
CREATE TRIGGER hand_in_is_handed_in_first BEFORE UPDATE ON filing_handin
    FOR EACH ROW WHEN (OLD.state = 'due' AND NEW.state IN ('noted', 'returned'))
    EXECUTE FUNCTION refuse_beginning_at_the_end();
CREATE TRIGGER call_for_a_rescan_begins_open BEFORE INSERT ON filing_rescancall
    FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION refuse_beginning_at_the_end();

-- Of a filing that its authority has: what is due or returned takes the newest scans along by itself.
CREATE FUNCTION refuse_hand_in_without_a_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM filing_filing WHERE id = NEW.filing_id AND state IN ('submitted', 'under_review', 'accepted')
    ) THEN
        RAISE EXCEPTION 'hand_in_of_a_copy_that_is_there: filing % is not with its authority', NEW.filing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_in_of_a_copy_that_is_there';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hand_in_of_a_copy_that_is_there BEFORE INSERT ON filing_handin
    FOR EACH ROW EXECUTE FUNCTION refuse_hand_in_without_a_copy();
-- What follows follows one of the same filing, and who asks from a filing asks for its paper.
CREATE FUNCTION refuse_a_strangers_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'of_its_own_filing: row % names what is of another', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'of_its_own_filing';
END $$;
CREATE FUNCTION follows_one_of_its_filing(filing bigint, before bigint, number integer) RETURNS boolean
    LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM filing_handin WHERE id = before AND filing_id = filing AND round = number - 1)
$$;
CREATE FUNCTION filing_is_of(filing bigint, agreement bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM filing_filing WHERE id = filing AND agreement_id = agreement)
$$;
CREATE TRIGGER hand_in_follows_one_of_its_filing BEFORE INSERT ON filing_handin
    FOR EACH ROW
    WHEN (NEW.previous_id IS NOT NULL AND NOT follows_one_of_its_filing(NEW.filing_id, NEW.previous_id, NEW.round))
    EXECUTE FUNCTION refuse_a_strangers_row();
CREATE TRIGGER call_for_a_rescan_is_of_its_filing BEFORE INSERT ON filing_rescancall
    FOR EACH ROW WHEN (NEW.filing_id IS NOT NULL AND NOT filing_is_of(NEW.filing_id, NEW.agreement_id))
    EXECUTE FUNCTION refuse_a_strangers_row();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON filing_handin
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON filing_rescancall
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON filing_filing
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON filing_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
"""

ALLOW = """
DROP TRIGGER is_not_truncated ON filing_rescancall;
DROP TRIGGER is_not_truncated ON filing_handin;
DROP TRIGGER call_for_a_rescan_is_of_its_filing ON filing_rescancall;
DROP TRIGGER hand_in_follows_one_of_its_filing ON filing_handin;
DROP FUNCTION filing_is_of(bigint, bigint);
DROP FUNCTION follows_one_of_its_filing(bigint, bigint, integer);
DROP FUNCTION refuse_a_strangers_row();
DROP TRIGGER hand_in_of_a_copy_that_is_there ON filing_handin;
DROP FUNCTION refuse_hand_in_without_a_copy();
DROP TRIGGER call_for_a_rescan_begins_open ON filing_rescancall;
DROP TRIGGER hand_in_is_handed_in_first ON filing_handin;
DROP TRIGGER hand_in_begins_due ON filing_handin;
DROP FUNCTION refuse_beginning_at_the_end();
DROP TRIGGER call_for_a_rescan_is_not_deleted ON filing_rescancall;
DROP TRIGGER call_for_a_rescan_is_kept ON filing_rescancall;
DROP TRIGGER hand_in_is_not_deleted ON filing_handin;
DROP TRIGGER hand_in_is_kept ON filing_handin;
DROP FUNCTION refuse_rewriting_a_hand_in();
DROP TRIGGER ended_batch_row_is_kept ON filing_batchrow;
DROP TRIGGER ordered_batch_is_kept ON filing_batch;
DROP FUNCTION refuse_rewriting_a_batch();
DROP TRIGGER is_not_truncated ON filing_filing;
DROP TRIGGER is_not_truncated ON filing_receipt;
DROP TRIGGER issued_receipt_is_kept ON filing_receipt;
DROP TRIGGER issued_receipt_is_immutable ON filing_receipt;
DROP FUNCTION refuse_issued_receipt_change();
DROP TRIGGER receipt_only_when_accepted ON filing_receipt;
DROP FUNCTION refuse_receipt_without_acceptance();
DROP TRIGGER filing_is_not_moved ON filing_filing;
DROP FUNCTION refuse_moving_a_filing();
DROP TRIGGER decided_filing_is_kept ON filing_filing;
DROP TRIGGER decided_filing_is_immutable ON filing_filing;
DROP FUNCTION refuse_decided_filing_change();
"""


class Migration(migrations.Migration):
    dependencies = [("filing", "0001_tables"), ("audit", "0002_guards")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
