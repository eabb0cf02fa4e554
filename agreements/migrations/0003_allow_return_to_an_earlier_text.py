from django.db import migrations


class Migration(migrations.Migration):
    """A template that returns to an earlier wording needs a new version: the newest one is the one in use."""

    dependencies = [("agreements", "0002_refuse_changes_to_published")]

    operations = [
        migrations.RemoveConstraint(model_name="templateversion", name="template_version_digest"),
    ]
