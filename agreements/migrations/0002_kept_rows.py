"""What is published, frozen, signed, certified or stored stays as it is, whoever writes to the database."""

from django.db import migrations

REFUSE_TEMPLATES_AND_SCANS = """
CREATE FUNCTION refuse_published_template_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published template version is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published_template_is_immutable BEFORE UPDATE OR DELETE ON agreements_templateversion
    FOR EACH ROW EXECUTE FUNCTION refuse_published_template_change();

CREATE FUNCTION refuse_issued_date_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the dates and facts of an agreement in force are immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER issued_dates_are_immutable BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN (OLD.certified_at IS NOT NULL AND (
        NEW.certified_at IS DISTINCT FROM OLD.certified_at
        OR NEW.medical_signed_on IS DISTINCT FROM OLD.medical_signed_on
        OR NEW.elder_care_signed_on IS DISTINCT FROM OLD.elder_care_signed_on
        OR NEW.effective_on IS DISTINCT FROM OLD.effective_on
        OR NEW.starts_on IS DISTINCT FROM OLD.starts_on
        OR NEW.expires_on IS DISTINCT FROM OLD.expires_on
        OR NEW.template_id IS DISTINCT FROM OLD.template_id
        OR NEW.kind IS DISTINCT FROM OLD.kind
        OR NEW.predecessor_id IS DISTINCT FROM OLD.predecessor_id
        OR NEW.revision IS DISTINCT FROM OLD.revision
        OR NEW.return_reason IS DISTINCT FROM OLD.return_reason
        OR NEW.state = 'in_force' AND NEW.end_reason IS DISTINCT FROM OLD.end_reason))
    EXECUTE FUNCTION refuse_issued_date_change();

CREATE FUNCTION refuse_reviving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an agreement that has ended stays ended, on its day and for its reason'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ended_is_over BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN (OLD.state IN ('expired', 'terminated', 'superseded', 'rescinded', 'discarded') AND (
        NEW.state <> OLD.state
        OR NEW.ended_on IS DISTINCT FROM OLD.ended_on
        OR NEW.end_reason IS DISTINCT FROM OLD.end_reason
        OR NEW.rescission_side IS DISTINCT FROM OLD.rescission_side
        OR NEW.rescission_asked_by_id IS DISTINCT FROM OLD.rescission_asked_by_id
        OR NEW.rescission_reason IS DISTINCT FROM OLD.rescission_reason))
    EXECUTE FUNCTION refuse_reviving();

CREATE FUNCTION refuse_drafting_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who drafted an agreement, and whether it is made up, is written once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER drafter_is_immutable BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN (NEW.drafted_by_id IS DISTINCT FROM OLD.drafted_by_id
        OR NEW.created_by_id IS DISTINCT FROM OLD.created_by_id
        OR NEW.is_demo IS DISTINCT FROM OLD.is_demo)
    EXECUTE FUNCTION refuse_drafting_change();

CREATE FUNCTION refuse_stored_scan_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a stored scan is kept as it was uploaded' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stored_scan_is_immutable BEFORE UPDATE ON agreements_scan
    FOR EACH ROW
    WHEN (OLD.state <> 'uploaded' AND (
            NEW.state IS DISTINCT FROM OLD.state
            OR NEW.reason IS DISTINCT FROM OLD.reason
            OR NEW.uploaded_at IS DISTINCT FROM OLD.uploaded_at
            OR NEW.checked_at IS DISTINCT FROM OLD.checked_at
            OR NEW.checked_by_id IS DISTINCT FROM OLD.checked_by_id)
        OR NEW.agreement_id IS DISTINCT FROM OLD.agreement_id
        OR NEW.upload_id IS DISTINCT FROM OLD.upload_id
        OR NEW.file IS DISTINCT FROM OLD.file
        OR NEW.original_name IS DISTINCT FROM OLD.original_name
        OR NEW.content_type IS DISTINCT FROM OLD.content_type
        OR NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.page_count IS DISTINCT FROM OLD.page_count
        OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id)
    EXECUTE FUNCTION refuse_stored_scan_change();
CREATE TRIGGER stored_scan_is_kept BEFORE DELETE ON agreements_scan
    FOR EACH ROW EXECUTE FUNCTION refuse_stored_scan_change();
"""

