import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(help_text="slug of a Listed (exports.sockets)", max_length=30)),
                (
                    "query",
                    models.CharField(blank=True, help_text="of the list's address, in one order", max_length=2000),
                ),
                ("title", models.CharField(max_length=60, verbose_name="清单")),
                ("asked", models.TextField(help_text="the query in words, as it was ordered", verbose_name="条件")),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="acted for, as institution-7; empty for none", max_length=40
                    ),
                ),
                (
                    "duties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="memberships by which it was seen: all must still count",
                        size=None,
                    ),
                ),
                ("origin", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "排队中"),
                            ("running", "正在生成"),
                            ("done", "已生成"),
                            ("failed", "没有生成"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("ordered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="导出时间")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("failure", models.TextField(blank=True, verbose_name="原因")),
                ("rows", models.PositiveIntegerField(blank=True, null=True, verbose_name="行数")),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        help_text="empty once the clock has cleared it away",
                        max_length=200,
                        upload_to="",
                        verbose_name="文件",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="文件名")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="字节数")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "导出",
                "ordering": ["-ordered_at", "-id"],
                "indexes": [
                    models.Index(fields=["ordered_by", "-ordered_at"], name="export_of_person"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["ordered_at"],
                        name="export_queue",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("ordered_by", "place", "slug", "query"),
                        name="same_export_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", False), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("claimed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="export_claimed_exactly_while_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["waiting", "running"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["done", "failed"])),
                            _connector="OR",
                        ),
                        name="export_ended_exactly_when_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), models.Q(("failure", ""), _negated=True)),
                            models.Q(models.Q(("state", "failed"), _negated=True), ("failure", "")),
                            _connector="OR",
                        ),
                        name="export_reason_exactly_when_failed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rows__isnull", False), ("state", "done"), models.Q(("name", ""), _negated=True)),
                            models.Q(models.Q(("state", "done"), _negated=True), ("file", ""), ("name", "")),
                            _connector="OR",
                        ),
                        name="export_file_only_when_done",
                    ),
                ],
            },
        ),
    ]
