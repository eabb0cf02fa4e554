"""A survey that was submitted is what it was, whoever writes to the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_saved_survey_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a survey that was submitted stays as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER saved_survey_is_immutable BEFORE UPDATE OR DELETE ON surveys_survey
    FOR EACH ROW WHEN (OLD.state = 'saved') EXECUTE FUNCTION refuse_saved_survey_change();
CREATE TRIGGER is_not_truncated BEFORE TRUNCATE ON surveys_survey
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating();
"""

ALLOW = """
DROP TRIGGER is_not_truncated ON surveys_survey;
DROP TRIGGER saved_survey_is_immutable ON surveys_survey;
DROP FUNCTION refuse_saved_survey_change();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_tables"), ("audit", "0002_guards")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