ALLOW_TEMPLATES_AND_SCANS = """
DROP TRIGGER stored_scan_is_kept ON agreements_scan;
DROP TRIGGER stored_scan_is_immutable ON agreements_scan;
DROP FUNCTION refuse_stored_scan_change();
DROP TRIGGER drafter_is_immutable ON agreements_agreement;
DROP FUNCTION refuse_drafting_change();
DROP TRIGGER ended_is_over ON agreements_agreement;
DROP FUNCTION refuse_reviving();
DROP TRIGGER issued_dates_are_immutable ON agreements_agreement;
DROP FUNCTION refuse_issued_date_change();
DROP TRIGGER published_template_is_immutable ON agreements_templateversion;
DROP FUNCTION refuse_published_template_change();
"""

# What shows, prints or signs a text has one of its own agreement.
REFUSE_FROZEN_TEXTS = """
ALTER TABLE agreements_frozentext ADD CONSTRAINT text_with_its_agreement UNIQUE (id, agreement_id);
ALTER TABLE agreements_agreement ADD CONSTRAINT agreement_shows_its_own_text
    FOREIGN KEY (frozen_id, id) REFERENCES agreements_frozentext (id, agreement_id);
ALTER TABLE agreements_rendition ADD CONSTRAINT rendition_prints_its_agreements_text
    FOREIGN KEY (frozen_id, agreement_id) REFERENCES agreements_frozentext (id, agreement_id);
ALTER TABLE agreements_signature ADD CONSTRAINT signature_is_of_its_agreements_text
    FOREIGN KEY (frozen_id, agreement_id) REFERENCES agreements_frozentext (id, agreement_id);

CREATE FUNCTION refuse_frozen_text_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a frozen text is immutable, but for being voided once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER frozen_text_is_immutable BEFORE UPDATE ON agreements_frozentext
    FOR EACH ROW
    WHEN (OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL
        OR to_jsonb(NEW) - ARRAY['voided_at', 'voided_by_id', 'void_reason']
            <> to_jsonb(OLD) - ARRAY['voided_at', 'voided_by_id', 'void_reason'])
    EXECUTE FUNCTION refuse_frozen_text_change();
CREATE TRIGGER frozen_text_is_kept BEFORE DELETE ON agreements_frozentext
    FOR EACH ROW EXECUTE FUNCTION refuse_frozen_text_change();

CREATE FUNCTION refuse_frozen_agreement_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the frozen text of an agreement is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER frozen_agreement_is_immutable BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW
    WHEN (OLD.frozen_id IS NOT NULL AND NEW.frozen_id IS NOT NULL AND (
        NEW.frozen_id <> OLD.frozen_id
        OR NEW.template_version_id IS DISTINCT FROM OLD.template_version_id
        OR NEW.medical_id IS DISTINCT FROM OLD.medical_id
        OR NEW.elder_care_id IS DISTINCT FROM OLD.elder_care_id
        OR NEW.answers IS DISTINCT FROM OLD.answers
        OR NEW.contacts IS DISTINCT FROM OLD.contacts
        OR NEW.region_id IS DISTINCT FROM OLD.region_id
        OR NEW.created_at IS DISTINCT FROM OLD.created_at
        OR NEW.sent_at IS DISTINCT FROM OLD.sent_at
        OR NEW.sent_by_id IS DISTINCT FROM OLD.sent_by_id))
    EXECUTE FUNCTION refuse_frozen_agreement_change();

-- What an agreement comes to show is current and of its edition of the template. Nobody has signed other words of it:
-- while no text is shown no side's day stands, and with a standing signature its day does.
CREATE FUNCTION refuse_showing_another_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM agreements_frozentext
        WHERE id = NEW.frozen_id AND voided_at IS NULL AND template_version_id = NEW.template_version_id
    ) THEN
        RAISE EXCEPTION 'an agreement comes to show a current text of its edition of the template'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shown_text_is_current BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW WHEN (OLD.frozen_id IS NULL AND NEW.frozen_id IS NOT NULL)
    EXECUTE FUNCTION refuse_showing_another_text();

-- The number is in every digest. An agreement is no longer frozen only once its text is voided.
CREATE FUNCTION refuse_losing_frozen_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM agreements_frozentext
        WHERE agreement_id = OLD.id AND (voided_at IS NULL OR TG_ARGV[0] = 'voided ones too')
    ) THEN
        RAISE EXCEPTION 'the frozen text of an agreement is immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen_agreement_is_kept BEFORE DELETE ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_losing_frozen_text('voided ones too');
CREATE TRIGGER sealed_number_is_kept BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW WHEN (NEW.number <> OLD.number)
    EXECUTE FUNCTION refuse_losing_frozen_text('voided ones too');
CREATE TRIGGER current_text_is_shown BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW WHEN (OLD.frozen_id IS NOT NULL AND NEW.frozen_id IS NULL)
    EXECUTE FUNCTION refuse_losing_frozen_text('current');

-- Deferred, for the agreement and its text are two rows: a text that is given up is no agreement's any more.
CREATE FUNCTION refuse_showing_voided_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    IF TG_TABLE_NAME = 'agreements_agreement' THEN
        changed := NEW.id;
    ELSE
        changed := NEW.agreement_id;
    END IF;
    IF EXISTS (
        SELECT FROM agreements_agreement AS agreement JOIN agreements_frozentext AS shown
            ON shown.id = agreement.frozen_id
        WHERE agreement.id = changed AND shown.voided_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'an agreement never shows a voided text' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER no_voided_text_is_shown AFTER INSERT OR UPDATE ON agreements_agreement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.frozen_id IS NOT NULL)
    EXECUTE FUNCTION refuse_showing_voided_text();
CREATE CONSTRAINT TRIGGER voided_text_is_not_shown AFTER UPDATE ON agreements_frozentext
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_showing_voided_text();
"""

