import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agreements", "0001_tables"),
        ("institutions", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "待报送"),
                            ("submitted", "已报送"),
                            ("under_review", "审核中"),
                            ("accepted", "已备案"),
                            ("returned", "退回补正"),
                            ("closed", "已结案"),
                        ],
                        default="due",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几次")),
                ("due_on", models.DateField(verbose_name="报送期限")),
                ("due_basis", models.CharField(max_length=300, verbose_name="期限依据")),
                ("is_platform_default", models.BooleanField(default=False, verbose_name="平台默认期限")),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("remark", models.TextField(blank=True, verbose_name="报送说明")),
                (
                    "review_due_on",
                    models.DateField(blank=True, help_text="set when submitted", null=True, verbose_name="受理期限"),
                ),
                ("taken_up_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_as",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="as it was called then: itself, or who follows it",
                        max_length=100,
                        verbose_name="办理部门",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="备案号")),
                ("reasons", models.TextField(blank=True, verbose_name="退回原因")),
                (
                    "correction_due_on",
                    models.DateField(blank=True, help_text="set when returned", null=True, verbose_name="补正期限"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结案时间")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="结案人",
                    ),
                ),
                (
                    "closing_reason",
                    models.TextField(blank=True, help_text="why nothing more is wanted", verbose_name="结案原因"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "concerns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="涉及地区",
                    ),
                ),
                (
                    "clock_on",
                    models.DateField(
                        editable=False, help_text="by when somebody must act", null=True, verbose_name="期限"
                    ),
                ),
                (
                    "is_at_work",
                    models.BooleanField(
                        default=True,
                        editable=False,
                        help_text="somebody is still to do something, with or without a day",
                        verbose_name="在办",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filings", to="agreements.agreement"
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filings", to="institutions.authority"
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
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resubmission",
                        to="filing.filing",
                        verbose_name="上一次报送",
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
                    "taken_up_by",
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
                "verbose_name": "备案",
                "ordering": ["due_on", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("due", "submitted", "under_review"))),
                        fields=("agreement", "authority"),
                        name="one_open_filing_per_authority",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "accepted")),
                        fields=("agreement", "authority"),
                        name="one_accepted_filing_per_authority",
                    ),
                    models.UniqueConstraint(fields=("agreement", "authority", "round"), name="filing_round"),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True), fields=("number",), name="filing_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "accepted"),
                                models.Q(("number", ""), _negated=True),
                            ),
                            models.Q(models.Q(("state", "accepted"), _negated=True), ("number", "")),
                            _connector="OR",
                        ),
                        name="numbered_exactly_when_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state", "returned"),
                                models.Q(("reasons", ""), _negated=True),
                            ),
                            models.Q(models.Q(("state", "returned"), _negated=True), ("reasons", "")),
                            _connector="OR",
                        ),
                        name="reasons_exactly_when_returned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("due", "closed")), ("submitted_at__isnull", True)),
                            models.Q(
                                models.Q(("state__in", ("due", "closed")), _negated=True),
                                ("submitted_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="submitted_at_exactly_when_submitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "under_review"), _negated=True),
                            models.Q(("taken_up_at__isnull", False), ("taken_up_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="under_review_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("review_due_on__isnull", True),
                            models.Q(("state__in", ("due", "closed")), _negated=True),
                            _connector="OR",
                        ),
                        name="review_due_only_when_submitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("correction_due_on__isnull", True), ("state", "returned"), _connector="OR"),
                        name="correction_due_only_when_returned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("previous__isnull", True), ("round", 1)),
                            models.Q(("previous__isnull", False), ("round__gt", 1)),
                            _connector="OR",
                        ),
                        name="later_rounds_refer_to_the_earlier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("state", "closed"),
                                models.Q(("closing_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                                ("closed_by__isnull", True),
                                ("closing_reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="closed_by_whom_when_and_why",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["authority", "state", "due_on"], name="filing_queue"),
                    django.contrib.postgres.indexes.GinIndex(fields=["concerns"], name="filing_concerns_officials"),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("is_at_work", True)),
                        fields=["concerns"],
                        name="filing_at_work",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("state", "closed")),
                        fields=["concerns"],
                        name="filing_closed_officials",
                    ),
                    models.Index(fields=["clock_on", "id"], name="filing_by_urgency"),
                    models.Index(
                        condition=models.Q(("state", "accepted")),
                        fields=["-decided_at", "-id"],
                        name="filing_decided",
                    ),
                    models.Index(
                        condition=models.Q(("state", "due")), fields=["due_on", "id"], name="filing_due_by_day"
                    ),
                    models.Index(
                        condition=models.Q(("state", "returned")),
                        fields=["decided_at", "id"],
                        name="filing_returned_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("submitted", "under_review"))),
                        fields=["review_due_on", "id"],
                        name="filing_with_authority_by_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "filing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="receipt",
                        serialize=False,
                        to="filing.filing",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("rendering", "正在生成"),
                            ("ready", "已生成"),
                            ("failed", "生成失败"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("ordered_at", models.DateTimeField(auto_now_add=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("file", models.FileField(blank=True, max_length=200, upload_to="", verbose_name="备案回执")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("failure", models.TextField(blank=True, verbose_name="回执生成失败原因")),
            ],
            options={
                "verbose_name": "备案回执",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "ready"), _negated=True),
                        fields=["state", "ordered_at"],
                        name="receipt_at_work",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False),
                                ("state", "ready"),
                                models.Q(("file", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            models.Q(models.Q(("state", "ready"), _negated=True), ("file", ""), ("sha256", "")),
                            _connector="OR",
                        ),
                        name="receipt_with_file_and_digest_exactly_when_ready",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False),
                                ("state", "failed"),
                                models.Q(("failure", ""), _negated=True),
                            ),
                            models.Q(models.Q(("state", "failed"), _negated=True), ("failure", "")),
                            _connector="OR",
                        ),
                        name="receipt_with_reason_exactly_when_failed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", False), ("state", "rendering")),
                            models.Q(models.Q(("state", "rendering"), _negated=True), ("claimed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="receipt_claimed_exactly_while_rendering",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[("take_up", "批量接收"), ("accept", "批量受理备案")],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "正在办理"),
                            ("done", "办理完毕"),
                            ("failed", "中途停止"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "origin",
                    models.JSONField(blank=True, default=dict, help_text="from where it was ordered (audit.origin)"),
                ),
                ("ordered_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("failure", models.TextField(blank=True, verbose_name="停止的原因")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.authority",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
            ],
            options={
                "verbose_name": "批量办理",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), models.Q(("failure", ""), _negated=True)),
                            models.Q(models.Q(("state", "failed"), _negated=True), ("failure", "")),
                            _connector="OR",
                        ),
                        name="batch_with_reason_exactly_when_failed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", False), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("claimed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="batch_claimed_exactly_while_running",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="第几件")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("waiting", "还没有办"), ("done", "办成"), ("refused", "没有办成")],
                        default="waiting",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="说明")),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="filing.batch",
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="filing.filing"
                    ),
                ),
            ],
            options={
                "verbose_name": "批量办理的一件",
                "ordering": ["batch", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "position"), name="batch_row_position"),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "waiting")),
                        fields=("filing",),
                        name="one_waiting_batch_of_a_filing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "waiting"), ("text", "")),
                            models.Q(
                                models.Q(("outcome", "waiting"), _negated=True), models.Q(("text", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="batch_row_in_words_exactly_when_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "待补报"),
                            ("submitted", "已补报，待查收"),
                            ("noted", "已查收"),
                            ("returned", "补报已退回"),
                            ("replaced", "已由后来的报送代替"),
                        ],
                        default="due",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="第几次补报")),
                ("remark", models.TextField(blank=True, verbose_name="补报说明")),
                (
                    "scans",
                    models.JSONField(
                        default=list,
                        help_text="SHA-256 of each, in the order of the paper",
                        verbose_name="补报的扫描件",
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="补报时间")),
                (
                    "review_due_on",
                    models.DateField(blank=True, help_text="set when handed in", null=True, verbose_name="查收期限"),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                ("reasons", models.TextField(blank=True, verbose_name="退回原因")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_ins",
                        to="filing.filing",
                        verbose_name="所补的备案",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="following",
                        to="filing.handin",
                        verbose_name="上一次补报",
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
            ],
            options={
                "verbose_name": "补报",
                "ordering": ["filing", "round"],
                "constraints": [
                    models.UniqueConstraint(fields=("filing", "round"), name="hand_in_round"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "due")), fields=("filing",), name="one_hand_in_due_per_filing"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "submitted")),
                        fields=("filing",),
                        name="one_hand_in_waits_per_filing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("previous__isnull", True), ("round", 1)),
                            models.Q(("previous__isnull", False), ("round__gt", 1)),
                            _connector="OR",
                        ),
                        name="later_hand_ins_refer_to_the_earlier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scans", []), ("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                            models.Q(
                                ("submitted_at__isnull", False),
                                ("submitted_by__isnull", False),
                                models.Q(("scans", []), _negated=True),
                                models.Q(("remark", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="handed_in_by_whom_when_and_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("review_due_on__isnull", True), ("submitted_at__isnull", False), _connector="OR"
                        ),
                        name="hand_in_review_due_only_when_submitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "due"), ("submitted_at__isnull", True)),
                            models.Q(
                                ("state__in", ["submitted", "noted", "returned"]), ("submitted_at__isnull", False)
                            ),
                            ("state", "replaced"),
                            _connector="OR",
                        ),
                        name="hand_in_submitted_exactly_when_not_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ("noted", "returned", "replaced")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("noted", "returned", "replaced")), _negated=True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="hand_in_decided_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("noted", "returned")), _negated=True),
                            models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="hand_in_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), models.Q(("reasons", ""), _negated=True)),
                            models.Q(models.Q(("state", "returned"), _negated=True), ("reasons", "")),
                            _connector="OR",
                        ),
                        name="hand_in_reasons_exactly_when_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RescanCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "等待重新扫描"), ("done", "已重新扫描并核验"), ("dropped", "已撤销")],
                        default="open",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.TextField(verbose_name="原因")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rescan_calls",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        help_text="null where a side asks",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.authority",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        blank=True,
                        help_text="null where a side asks of what is filed nowhere",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="filing.filing",
                        verbose_name="从哪一件备案提出",
                    ),
                ),
            ],
            options={
                "verbose_name": "重新扫描的要求",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("agreement",), name="one_open_call_for_a_rescan"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="call_for_a_rescan_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("authority__isnull", True), ("filing__isnull", False), _connector="OR"),
                        name="authority_calls_from_its_filing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="call_for_a_rescan_ended_by_whom_and_when",
                    ),
                ],
            },
        ),
    ]
