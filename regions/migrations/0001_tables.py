import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("date", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("is_workday", models.BooleanField(verbose_name="工作日")),
                ("source_notice", models.CharField(max_length=120, verbose_name="依据")),
                ("provisional", models.BooleanField(default=False, verbose_name="暂定")),
            ],
            options={
                "verbose_name": "工作日历",
                "ordering": ["date"],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=6, unique=True, verbose_name="行政区划代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "full_name",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        help_text="省、市、县名称连写；留空时自动填写",
                        max_length=120,
                        verbose_name="全称",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "全国"), (1, "省级"), (2, "地级"), (3, "县级")], verbose_name="层级"
                    ),
                ),
                (
                    "is_grouping",
                    models.BooleanField(
                        default=False, help_text="如北京市辖区：不是一个地方，全称里不出现", verbose_name="仅为归类"
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                (
                    "valid_to",
                    models.DateField(blank=True, help_text="代码失效的第一天", null=True, verbose_name="停用日期"),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="regions.region",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="regions.region",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政区划",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="region_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", 0), ("parent__isnull", True)),
                            models.Q(("level__gt", 0), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="region_only_nation_has_no_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeftOutProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(help_text="范本、政策方案", max_length=20, verbose_name="类别")),
                ("loaded_from", models.CharField(blank=True, max_length=500, verbose_name="数据文件夹")),
                ("problem", models.TextField(help_text="文件:行:列: 说明", verbose_name="错误")),
                ("told_at", models.DateTimeField(auto_now_add=True, verbose_name="载入时间")),
            ],
            options={
                "verbose_name": "未载入的文件",
                "ordering": ["what", "loaded_from", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Scheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="标识")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="发文字号")),
                (
                    "in_force_from",
                    models.DateField(
                        blank=True, help_text="原文不精确时取最早的一天", null=True, verbose_name="施行日期"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="数据文件摘要")),
                ("body", models.JSONField(verbose_name="内容")),
                (
                    "is_withdrawn",
                    models.BooleanField(default=False, help_text="数据文件已不存在", verbose_name="已撤下"),
                ),
                (
                    "loaded_from",
                    models.CharField(
                        blank=True,
                        help_text="空：平台自带；否则是 load_schemes --dir 的文件夹",
                        max_length=500,
                        verbose_name="数据文件夹",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schemes",
                        to="regions.region",
                        verbose_name="区域",
                    ),
                ),
            ],
            options={
                "verbose_name": "政策方案",
                "ordering": ["region__code", "slug"],
            },
        ),
    ]