ALLOW_FROZEN_TEXTS = """
DROP TRIGGER voided_text_is_not_shown ON agreements_frozentext;
DROP TRIGGER no_voided_text_is_shown ON agreements_agreement;
DROP FUNCTION refuse_showing_voided_text();
DROP TRIGGER current_text_is_shown ON agreements_agreement;
DROP TRIGGER sealed_number_is_kept ON agreements_agreement;
DROP TRIGGER frozen_agreement_is_kept ON agreements_agreement;
DROP FUNCTION refuse_losing_frozen_text();
DROP TRIGGER shown_text_is_current ON agreements_agreement;
DROP FUNCTION refuse_showing_another_text();
DROP TRIGGER frozen_agreement_is_immutable ON agreements_agreement;
DROP FUNCTION refuse_frozen_agreement_change();
DROP TRIGGER frozen_text_is_kept ON agreements_frozentext;
DROP TRIGGER frozen_text_is_immutable ON agreements_frozentext;
DROP FUNCTION refuse_frozen_text_change();
ALTER TABLE agreements_signature DROP CONSTRAINT signature_is_of_its_agreements_text;
ALTER TABLE agreements_rendition DROP CONSTRAINT rendition_prints_its_agreements_text;
ALTER TABLE agreements_agreement DROP CONSTRAINT agreement_shows_its_own_text;
ALTER TABLE agreements_frozentext DROP CONSTRAINT text_with_its_agreement;
"""

