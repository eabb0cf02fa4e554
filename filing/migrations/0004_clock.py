"""Every filing carries by when somebody must act, and whether anybody must: no list has to ask that of each row.

It follows from the filing, from what was submitted or closed in its place, and from its hand-ins. Whoever changes one
of these touches the filing last: so two at once are noted one after the other, each seeing what the other has written.
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION note_the_clock_of_a_filing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_followed boolean := false;
    owes boolean := false;
    has boolean := false;
    note_due date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        is_followed := NEW.state = 'returned' AND EXISTS (SELECT FROM filing_filing WHERE previous_id = NEW.id);
        SELECT coalesce(bool_or(state = 'due'), false), coalesce(bool_or(state = 'submitted'), false),
            min(review_due_on) FILTER (WHERE state = 'submitted')
        INTO owes, has, note_due FROM filing_handin WHERE filing_id = NEW.id AND state IN ('due', 'submitted');
    END IF;
    NEW.clock_on := CASE
        WHEN NEW.state = 'due' THEN NEW.due_on
        WHEN NEW.state IN ('submitted', 'under_review') THEN NEW.review_due_on
        WHEN NEW.state = 'returned' AND NOT is_followed THEN NEW.correction_due_on
        WHEN NEW.state = 'accepted' THEN note_due
    END;
    NEW.is_at_work := owes OR has OR NEW.state IN ('due', 'submitted', 'under_review')
        OR NEW.state = 'returned' AND NOT is_followed;
    RETURN NEW;
END $$;
-- Before all others by its name: they are to see the row as it will be.
CREATE TRIGGER a_filing_notes_its_clock BEFORE INSERT OR UPDATE ON filing_filing
    FOR EACH ROW EXECUTE FUNCTION note_the_clock_of_a_filing();

CREATE FUNCTION touch_the_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'filing_handin' THEN
        UPDATE filing_filing SET clock_on = NULL WHERE id = NEW.filing_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE filing_filing SET clock_on = NULL WHERE id = OLD.previous_id;
    ELSE
        UPDATE filing_filing SET clock_on = NULL WHERE id = NEW.previous_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER filing_takes_the_place_of_another AFTER INSERT ON filing_filing
    FOR EACH ROW WHEN (NEW.previous_id IS NOT NULL) EXECUTE FUNCTION touch_the_filing();
CREATE TRIGGER filing_gives_the_place_back AFTER DELETE ON filing_filing
    FOR EACH ROW WHEN (OLD.previous_id IS NOT NULL) EXECUTE FUNCTION touch_the_filing();
CREATE TRIGGER hand_in_moves_the_clock AFTER INSERT OR UPDATE ON filing_handin
    FOR EACH ROW EXECUTE FUNCTION touch_the_filing();
"""

FORGET = """
DROP TRIGGER hand_in_moves_the_clock ON filing_handin;
DROP TRIGGER filing_gives_the_place_back ON filing_filing;
DROP TRIGGER filing_takes_the_place_of_another ON filing_filing;
DROP FUNCTION touch_the_filing();
DROP TRIGGER a_filing_notes_its_clock ON filing_filing;
DROP FUNCTION note_the_clock_of_a_filing();
"""


class Migration(migrations.Migration):
    dependencies = [("filing", "0003_concerns")]

    operations = [migrations.RunSQL(sql=NOTE, reverse_sql=FORGET)]
