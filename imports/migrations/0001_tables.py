import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("institutions", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstitutionImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("file", models.FileField(max_length=200, upload_to="", verbose_name="表格")),
                ("file_name", models.CharField(max_length=200, verbose_name="原文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("sheets", models.JSONField(default=list, verbose_name="各列")),
                ("hidden_sheets", models.JSONField(default=list, verbose_name="隐藏的工作表")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "等待打开"),
                            ("opening", "正在打开"),
                            ("refused", "没有收下"),
                            ("unread", "没能打开"),
                            ("mapping", "待确认各列"),
                            ("waiting", "等待核对"),
                            ("checking", "正在核对"),
                            ("checked", "核对完毕"),
                            ("ordered", "等待导入"),
                            ("writing", "正在导入"),
                            ("done", "已导入"),
                            ("failed", "没有导入"),
                            ("abandoned", "已放弃"),
                        ],
                        default="received",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("state_since", models.DateTimeField(auto_now_add=True, verbose_name="状态起始")),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="how often it was taken up to be opened"),
                ),
                ("row_count", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("rows_checked", models.PositiveIntegerField(default=0, verbose_name="已核对行数")),
                ("tally", models.JSONField(default=dict, verbose_name="各类行数")),
                ("marked", models.FileField(blank=True, max_length=200, upload_to="", verbose_name="标注表格")),
                ("failure", models.TextField(blank=True, verbose_name="没有导入的原因")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="核对时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("origin", models.JSONField(blank=True, default=dict)),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="导入时间")),
                ("rows_dropped_at", models.DateTimeField(blank=True, null=True, verbose_name="清除逐行数据时间")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="institutions.authority",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "same_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="imports.institutionimport",
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
                "verbose_name": "机构导入",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at", None)),
                            _connector="OR",
                        ),
                        name="import_done_at_exactly_when_done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file", ""), ("state", "refused")),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True),
                                models.Q(("file", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="import_keeps_its_file_unless_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("refused", "unread", "failed")), _negated=True),
                            models.Q(("failure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="import_says_why_it_did_not_go_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("ordered", "writing", "done")), _negated=True),
                            ("confirmed_by__isnull", False),
                            _connector="OR",
                        ),
                        name="import_is_confirmed_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["authority", "-id"], name="import_of_authority"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.PositiveSmallIntegerField(verbose_name="第几张表")),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "role",
                    models.CharField(
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="机构名称")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("wrong", "有错误"),
                            ("new", "可新增"),
                            ("changed", "有变化"),
                            ("doubtful", "需决定"),
                            ("unchanged", "无变化"),
                        ],
                        max_length=10,
                        verbose_name="核对结果",
                    ),
                ),
                ("values", models.JSONField(default=dict, verbose_name="内容")),
                ("problems", models.JSONField(default=list, verbose_name="问题")),
                ("is_warned", models.BooleanField(default=False, verbose_name="有提醒")),
                ("changes", models.JSONField(default=dict, verbose_name="变化")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未决定"),
                            ("update", "更新已登记的这家"),
                            ("add", "作为新机构登记"),
                            ("skip", "跳过"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="institutions.institution",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="imports.institutionimport"
                    ),
                ),
            ],
            options={
                "verbose_name": "导入行",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "sheet", "number"), name="import_row_once"),
                ],
                "indexes": [
                    models.Index(fields=["run", "outcome", "decision", "id"], name="import_row_outcome"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RememberedColumns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("headings_digest", models.CharField(max_length=64, verbose_name="表头摘要")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("columns", models.JSONField(default=dict, verbose_name="各列")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="institutions.authority"
                    ),
                ),
            ],
            options={
                "verbose_name": "记住的列",
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "headings_digest"), name="columns_remembered_once"),
                ],
            },
        ),
    ]