# The two date columns of an agreement say what its current signatures say: entered by them, and by nothing else.
REFUSE_SIGNATURES = """
CREATE FUNCTION day_of_signing(agreement bigint, side text) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT day FROM agreements_signature WHERE agreement_id = agreement AND role = side AND superseded_at IS NULL
$$;

CREATE FUNCTION enter_day_of_signing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM agreements_agreement WHERE id = NEW.agreement_id AND (
            frozen_id IS DISTINCT FROM NEW.frozen_id
            OR EXISTS (SELECT FROM agreements_frozentext WHERE id = NEW.frozen_id AND voided_at IS NOT NULL)
            OR NEW.on_behalf_of_id IS DISTINCT FROM
                CASE NEW.role WHEN 'medical' THEN medical_id WHEN 'elder_care' THEN elder_care_id END)
    ) THEN
        RAISE EXCEPTION 'a signature is a party''s, of the current text that the agreement shows'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.role = 'medical' THEN
        UPDATE agreements_agreement SET medical_signed_on = day_of_signing(id, 'medical')
            WHERE id = NEW.agreement_id;
    ELSE
        UPDATE agreements_agreement SET elder_care_signed_on = day_of_signing(id, 'elder_care')
            WHERE id = NEW.agreement_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER signature_enters_its_day AFTER INSERT OR UPDATE OF superseded_at ON agreements_signature
    FOR EACH ROW EXECUTE FUNCTION enter_day_of_signing();

CREATE FUNCTION refuse_another_way_of_signing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind IS DISTINCT FROM (
        SELECT CASE NEW.role WHEN 'medical' THEN medical_signs ELSE elder_care_signs END
        FROM agreements_frozentext WHERE id = NEW.frozen_id
    ) THEN
        RAISE EXCEPTION 'a side signs in the way that was frozen with the text' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER signature_in_the_way_that_was_chosen AFTER INSERT ON agreements_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_another_way_of_signing();

CREATE FUNCTION refuse_day_without_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.medical_signed_on IS DISTINCT FROM OLD.medical_signed_on
            AND NEW.medical_signed_on IS DISTINCT FROM day_of_signing(NEW.id, 'medical')
        OR NEW.elder_care_signed_on IS DISTINCT FROM OLD.elder_care_signed_on
            AND NEW.elder_care_signed_on IS DISTINCT FROM day_of_signing(NEW.id, 'elder_care')
    THEN
        RAISE EXCEPTION 'the day of signing is that of the signature' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER signed_on_is_the_signatures_day
    AFTER INSERT OR UPDATE OF medical_signed_on, elder_care_signed_on ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_day_without_signature();

CREATE FUNCTION refuse_signature_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature is immutable, but for being superseded before it is certified'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER signature_is_immutable BEFORE UPDATE ON agreements_signature
    FOR EACH ROW
    WHEN (OLD.superseded_at IS NOT NULL
        OR to_jsonb(NEW) - ARRAY['superseded_at', 'proof'] <> to_jsonb(OLD) - ARRAY['superseded_at', 'proof'])
    EXECUTE FUNCTION refuse_signature_change();
CREATE TRIGGER signature_is_kept BEFORE DELETE ON agreements_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_signature_change();

CREATE FUNCTION refuse_certified_signature_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM agreements_agreement WHERE id = NEW.agreement_id AND certified_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the signatures of a certified agreement are immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certified_signature_is_immutable BEFORE INSERT OR UPDATE ON agreements_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_certified_signature_change();
"""

ALLOW_SIGNATURES = """
DROP TRIGGER certified_signature_is_immutable ON agreements_signature;
DROP FUNCTION refuse_certified_signature_change();
DROP TRIGGER signature_is_kept ON agreements_signature;
DROP TRIGGER signature_is_immutable ON agreements_signature;
DROP FUNCTION refuse_signature_change();
DROP TRIGGER signed_on_is_the_signatures_day ON agreements_agreement;
DROP FUNCTION refuse_day_without_signature();
DROP TRIGGER signature_in_the_way_that_was_chosen ON agreements_signature;
DROP FUNCTION refuse_another_way_of_signing();
DROP TRIGGER signature_enters_its_day ON agreements_signature;
DROP FUNCTION enter_day_of_signing();
DROP FUNCTION day_of_signing(bigint, text);
"""

