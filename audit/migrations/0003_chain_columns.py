from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds what the chain needs, still empty: no table is rewritten, so a million rows take no time."""

    dependencies = [
        ("audit", "0002_events_are_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "subject_type", "subject_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_type", models.CharField(db_collation="C", max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("sequence", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"verbose_name": "日志链末端"},
        ),
        migrations.AddField(
            model_name="entry",
            name="sequence",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="previous_hash",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="hash",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="address",
            field=models.CharField(blank=True, default="", max_length=45),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="user_agent",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="role",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="request_id",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="entry",
            name="at",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="entry",
            name="data",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="entry",
            name="subject_type",
            field=models.CharField(db_collation="C", max_length=60),
        ),
    ]
