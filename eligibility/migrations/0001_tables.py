import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("institutions", "0001_tables"),
        ("uploads", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EligibilityCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "填写中"),
                            ("submitted", "待核对"),
                            ("confirmed", "符合条件"),
                            ("returned", "已退回"),
                            ("expired", "已到期"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("round", models.PositiveIntegerField(default=1, verbose_name="第几次")),
                ("checklist", models.JSONField(verbose_name="清单")),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0, help_text="of answers and findings; an older one is refused"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="开始填报")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="核对时间")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="有效期起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期止")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                ("reason", models.TextField(blank=True, help_text="of returning or withdrawing", verbose_name="原因")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="eligibility_cases",
                        to="institutions.authority",
                        verbose_name="核对部门",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="eligibility_cases",
                        to="institutions.institution",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eligibility.eligibilitycase",
                        verbose_name="上一次填报",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "资格核对",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "round"), name="eligibility_round"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted"])),
                        fields=("institution",),
                        name="one_open_eligibility_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "draft"), ("submitted_at__isnull", True), ("submitted_by__isnull", True)
                            ),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                ("submitted_at__isnull", False),
                                ("submitted_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_submitted_exactly_after_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state__in", ["draft", "submitted"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["draft", "submitted"]), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_decided_exactly_after_submission",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["confirmed", "expired", "withdrawn"]),
                                ("valid_to__gte", models.F("valid_from")),
                                ("valid_from__isnull", False),
                                ("valid_to__isnull", False),
                            ),
                            models.Q(
                                ("state__in", ["draft", "submitted", "returned"]),
                                ("valid_from__isnull", True),
                                ("valid_to__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_valid_exactly_when_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["returned", "withdrawn"]), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state__in", ["returned", "withdrawn"]), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="eligibility_reason_exactly_when_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "withdrawn"), ("withdrawn_by__isnull", False), ("withdrawn_on__isnull", False)
                            ),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True),
                                ("withdrawn_by__isnull", True),
                                ("withdrawn_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_withdrawn_by_somebody_on_a_day",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["authority", "state"], name="eligibility_queue"),
                    models.Index(
                        condition=models.Q(("state__in", ["confirmed", "expired"])),
                        fields=["valid_to", "id"],
                        name="eligibility_by_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EligibilityAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(help_text="id in the case's checklist", max_length=40)),
                ("yes", models.BooleanField(blank=True, null=True, verbose_name="是否符合")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="数量")),
                ("day", models.DateField(blank=True, null=True, verbose_name="日期")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("is_met", models.BooleanField(blank=True, null=True, verbose_name="核对结果")),
                ("finding", models.CharField(blank=True, max_length=500, verbose_name="核对意见")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="eligibility.eligibilitycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "资格条件",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "item"), name="one_answer_per_item"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EligibilityEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(help_text="id in the case's checklist", max_length=40)),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.upload",
                        verbose_name="上传的文件",
                    ),
                ),
                (
                    "file",
                    models.FileField(help_text="that of the upload", max_length=200, upload_to="", verbose_name="文件"),
                ),
                ("original_name", models.CharField(max_length=200, verbose_name="原文件名")),
                ("content_type", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("page_count", models.PositiveIntegerField(verbose_name="页数")),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="eligibility.eligibilitycase",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "证明材料",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "item", "sha256"), name="same_evidence_once_per_item"),
                    models.CheckConstraint(condition=models.Q(("page_count__gt", 0)), name="evidence_has_pages"),
                ],
            },
        ),
    ]