# What a leader answered stays said, of the very text that was asked about.
REFUSE_APPROVALS = """
CREATE FUNCTION refuse_approval_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an approval is immutable, but for being answered once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER approval_is_immutable BEFORE UPDATE ON agreements_approval
    FOR EACH ROW
    WHEN (OLD.state <> 'waiting'
        OR to_jsonb(NEW) - ARRAY['state', 'answered_at', 'answered_by_id', 'answer']
            <> to_jsonb(OLD) - ARRAY['state', 'answered_at', 'answered_by_id', 'answer'])
    EXECUTE FUNCTION refuse_approval_change();
CREATE TRIGGER approval_is_kept BEFORE DELETE ON agreements_approval
    FOR EACH ROW EXECUTE FUNCTION refuse_approval_change();
"""

ALLOW_APPROVALS = """
DROP TRIGGER approval_is_kept ON agreements_approval;
DROP TRIGGER approval_is_immutable ON agreements_approval;
DROP FUNCTION refuse_approval_change();
"""

# The final copies that were made are those that were printed, signed and filed.
REFUSE_COPIES = """
CREATE FUNCTION refuse_final_copies_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the copies of a frozen text are immutable once made' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER made_copies_are_immutable BEFORE UPDATE ON agreements_rendition
    FOR EACH ROW WHEN (OLD.state = 'ready' AND OLD.frozen_id IS NOT NULL AND NEW IS DISTINCT FROM OLD)
    EXECUTE FUNCTION refuse_final_copies_change();
CREATE TRIGGER made_copies_are_kept BEFORE DELETE ON agreements_rendition
    FOR EACH ROW WHEN (OLD.state = 'ready' AND OLD.frozen_id IS NOT NULL)
    EXECUTE FUNCTION refuse_final_copies_change();

CREATE FUNCTION guard_final_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM agreements_rendition
        WHERE id IN (OLD.rendition_id, NEW.rendition_id) AND state = 'ready' AND frozen_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the copies of a frozen text are immutable once made' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER final_copy_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON agreements_counterpart
    FOR EACH ROW EXECUTE FUNCTION guard_final_copy();
"""

ALLOW_COPIES = """
DROP TRIGGER final_copy_is_immutable ON agreements_counterpart;
DROP FUNCTION guard_final_copy();
DROP TRIGGER made_copies_are_kept ON agreements_rendition;
DROP TRIGGER made_copies_are_immutable ON agreements_rendition;
DROP FUNCTION refuse_final_copies_change();
"""

# What was given out signed stays as it is: each file follows the one before of its copy, of a text that was frozen.
REFUSE_ISSUED = """
CREATE FUNCTION guard_issued_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what was issued stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM agreements_counterpart AS copy JOIN agreements_rendition AS made ON made.id = copy.rendition_id
        WHERE copy.id = NEW.counterpart_id AND made.state = 'ready' AND made.frozen_id IS NOT NULL
            AND (NEW.signature_id IS NULL OR EXISTS (
                SELECT FROM agreements_signature
                WHERE id = NEW.signature_id AND frozen_id = made.frozen_id AND kind = 'electronic'
                    AND NEW.field = 'seal-' || role))
    ) THEN
        RAISE EXCEPTION 'what is issued is a final copy, signed by a party to its text'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW."order" > 1 AND NOT EXISTS (
        SELECT FROM agreements_issuedfile AS before
        WHERE before.id = NEW.previous_id AND before.counterpart_id = NEW.counterpart_id
            AND before."order" = NEW."order" - 1 AND before.size < NEW.size
    ) THEN
        RAISE EXCEPTION 'what is issued follows the file before it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issued_file_is_kept BEFORE INSERT OR UPDATE OR DELETE ON agreements_issuedfile
    FOR EACH ROW EXECUTE FUNCTION guard_issued_file();
"""

ALLOW_ISSUED = """
DROP TRIGGER issued_file_is_kept ON agreements_issuedfile;
DROP FUNCTION guard_issued_file();
"""

