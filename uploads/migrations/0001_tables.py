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
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(help_text="name of a Purpose (uploads.sockets)", max_length=30)),
                (
                    "subject",
                    models.PositiveBigIntegerField(
                        help_text="key of the row that it is for, of the purpose's own model"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        blank=True, help_text="which part of the subject, in the purpose's words", max_length=40
                    ),
                ),
                ("facts", models.JSONField(blank=True, default=dict, help_text="what else was entered with the file")),
                ("acting", models.JSONField(blank=True, null=True)),
                (
                    "sender",
                    models.CharField(
                        db_index=True, help_text="whose turn it is: an account, or an address", max_length=64
                    ),
                ),
                (
                    "turn",
                    models.PositiveIntegerField(
                        default=0, help_text="how many the same sender had sent shortly before"
                    ),
                ),
                ("origin", models.JSONField(blank=True, default=dict)),
                ("token", models.CharField(help_text="name of its folder", max_length=32, unique=True)),
                ("file", models.FileField(max_length=200, upload_to="", verbose_name="文件")),
                ("name", models.CharField(max_length=200, verbose_name="原文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待检查"),
                            ("opening", "正在检查"),
                            ("kept", "已收下"),
                            ("refused", "没有收下"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="检查时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.TextField(blank=True, verbose_name="没有收下的原因")),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("page_count", models.PositiveIntegerField(default=0, verbose_name="页数")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "上传的文件",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "opening"])),
                        fields=("purpose", "subject", "part", "sender", "sha256"),
                        name="same_upload_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", False), ("state", "opening")),
                            models.Q(models.Q(("state", "opening"), _negated=True), ("claimed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="upload_claimed_exactly_while_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state__in", ["waiting", "opening"])),
                            models.Q(("decided_at__isnull", False), ("state__in", ["kept", "refused"])),
                            _connector="OR",
                        ),
                        name="upload_decided_exactly_when_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "refused"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="upload_reason_exactly_when_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "kept"), models.Q(("content_type", ""), _negated=True)),
                            models.Q(
                                models.Q(("state", "kept"), _negated=True), ("content_type", ""), ("page_count", 0)
                            ),
                            _connector="OR",
                        ),
                        name="upload_known_exactly_when_kept",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["purpose", "subject"], name="upload_of_subject"),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["turn", "sent_at"], name="upload_queue"
                    ),
                    models.Index(
                        condition=models.Q(("state", "kept"), _negated=True),
                        fields=["state", "sent_at"],
                        name="upload_at_work",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="第几页")),
                ("width", models.PositiveIntegerField(help_text="dots of the larger picture")),
                ("height", models.PositiveIntegerField()),
                (
                    "doubt",
                    models.CharField(
                        blank=True, help_text="what a person should look at", max_length=200, verbose_name="疑点"
                    ),
                ),
                (
                    "seen",
                    models.JSONField(
                        blank=True, default=dict, help_text="what was read on it: codes, turned, compared, white"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="uploads.upload"
                    ),
                ),
            ],
            options={
                "verbose_name": "页面",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "number"), name="upload_page_once"),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("number__gt", 0), ("width__gt", 0)), name="page_is_there"
                    ),
                ],
            },
        ),
    ]
