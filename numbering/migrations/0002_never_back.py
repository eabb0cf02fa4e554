"""What a series has given out it never gives out again, whoever writes to the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_counting_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a series counts on, one number after the other' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER counter_counts_on BEFORE UPDATE ON numbering_counter
    FOR EACH ROW
    WHEN (NEW.last <> OLD.last + 1
        OR NEW.series IS DISTINCT FROM OLD.series
        OR NEW.year IS DISTINCT FROM OLD.year)
    EXECUTE FUNCTION refuse_counting_back();
"""

ALLOW = """
DROP TRIGGER counter_counts_on ON numbering_counter;
DROP FUNCTION refuse_counting_back();
"""


class Migration(migrations.Migration):
    dependencies = [("numbering", "0001_tables")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