# What was found of a page, and who ticked it, stays once its file is decided; none is ever deleted. A scan is certified
# only page by page: each page that stands was compared by whoever certifies, and nobody compares their own. Each write
# locks the file's row: what is ticked or changed while it is being certified waits, and is then refused.
REFUSE_PAGES = """
CREATE FUNCTION guard_scan_page() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the pages of a scan are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM agreements_scan WHERE id = NEW.scan_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM agreements_scan WHERE id = NEW.scan_id AND state <> 'uploaded') THEN
        RAISE EXCEPTION 'the pages of a decided scan are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM agreements_scan AS scan JOIN uploads_page AS page ON page.upload_id = scan.upload_id
        WHERE scan.id = NEW.scan_id AND page.id = NEW.picture_id
    ) THEN
        RAISE EXCEPTION 'the pages of a scan are those of its own file' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.scan_id <> OLD.scan_id OR NEW.picture_id <> OLD.picture_id
            OR OLD.sent_back_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the pages of a scan are kept as they were sent back' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Whoever ticked it has seen it as something else.
    IF TG_OP = 'UPDATE' AND (NEW.finding <> OLD.finding OR NEW.copy IS DISTINCT FROM OLD.copy
            OR NEW.page IS DISTINCT FROM OLD.page OR NEW.is_by_hand <> OLD.is_by_hand
            OR NEW.hand_reason <> OLD.hand_reason OR NEW.bare <> OLD.bare)
            AND EXISTS (SELECT FROM agreements_pagetick WHERE page_id = OLD.id) THEN
        RAISE EXCEPTION 'a page that was ticked stays what it was ticked as' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scan_page_is_kept BEFORE INSERT OR UPDATE OR DELETE ON agreements_scanpage
    FOR EACH ROW EXECUTE FUNCTION guard_scan_page();

CREATE FUNCTION guard_page_tick() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'what was ticked is kept as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM agreements_scan WHERE id = (
        SELECT scan_id FROM agreements_scanpage WHERE id = coalesce(NEW.page_id, OLD.page_id)
    ) FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM agreements_scanpage AS page JOIN agreements_scan AS scan ON scan.id = page.scan_id
        WHERE page.id IN (OLD.page_id, NEW.page_id) AND scan.state <> 'uploaded'
    ) THEN
        RAISE EXCEPTION 'what was ticked of a decided scan is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM agreements_scanpage AS page JOIN agreements_scan AS scan ON scan.id = page.scan_id
        WHERE page.id = NEW.page_id AND (scan.uploaded_by_id = NEW.by_id
            OR page.finding NOT IN ('found', 'no_page') OR page.sent_back_at IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'a second person ticks what can stand' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER page_tick_is_kept BEFORE INSERT OR UPDATE OR DELETE ON agreements_pagetick
    FOR EACH ROW EXECUTE FUNCTION guard_page_tick();

CREATE FUNCTION guard_certifying_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM agreements_scanpage WHERE scan_id = NEW.id) <> NEW.page_count OR EXISTS (
        SELECT FROM agreements_scanpage AS page
        WHERE page.scan_id = NEW.id AND (
            page.finding = 'foreign'
            OR page.sent_back_at IS NULL AND (
                page.finding NOT IN ('found', 'no_page')
                OR NOT EXISTS (
                    SELECT FROM agreements_pagetick AS tick
                    WHERE tick.page_id = page.id AND tick.by_id = NEW.checked_by_id
                )))
    ) THEN
        RAISE EXCEPTION 'a scan is certified by whoever compared each page' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION refuse_scan_decided_from_the_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a scan comes in undecided' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER scan_comes_undecided BEFORE INSERT ON agreements_scan
    FOR EACH ROW WHEN (NEW.state <> 'uploaded')
    EXECUTE FUNCTION refuse_scan_decided_from_the_start();
CREATE FUNCTION refuse_scan_of_another_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM uploads_upload WHERE id = NEW.upload_id AND state = 'kept' AND purpose = 'agreement-scan'
            AND subject = NEW.agreement_id AND sha256 = NEW.sha256 AND uploaded_by_id = NEW.uploaded_by_id
    ) THEN
        RAISE EXCEPTION 'a scan is a file that was sent for this agreement, by whoever sent it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scan_is_of_its_own_file BEFORE INSERT ON agreements_scan
    FOR EACH ROW EXECUTE FUNCTION refuse_scan_of_another_file();
CREATE TRIGGER scan_is_certified_page_by_page BEFORE UPDATE ON agreements_scan
    FOR EACH ROW WHEN (NEW.state = 'certified' AND OLD.state <> 'certified')
    EXECUTE FUNCTION guard_certifying_scan();
"""

