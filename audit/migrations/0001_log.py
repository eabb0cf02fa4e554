import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField(unique=True)),
                ("previous_hash", models.CharField(max_length=64)),
                ("leaf_count", models.IntegerField()),
                ("root", models.CharField(max_length=64)),
                ("public_key", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=128)),
            ],
            options={
                "verbose_name": "日志锚",
                "ordering": ["number"],
            },
        ),
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
            options={
                "verbose_name": "日志链末端",
            },
        ),
        migrations.CreateModel(
            name="AnchorToken",
            fields=[
                (
                    "anchor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stamp",
                        serialize=False,
                        to="audit.anchor",
                    ),
                ),
                ("token", models.BinaryField()),
                ("stamped_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "日志锚的可信时间戳",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=40)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=100)),
                ("subject_type", models.CharField(db_collation="C", max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("sequence", models.BigIntegerField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("strand", models.SmallIntegerField()),
                ("place", models.BigIntegerField()),
                ("beside", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("address", models.CharField(blank=True, max_length=45)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                ("role", models.CharField(blank=True, max_length=100)),
                ("request_id", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "verbose_name": "日志",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["at", "id"], name="audit_at"),
                    models.Index(fields=["actor_id", "at", "id"], name="audit_actor"),
                    models.Index(fields=["event", "at", "id"], name="audit_event"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_type", "subject_id", "sequence"), name="one_entry_for_each_link"
                    ),
                    models.UniqueConstraint(fields=("strand", "place"), name="one_entry_for_each_place"),
                    models.CheckConstraint(
                        condition=models.Q(("place__gte", 1), ("sequence__gte", 1)), name="links_are_counted_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Strand",
            fields=[
                ("number", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("place", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "日志横链末端",
            },
        ),
        migrations.CreateModel(
            name="Work",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("verification", "核验"), ("export", "导出")], max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "排队中"), ("running", "进行中"), ("done", "已完成"), ("failed", "未完成")],
                        default="queued",
                        max_length=20,
                    ),
                ),
                ("asked_by", models.BigIntegerField()),
                ("asked_by_name", models.CharField(max_length=100)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("origin", models.JSONField(default=dict)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True)),
                ("found", models.IntegerField(default=0)),
                ("lines", models.JSONField(default=list)),
                ("file", models.FileField(blank=True, max_length=200, upload_to="")),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "日志核验与导出",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "verification"), ("state__in", ["queued", "running"])),
                        fields=("kind",),
                        name="one_verification_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", False), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("claimed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="work_claimed_exactly_while_running",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnchorLeaf",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "anchor_id", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField()),
                ("subject_type", models.CharField(db_collation="C", max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                (
                    "anchor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to="audit.anchor",
                    ),
                ),
            ],
            options={
                "verbose_name": "日志锚所含的链",
                "ordering": ["anchor", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("subject_type", "subject_id", "last"), name="anchored_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="a_leaf_holds_entries"
                    ),
                ],
            },
        ),
    ]
