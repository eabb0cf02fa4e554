import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
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
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "填写中"), ("saved", "已提交")],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("edition", models.PositiveIntegerField(blank=True, null=True, verbose_name="第几次")),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0, help_text="of the draft; whoever saves an older one is refused"
                    ),
                ),
                ("surveyed_on", models.DateField(blank=True, null=True, verbose_name="统计日期")),
                ("edited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="填写时间")),
                ("saved_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("beds", models.PositiveIntegerField(blank=True, null=True, verbose_name="床位总数")),
                ("nursing_beds", models.PositiveIntegerField(blank=True, null=True, verbose_name="其中护理型床位")),
                ("residents", models.PositiveIntegerField(blank=True, null=True, verbose_name="入住老年人总数")),
                ("residents_under_60", models.PositiveIntegerField(blank=True, null=True, verbose_name="60 岁以下")),
                ("residents_60_to_64", models.PositiveIntegerField(blank=True, null=True, verbose_name="60 至 64 岁")),
                ("residents_65_to_79", models.PositiveIntegerField(blank=True, null=True, verbose_name="65 至 79 岁")),
                ("residents_80_up", models.PositiveIntegerField(blank=True, null=True, verbose_name="80 岁及以上")),
                ("residents_disabled", models.PositiveIntegerField(blank=True, null=True, verbose_name="其中失能")),
                (
                    "residents_partly_disabled",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="其中部分失能"),
                ),
                (
                    "residents_destitute",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="其中集中供养特困人员"),
                ),
                ("physicians", models.PositiveIntegerField(blank=True, null=True, verbose_name="执业医师")),
                (
                    "general_practitioners",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="其中全科医师"),
                ),
                ("nurses", models.PositiveIntegerField(blank=True, null=True, verbose_name="护士")),
                ("clinic_rooms", models.PositiveIntegerField(blank=True, null=True, verbose_name="诊室")),
                (
                    "visiting_rooms",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="其他可供上门服务的诊疗场所"),
                ),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务",
                    ),
                ),
                ("teams", models.PositiveIntegerField(blank=True, null=True, verbose_name="可参加签约的服务团队")),
                ("team_members", models.PositiveIntegerField(blank=True, null=True, verbose_name="团队人员")),
                (
                    "partners_possible",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="还可以签约的养老服务机构"),
                ),
                ("has_coordinator", models.BooleanField(blank=True, null=True, verbose_name="已指定专人负责")),
                ("has_fast_track", models.BooleanField(blank=True, null=True, verbose_name="已开通预约就诊绿色通道")),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "edited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="institutions.institution",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
                    ),
                ),
            ],
            options={
                "verbose_name": "摸底信息",
                "ordering": ["-edition", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("institution",), name="one_survey_draft"
                    ),
                    models.UniqueConstraint(fields=("institution", "edition"), name="survey_edition"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition__gt", 0),
                                ("edition__isnull", False),
                                ("saved_at__isnull", False),
                                ("saved_by__isnull", False),
                                ("state", "saved"),
                                ("surveyed_on__isnull", False),
                            ),
                            models.Q(
                                ("edition__isnull", True),
                                ("saved_at__isnull", True),
                                ("saved_by__isnull", True),
                                ("state", "draft"),
                            ),
                            _connector="OR",
                        ),
                        name="survey_dated_and_numbered_exactly_when_saved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "saved"), _negated=True),
                            ("residents__isnull", True),
                            models.Q(
                                (
                                    "residents",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("residents_under_60"), "+", models.F("residents_60_to_64")
                                            ),
                                            "+",
                                            models.F("residents_65_to_79"),
                                        ),
                                        "+",
                                        models.F("residents_80_up"),
                                    ),
                                ),
                                ("residents_60_to_64__isnull", False),
                                ("residents_65_to_79__isnull", False),
                                ("residents_80_up__isnull", False),
                                ("residents_under_60__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="survey_residents_are_the_sum_of_their_age_bands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "saved"), _negated=True),
                            ("nursing_beds__isnull", True),
                            ("nursing_beds__lte", models.F("beds")),
                            _connector="OR",
                        ),
                        name="survey_nursing_beds_are_among_the_beds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        max_length=10,
                        verbose_name="填报对象",
                    ),
                ),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="填报要求")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "进行中"), ("closed", "已结束")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="发起时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_rounds",
                        to="institutions.authority",
                        verbose_name="发起部门",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="结束人",
                    ),
                ),
            ],
            options={
                "verbose_name": "摸底",
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("authority", "title"),
                        name="one_open_round_of_a_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True), ("state", "open")),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False), ("state", "closed")),
                            _connector="OR",
                        ),
                        name="survey_round_closed_by_somebody",
                    ),
                ],
            },
        ),
    ]