ALLOW_PAGES = """
DROP TRIGGER scan_is_of_its_own_file ON agreements_scan;
DROP FUNCTION refuse_scan_of_another_file();
DROP TRIGGER scan_comes_undecided ON agreements_scan;
DROP FUNCTION refuse_scan_decided_from_the_start();
DROP TRIGGER scan_is_certified_page_by_page ON agreements_scan;
DROP FUNCTION guard_certifying_scan();
DROP TRIGGER page_tick_is_kept ON agreements_pagetick;
DROP FUNCTION guard_page_tick();
DROP TRIGGER scan_page_is_kept ON agreements_scanpage;
DROP FUNCTION guard_scan_page();
"""

# What one side was shown stays as they were shown it; how its round ended is written once.
REFUSE_ROUNDS = """
CREATE FUNCTION refuse_round_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was sent to the other side is kept as it was sent' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sent_round_is_immutable BEFORE UPDATE ON agreements_round
    FOR EACH ROW
    WHEN (OLD.returned_at IS NOT NULL
        OR NEW.agreement_id IS DISTINCT FROM OLD.agreement_id
        OR NEW.number IS DISTINCT FROM OLD.number
        OR NEW.body IS DISTINCT FROM OLD.body
        OR NEW.sent_at IS DISTINCT FROM OLD.sent_at
        OR NEW.sent_by_id IS DISTINCT FROM OLD.sent_by_id)
    EXECUTE FUNCTION refuse_round_change();
CREATE TRIGGER sent_round_is_kept BEFORE DELETE ON agreements_round
    FOR EACH ROW EXECUTE FUNCTION refuse_round_change();
"""

ALLOW_ROUNDS = """
DROP TRIGGER sent_round_is_kept ON agreements_round;
DROP TRIGGER sent_round_is_immutable ON agreements_round;
DROP FUNCTION refuse_round_change();
"""

# That a page was shown, and until when a text can be signed: the one is never unsaid, the other only put off.
REFUSE_WINDOWS = """
CREATE FUNCTION refuse_window_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was shown stays shown, and the last day to sign is only put off'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER signing_window_is_only_put_off BEFORE UPDATE ON agreements_signingwindow
    FOR EACH ROW
    WHEN (NEW.frozen_id <> OLD.frozen_id OR NEW.closes_on <= OLD.closes_on OR NEW.extensions <> OLD.extensions + 1)
    EXECUTE FUNCTION refuse_window_change();
CREATE TRIGGER signing_window_is_kept BEFORE DELETE ON agreements_signingwindow
    FOR EACH ROW EXECUTE FUNCTION refuse_window_change();
CREATE TRIGGER shown_page_is_kept BEFORE UPDATE OR DELETE ON agreements_shownpage
    FOR EACH ROW EXECUTE FUNCTION refuse_window_change();
"""

ALLOW_WINDOWS = """
DROP TRIGGER shown_page_is_kept ON agreements_shownpage;
DROP TRIGGER signing_window_is_kept ON agreements_signingwindow;
DROP TRIGGER signing_window_is_only_put_off ON agreements_signingwindow;
DROP FUNCTION refuse_window_change();
"""

