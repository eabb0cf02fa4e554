import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# What people type for one another; exchanged first, for NFKC takes some of them apart.
DOTS, APOSTROPHES = "・･•‧∙⋅᛫⸱⸳.．", "’‘ʼʹ′´`＇｀"
SEARCHABLE = f"""
CREATE FUNCTION searchable(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(normalize(
        translate(name, '{DOTS}{APOSTROPHES}', '{"·" * len(DOTS)}{"''" * len(APOSTROPHES)}'), NFKC
    ))
$$;
"""
# Names with their schema: where an index over it is built or analysed there is no other to search.
NAME_GRAMS = """
CREATE FUNCTION name_grams(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT gram), ARRAY[]::text[])
    FROM (
        SELECT substr(compared, i, n) AS gram
        FROM public.searchable(name) AS compared,
            generate_series(1, char_length(compared)) AS i, (VALUES (1), (2)) AS lengths(n)
        WHERE i + n - 1 <= char_length(compared)
    ) AS grams
$$;
"""
# What a text that is looked for must have of them: its pairs, for singles say nothing beside them, and their shares,
# which the planner multiplies, would make it seem rarer than it is; of one character that one.
SEARCHED_GRAMS = """
CREATE FUNCTION searched_grams(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT substr(compared, i, 2))
    FROM public.searchable(name) AS compared, generate_series(1, greatest(char_length(compared) - 1, 1)) AS i
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("regions", "0001_tables"),
        ("uploads", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # IMMUTABLE, because a stored generated column and its GIN index are computed from it.
        migrations.RunSQL(sql=SEARCHABLE, reverse_sql="DROP FUNCTION searchable(text);"),
        migrations.RunSQL(sql=NAME_GRAMS, reverse_sql="DROP FUNCTION name_grams(text);"),
        migrations.RunSQL(sql=SEARCHED_GRAMS, reverse_sql="DROP FUNCTION searched_grams(text);"),
        migrations.CreateModel(
            name="Authority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("health", "卫生健康部门"), ("civil_affairs", "民政部门")],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                (
                    "former_names",
                    models.TextField(
                        blank=True, default="", help_text="one a line, the newest first", verbose_name="曾用名"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="联系电话")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                ("closing_reason", models.CharField(blank=True, default="", max_length=200, verbose_name="撤销原因")),
                (
                    "number_form",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="YYYY and Ns for year and number; empty: ours",
                        max_length=60,
                        verbose_name="备案号的写法",
                    ),
                ),
                (
                    "number_key",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="what tells its numbers from all others",
                        max_length=60,
                        verbose_name="备案号的辨识",
                    ),
                ),
                (
                    "number_turn",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="each begins a series of its own", verbose_name="第几次设定"
                    ),
                ),
                (
                    "number_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="用过的辨识",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorities",
                        to="regions.region",
                        verbose_name="辖区",
                    ),
                ),
                (
                    "closing_asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请撤销的人",
                    ),
                ),
                (
                    "closing_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.authority",
                        verbose_name="拟承接部门",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="institutions.authority",
                        verbose_name="承接部门",
                    ),
                ),
            ],
            options={
                "verbose_name": "主管部门",
                "ordering": ["region__code", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("region", "kind"),
                        name="one_authority_of_a_kind_per_region",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor__isnull", True), ("closed_on__isnull", False), _connector="OR"),
                        name="only_a_closed_authority_is_followed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_on__isnull", True),
                                ("closing_asked_by__isnull", False),
                                models.Q(("closing_reason", ""), _negated=True),
                            ),
                            models.Q(
                                ("closing_asked_by__isnull", True),
                                ("closing_reason", ""),
                                ("closing_to__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="closing_is_asked_with_who_and_why",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True), models.Q(("number_key", ""), _negated=True)),
                        fields=("number_key",),
                        name="numbers_are_told_apart",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor", models.F("id")), _negated=True),
                        name="no_authority_follows_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                (
                    "name_grams",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"),
                            function="name_grams",
                            output_field=django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), size=None
                            ),
                        ),
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.TextField(), size=None
                        ),
                    ),
                ),
                ("former_names", models.TextField(blank=True, db_default="", default="", verbose_name="曾用名")),
                (
                    "former_grams",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("former_names"),
                            function="name_grams",
                            output_field=django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), size=None
                            ),
                        ),
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.TextField(), size=None
                        ),
                    ),
                ),
                (
                    "uscc",
                    models.CharField(
                        blank=True, help_text="没有自己的代码时留空", max_length=18, verbose_name="统一社会信用代码"
                    ),
                ),
                (
                    "operator_name",
                    models.CharField(
                        blank=True, help_text="机构没有自己的代码时填写", max_length=100, verbose_name="举办单位"
                    ),
                ),
                ("operator_uscc", models.CharField(blank=True, max_length=18, verbose_name="举办单位代码")),
                ("address", models.CharField(max_length=200, verbose_name="地址")),
                ("legal_representative", models.CharField(max_length=50, verbose_name="法定代表人（负责人）")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="联系电话")),
                (
                    "ownership",
                    models.CharField(
                        choices=[
                            ("public", "公办"),
                            ("private_nonprofit", "民办非营利"),
                            ("private_for_profit", "民办营利"),
                        ],
                        max_length=20,
                        verbose_name="性质",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "正常"), ("suspended", "暂停"), ("closed", "已关闭")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="开业日期")),
                ("suspended_on", models.DateField(blank=True, null=True, verbose_name="暂停日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="关闭日期")),
                (
                    "status_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="why it is suspended or closed",
                        max_length=200,
                        verbose_name="原因",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(
                        default=False,
                        help_text="a leader approves each text before it is sent or agreed to",
                        verbose_name="同意文本前须负责人审批",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="institutions",
                        to="regions.region",
                        verbose_name="所在县区",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("uscc", ""), _negated=True),
                        fields=("uscc", "role"),
                        name="institution_uscc_per_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "closed"), ("closed_on__isnull", True), _connector="OR"),
                        name="institution_closed_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "suspended"), ("suspended_on__isnull", True), _connector="OR"),
                        name="institution_suspended_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("uscc__regex", "^([0-9A-HJ-NPQRTUWXY]{18})?$")),
                        name="institution_uscc_characters",
                    ),
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["name_grams"], name="institution_name_grams"),
                    django.contrib.postgres.indexes.GinIndex(fields=["former_grams"], name="institution_former_grams"),
                    models.Index(fields=["region", "role"], name="institution_region_role"),
                    models.Index(fields=["name", "id"], name="institution_name_order"),
                    models.Index(fields=["uscc"], name="institution_uscc_prefix", opclasses=["varchar_pattern_ops"]),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="曾用名")),
                (
                    "used_from",
                    models.DateField(
                        blank=True, help_text="unknown for the first name known", null=True, verbose_name="启用日期"
                    ),
                ),
                ("used_until", models.DateField(help_text="the first day of the next name", verbose_name="更名日期")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="更名原因")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_names",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "曾用名",
                "ordering": ["-used_until", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_from__isnull", True), ("used_until__gte", models.F("used_from")), _connector="OR"
                        ),
                        name="former_name_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ElderCareProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("residential_care", "养老机构"),
                            ("township_elderly_home", "敬老院"),
                            ("home_community_care", "居家社区养老服务机构"),
                            ("day_care_centre", "日间照料中心"),
                            ("mutual_aid_home", "互助院"),
                            ("elders_canteen", "老饭桌"),
                        ],
                        max_length=30,
                        verbose_name="机构类型",
                    ),
                ),
                ("beds", models.PositiveIntegerField(default=0, verbose_name="床位数")),
                ("residents", models.PositiveIntegerField(default=0, verbose_name="入住人数")),
                ("residents_60", models.PositiveIntegerField(default=0, verbose_name="其中 60 岁及以上")),
                ("residents_65", models.PositiveIntegerField(default=0, verbose_name="其中 65 岁及以上")),
                ("residents_80", models.PositiveIntegerField(default=0, verbose_name="其中 80 岁及以上")),
                ("has_own_clinic", models.BooleanField(default=False, verbose_name="内设医疗机构")),
                ("own_clinic_since", models.DateField(blank=True, null=True, verbose_name="内设医疗机构设立日期")),
                (
                    "own_clinic_until",
                    models.DateField(
                        blank=True,
                        help_text="最后一天；停办后不再勾选“内设医疗机构”",
                        null=True,
                        verbose_name="内设医疗机构停办日期",
                    ),
                ),
                ("filing_number", models.CharField(blank=True, max_length=60, verbose_name="备案编号")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="备案日期")),
                (
                    "filing_valid_to",
                    models.DateField(
                        blank=True,
                        help_text="没有期限的留空；注销或撤销的填最后一天",
                        null=True,
                        verbose_name="备案最后有效日",
                    ),
                ),
                (
                    "institution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="elder_care_profile",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "养老机构信息",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("residents__gte", models.F("residents_60")),
                            ("residents_60__gte", models.F("residents_65")),
                            ("residents_65__gte", models.F("residents_80")),
                        ),
                        name="older_residents_are_among_the_younger",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("own_clinic_until__isnull", True),
                            models.Q(
                                ("has_own_clinic", False),
                                models.Q(
                                    ("own_clinic_since__isnull", True),
                                    ("own_clinic_until__gte", models.F("own_clinic_since")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="own_clinic_until_only_after_it_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filing_valid_to__isnull", True),
                            ("filed_on__isnull", True),
                            ("filing_valid_to__gte", models.F("filed_on")),
                            _connector="OR",
                        ),
                        name="filing_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lapse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.CharField(
                        choices=[("licence", "医疗机构执业许可证"), ("filing", "养老机构备案")],
                        max_length=10,
                        verbose_name="证件",
                    ),
                ),
                ("last_day", models.DateField(verbose_name="最后有效日")),
                ("noted_at", models.DateTimeField(auto_now_add=True, verbose_name="记录时间")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lapses",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "失效记录",
                "ordering": ["-last_day", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "document", "last_day"), name="one_lapse_per_last_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MedicalProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general_hospital", "综合医院"),
                            ("tcm_hospital", "中医医院"),
                            ("specialist_hospital", "专科医院"),
                            ("rehabilitation_hospital", "康复医院"),
                            ("nursing_hospital", "护理院（站）"),
                            ("community_health_centre", "社区卫生服务中心"),
                            ("community_health_station", "社区卫生服务站"),
                            ("township_health_centre", "乡镇卫生院"),
                            ("village_clinic", "村卫生室"),
                            ("clinic", "诊所、医务室"),
                        ],
                        max_length=30,
                        verbose_name="机构类型",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "未定级"), (1, "一级"), (2, "二级"), (3, "三级")], default=0, verbose_name="等级"
                    ),
                ),
                ("is_primary", models.BooleanField(verbose_name="基层医疗卫生机构")),
                ("licence_number", models.CharField(blank=True, max_length=22, verbose_name="执业许可证登记号")),
                ("licence_valid_from", models.DateField(blank=True, null=True, verbose_name="许可证有效期起")),
                ("licence_valid_to", models.DateField(blank=True, null=True, verbose_name="许可证有效期止")),
                ("is_insurance_designated", models.BooleanField(default=False, verbose_name="医保定点")),
                (
                    "institution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="medical_profile",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "医疗机构信息",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("licence_valid_to__isnull", True),
                            ("licence_valid_from__isnull", True),
                            ("licence_valid_to__gt", models.F("licence_valid_from")),
                            _connector="OR",
                        ),
                        name="licence_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "duty",
                    models.CharField(
                        choices=[
                            ("clerk", "经办人"),
                            ("signatory", "授权签约人"),
                            ("approver", "审批人"),
                            ("reviewer", "审核员"),
                            ("supervisor", "督查员"),
                            ("template_editor", "范本管理员"),
                            ("auditor", "审计员"),
                            ("administrator", "管理员"),
                        ],
                        default="clerk",
                        max_length=20,
                        verbose_name="职责",
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        blank=True, default=django.utils.timezone.localdate, null=True, verbose_name="任职日期"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待确认本人"), ("effective", "已生效")],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("seen", models.CharField(blank=True, max_length=50, verbose_name="看过的证件")),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="授予人",
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
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="institutions.authority",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="institutions.institution",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "institution", "authority", "duty"),
                        name="one_membership_per_duty",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("authority__isnull", True),
                                ("duty__in", ("clerk", "signatory", "approver", "administrator")),
                                ("institution__isnull", False),
                            ),
                            models.Q(
                                ("authority__isnull", False),
                                ("duty__in", ("reviewer", "supervisor", "administrator")),
                                ("institution__isnull", True),
                            ),
                            models.Q(
                                ("authority__isnull", True),
                                ("duty__in", ("template_editor", "auditor", "administrator")),
                                ("institution__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="membership_place_fits_duty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("granted_by", models.F("user")), _negated=True),
                        name="membership_is_granted_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by", models.F("user")), _negated=True),
                            models.Q(("confirmed_by", models.F("granted_by")), _negated=True),
                        ),
                        name="membership_is_confirmed_by_a_third",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("state", "effective"),
                                models.Q(("seen", ""), _negated=True),
                            ),
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True), ("seen", "")),
                            _connector="OR",
                        ),
                        name="membership_confirmed_with_who_when_and_what",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["institution"], name="membership_waiting"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ValidityPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.CharField(
                        choices=[("licence", "医疗机构执业许可证"), ("filing", "养老机构备案")],
                        max_length=10,
                        verbose_name="证件",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="编号")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="有效期起")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="last day, included; none means no end",
                        null=True,
                        verbose_name="有效期止",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.upload",
                        verbose_name="上传的文件",
                    ),
                ),
                (
                    "scan",
                    models.FileField(
                        help_text="that of the upload", blank=True, max_length=200, upload_to="", verbose_name="扫描件"
                    ),
                ),
                ("scan_content_type", models.CharField(blank=True, max_length=40)),
                ("scan_sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("entered_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="validity_periods",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "证件有效期",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="validity_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("scan", ""), ("scan_content_type", ""), ("scan_sha256", ""), ("upload__isnull", True)
                            ),
                            models.Q(
                                ("upload__isnull", False),
                                models.Q(("scan", ""), _negated=True),
                                models.Q(("scan_sha256", ""), _negated=True),
                                models.Q(("scan_content_type", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="validity_scan_is_whole",
                    ),
                ],
            },
        ),
    ]