# What was read stays read; of a batch it stays who signs what with which key, and what became of each once it is known.
REFUSE_BATCHES = """
CREATE FUNCTION refuse_batch_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was read and chosen to be signed, and what became of it, is kept'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER read_template_is_kept BEFORE UPDATE OR DELETE ON agreements_readtemplate
    FOR EACH ROW EXECUTE FUNCTION refuse_batch_change();
CREATE TRIGGER read_blanks_are_kept BEFORE UPDATE OR DELETE ON agreements_readblanks
    FOR EACH ROW EXECUTE FUNCTION refuse_batch_change();
CREATE TRIGGER signing_batch_is_as_begun BEFORE UPDATE ON agreements_signingbatch
    FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL OR NEW.run < OLD.run
        OR (NEW.person_id, NEW.institution_id, NEW.identity_id, NEW.seal_id, NEW.handwriting, NEW.begun_at)
            IS DISTINCT FROM
            (OLD.person_id, OLD.institution_id, OLD.identity_id, OLD.seal_id, OLD.handwriting, OLD.begun_at))
    EXECUTE FUNCTION refuse_batch_change();
CREATE TRIGGER signing_batch_is_kept BEFORE DELETE ON agreements_signingbatch
    FOR EACH ROW EXECUTE FUNCTION refuse_batch_change();
CREATE TRIGGER signing_item_is_done_once BEFORE UPDATE ON agreements_signingitem
    FOR EACH ROW
    WHEN (OLD.state <> 'waiting'
        OR (NEW.batch_id, NEW.agreement_id, NEW.frozen_id, NEW.position, NEW.how_read)
            IS DISTINCT FROM (OLD.batch_id, OLD.agreement_id, OLD.frozen_id, OLD.position, OLD.how_read))
    EXECUTE FUNCTION refuse_batch_change();
CREATE TRIGGER signing_item_is_kept BEFORE DELETE ON agreements_signingitem
    FOR EACH ROW EXECUTE FUNCTION refuse_batch_change();
"""

ALLOW_BATCHES = """
DROP TRIGGER signing_item_is_kept ON agreements_signingitem;
DROP TRIGGER signing_item_is_done_once ON agreements_signingitem;
DROP TRIGGER signing_batch_is_kept ON agreements_signingbatch;
DROP TRIGGER signing_batch_is_as_begun ON agreements_signingbatch;
DROP TRIGGER read_blanks_are_kept ON agreements_readblanks;
DROP TRIGGER read_template_is_kept ON agreements_readtemplate;
DROP FUNCTION refuse_batch_change();
"""

KEPT_TABLES = (
    *("templateversion", "scan", "scanpage", "pagetick", "frozentext", "signature", "rendition", "counterpart"),
    *("round", "approval", "issuedfile", "signingwindow", "shownpage"),
    *("readtemplate", "readblanks", "signingbatch", "signingitem"),
)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_tables"), ("audit", "0002_guards")]

    operations = [
        migrations.RunSQL(sql=REFUSE_TEMPLATES_AND_SCANS, reverse_sql=ALLOW_TEMPLATES_AND_SCANS),
        migrations.RunSQL(sql=REFUSE_FROZEN_TEXTS, reverse_sql=ALLOW_FROZEN_TEXTS),
        migrations.RunSQL(sql=REFUSE_SIGNATURES, reverse_sql=ALLOW_SIGNATURES),
        migrations.RunSQL(sql=REFUSE_COPIES, reverse_sql=ALLOW_COPIES),
        migrations.RunSQL(sql=REFUSE_ISSUED, reverse_sql=ALLOW_ISSUED),
        migrations.RunSQL(sql=REFUSE_PAGES, reverse_sql=ALLOW_PAGES),
        migrations.RunSQL(sql=REFUSE_ROUNDS, reverse_sql=ALLOW_ROUNDS),
        migrations.RunSQL(sql=REFUSE_APPROVALS, reverse_sql=ALLOW_APPROVALS),
        migrations.RunSQL(sql=REFUSE_WINDOWS, reverse_sql=ALLOW_WINDOWS),
        migrations.RunSQL(sql=REFUSE_BATCHES, reverse_sql=ALLOW_BATCHES),
        *(
            migrations.RunSQL(
                sql=f"CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON agreements_{table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating()",
                reverse_sql=f"DROP TRIGGER is_not_truncated ON agreements_{table}",
            )
            for table in KEPT_TABLES
        ),
    ]
