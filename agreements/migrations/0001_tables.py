import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("institutions", "0001_tables"),
        ("regions", "0001_tables"),
        ("sealing", "0001_tables"),
        ("uploads", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),  # for the exclusion of overlapping terms
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="协议编号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("negotiating", "待对方确认"),
                            ("agreed", "文本已定"),
                            ("signing", "签章中"),
                            ("in_force", "生效中"),
                            ("expired", "已到期"),
                            ("terminated", "已终止"),
                            ("superseded", "已续签或换签"),
                            ("discarded", "已作废"),
                            ("rescinded", "已合意解除"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "answers",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="blank id → value",
                        verbose_name="填写内容",
                    ),
                ),
                (
                    "contacts",
                    models.JSONField(
                        default=dict, help_text="role → signatory and contact", verbose_name="签约人与联系人"
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0, help_text="raised by every save of the draft", verbose_name="修订号"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="最近修改")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="送出时间")),
                (
                    "drafting_way",
                    models.CharField(
                        choices=[("paper", "纸质签章"), ("electronic", "电子签章")],
                        default="paper",
                        help_text="frozen with the text",
                        max_length=20,
                        verbose_name="起草方的签章方式",
                    ),
                ),
                (
                    "return_reason",
                    models.TextField(
                        blank=True, help_text="Round.why of a draft that was given back", verbose_name="退回原因"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("original", "首次签约"),
                            ("renewal", "续签"),
                            ("replacement", "换签"),
                            ("supplement", "补充协议"),
                        ],
                        default="original",
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("medical_signed_on", models.DateField(blank=True, null=True, verbose_name="医疗卫生机构签章日期")),
                ("elder_care_signed_on", models.DateField(blank=True, null=True, verbose_name="养老服务机构签章日期")),
                ("certified_at", models.DateTimeField(blank=True, null=True, verbose_name="核验时间")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="期限起")),
                (
                    "expires_on",
                    models.DateField(
                        blank=True, help_text="last day of the term, included", null=True, verbose_name="期限止"
                    ),
                ),
                (
                    "ended_on",
                    models.DateField(
                        blank=True,
                        help_text="last day in force, of a terminated or superseded agreement",
                        null=True,
                        verbose_name="提前结束日期",
                    ),
                ),
                (
                    "last_day",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Least("expires_on", "ended_on"),
                        help_text="last day in force, included; null until it has been in force",
                        output_field=models.DateField(null=True),
                        verbose_name="最后一天",
                    ),
                ),
                ("end_reason", models.TextField(blank=True, verbose_name="终止原因")),
                (
                    "rescission_asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出合意解除的人",
                    ),
                ),
                ("rescission_reason", models.TextField(blank=True, verbose_name="合意解除的原因")),
                (
                    "rescission_side",
                    models.CharField(
                        blank=True,
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        help_text="empty while nobody has asked",
                        max_length=20,
                        verbose_name="提出合意解除的一方",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示数据")),
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
                ("names", models.TextField(default="", editable=False, verbose_name="双方名称")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafted_agreements",
                        to="institutions.institution",
                        verbose_name="起草方",
                    ),
                ),
                (
                    "elder_care",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements_as_elder_care",
                        to="institutions.institution",
                        verbose_name="养老服务机构",
                    ),
                ),
                (
                    "medical",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements_as_medical",
                        to="institutions.institution",
                        verbose_name="医疗卫生机构",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="agreements.agreement",
                        verbose_name="原协议",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="regions.region",
                        verbose_name="所在县区",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        help_text="who sent it last: never agrees",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "协议",
                "ordering": ["-updated_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "negotiating",
                                    "agreed",
                                    "signing",
                                    "in_force",
                                    "expired",
                                    "terminated",
                                    "superseded",
                                    "discarded",
                                    "rescinded",
                                ],
                            )
                        ),
                        name="agreement_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("medical__isnull", True),
                            ("elder_care__isnull", True),
                            models.Q(("medical", models.F("elder_care")), _negated=True),
                            _connector="OR",
                        ),
                        name="two_different_parties",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "original"), ("predecessor__isnull", True)),
                            models.Q(models.Q(("kind", "original"), _negated=True), ("predecessor__isnull", False)),
                            _connector="OR",
                        ),
                        name="linked_exactly_when_not_original",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind__in", ["renewal", "replacement"]),
                            models.Q(("state__in", ("discarded", "rescinded")), _negated=True),
                        ),
                        fields=("predecessor",),
                        name="one_live_successor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("signing", "in_force", "expired", "terminated", "superseded")),
                            models.Q(("elder_care_signed_on__isnull", True), ("medical_signed_on__isnull", True)),
                            ("state", "rescinded"),
                            _connector="OR",
                        ),
                        name="signed_on_only_from_signing_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "signing"), ("state", "rescinded"), _connector="OR"),
                                ("elder_care_signed_on__isnull", False),
                                ("medical_signed_on__isnull", False),
                                ("rescission_asked_by__isnull", False),
                                ("rescission_side__in", ["medical", "elder_care"]),
                                models.Q(("rescission_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "rescinded"), _negated=True),
                                ("rescission_asked_by__isnull", True),
                                ("rescission_reason", ""),
                                ("rescission_side", ""),
                            ),
                            _connector="OR",
                        ),
                        name="rescinded_only_when_asked_by_one_of_both",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", False), ("state__in", ("terminated", "superseded"))),
                            models.Q(
                                models.Q(("state__in", ("terminated", "superseded")), _negated=True),
                                ("ended_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="ended_on_exactly_when_ended_early",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True),
                            models.Q(
                                ("ended_on__gte", models.F("effective_on")), ("ended_on__lte", models.F("expires_on"))
                            ),
                            _connector="OR",
                        ),
                        name="ended_on_within_the_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on__isnull", True),
                            models.Q(
                                ("expires_on__gte", models.F("starts_on")), ("starts_on__gte", models.F("effective_on"))
                            ),
                            _connector="OR",
                        ),
                        name="term_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("drafting_way__in", ["paper", "electronic"])),
                        name="drafting_side_signs_in_a_known_way",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "region"], name="agreement_state_region"),
                    models.Index(fields=["-updated_at", "-id"], name="agreement_recent"),
                    models.Index(fields=["expires_on", "id"], name="agreement_by_end"),
                    models.Index(
                        condition=models.Q(("state", "in_force")),
                        fields=["expires_on", "id"],
                        name="agreement_running_by_end",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("state__in", ("in_force", "expired", "terminated", "superseded"))),
                        fields=["concerns"],
                        name="agreement_concerns_officials",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func(
                            models.F("names"),
                            function="name_grams",
                            output_field=django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), size=None
                            ),
                        ),
                        name="agreement_names",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrozenText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "edition",
                    models.PositiveSmallIntegerField(
                        help_text="counted from 1 within the agreement", verbose_name="第几次定稿"
                    ),
                ),
                ("body", models.JSONField(help_text="FilledText.to_json()", verbose_name="定稿文本")),
                (
                    "digest",
                    models.CharField(
                        help_text="see digest_of", max_length=64, unique=True, verbose_name="定稿文本 SHA-256"
                    ),
                ),
                (
                    "medical_signs",
                    models.CharField(
                        choices=[("paper", "纸质签章"), ("electronic", "电子签章")],
                        default="paper",
                        max_length=20,
                        verbose_name="医疗卫生机构的签章方式",
                    ),
                ),
                (
                    "elder_care_signs",
                    models.CharField(
                        choices=[("paper", "纸质签章"), ("electronic", "电子签章")],
                        default="paper",
                        max_length=20,
                        verbose_name="养老服务机构的签章方式",
                    ),
                ),
                (
                    "party_snapshots",
                    models.JSONField(help_text="role → facts of the institution", verbose_name="定稿时双方信息"),
                ),
                ("frozen_at", models.DateTimeField(verbose_name="定稿时间")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("void_reason", models.TextField(blank=True, verbose_name="作废原因")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen_texts",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "frozen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "voided_by",
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
                "verbose_name": "定稿文本",
                "ordering": ["agreement", "edition"],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "edition"), name="frozen_text_edition"),
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("agreement",),
                        name="one_current_frozen_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("void_reason", ""), ("voided_at__isnull", True), ("voided_by__isnull", True)),
                            models.Q(
                                ("voided_at__isnull", False),
                                models.Q(
                                    ("voided_by__isnull", False),
                                    models.Q(("void_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="voided_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="frozen_text_has_a_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("elder_care_signs__in", ["paper", "electronic"]),
                            ("medical_signs__in", ["paper", "electronic"]),
                        ),
                        name="each_side_signs_in_a_known_way",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="frozen",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.frozentext",
                verbose_name="定稿文本",
            ),
        ),
        migrations.CreateModel(
            name="Rendition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.PositiveIntegerField(
                        help_text="the agreement's revision that was rendered", verbose_name="文本修订号"
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
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True, verbose_name="失败原因")),
                (
                    "text_digest",
                    models.CharField(
                        blank=True,
                        help_text="a frozen text's own, of a draft that of its words",
                        max_length=64,
                        verbose_name="文本摘要 SHA-256",
                    ),
                ),
                ("page_count", models.PositiveIntegerField(default=0, verbose_name="每份页数")),
                (
                    "areas",
                    models.JSONField(
                        blank=True, default=list, help_text="see documents/places.py", verbose_name="签署栏位置"
                    ),
                ),
                ("print_file", models.FileField(blank=True, max_length=200, upload_to="", verbose_name="合并打印文件")),
                ("print_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="renditions",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "frozen",
                    models.ForeignKey(
                        blank=True,
                        help_text="printed without watermark; empty for a draft",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renditions",
                        to="agreements.frozentext",
                        verbose_name="所印定稿",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "生成记录",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "ready"), _negated=True),
                        fields=["state", "requested_at"],
                        name="rendition_at_work",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("agreement", "revision", "frozen"),
                        name="one_live_rendition_per_revision",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("frozen",),
                        name="one_live_rendition_per_frozen_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("page_count__gt", 0), models.Q(("print_sha256", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="ready_rendition_has_files",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            ("frozen", None),
                            models.Q(
                                ("areas__contains", [{"role": "medical"}]),
                                ("areas__contains", [{"role": "elder_care"}]),
                            ),
                            _connector="OR",
                        ),
                        name="ready_rendition_knows_where_each_side_signs",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shows",
                    models.CharField(
                        help_text="SHA-256 of all that is printed: of a text that changed, another row",
                        max_length=64,
                        verbose_name="所示内容摘要",
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
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True, verbose_name="失败原因")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="", verbose_name="文件")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="previews",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "打印预览",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("agreement", "shows"),
                        name="one_live_preview_per_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("file", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="ready_preview_has_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counterpart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几份")),
                ("holder", models.CharField(max_length=20, verbose_name="执存方")),
                ("holder_label", models.CharField(max_length=40, verbose_name="执存标注")),
                ("holder_name", models.CharField(blank=True, max_length=100, verbose_name="执存单位")),
                ("file", models.FileField(max_length=200, upload_to="", verbose_name="文件")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("page_count", models.PositiveIntegerField(verbose_name="页数")),
                (
                    "rendition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counterparts",
                        to="agreements.rendition",
                    ),
                ),
            ],
            options={
                "verbose_name": "正本",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("rendition", "number"), name="counterpart_number"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("number__lte", 6)), name="counterpart_number_1_to_6"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "待核验"),
                            ("certified", "已核验"),
                            ("rejected", "未通过"),
                            ("voided", "文本已作废"),
                            ("taken_back", "已取回"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="核验时间")),
                ("reason", models.TextField(blank=True, verbose_name="未通过原因")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scans", to="agreements.agreement"
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核验人",
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
                "verbose_name": "扫描件",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["rejected", "taken_back"]), _negated=True),
                        fields=("agreement", "sha256"),
                        name="same_scan_once_per_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("uploaded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="scan_checked_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("checked_at__isnull", True),
                                ("checked_by__isnull", True),
                                ("state__in", ["uploaded", "voided", "taken_back"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["uploaded", "voided", "taken_back"]), _negated=True),
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="scan_checked_exactly_when_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "rejected"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="scan_reason_exactly_when_rejected",
                    ),
                    models.CheckConstraint(condition=models.Q(("page_count__gt", 0)), name="scan_has_pages"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        max_length=20,
                        verbose_name="签章方",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("paper", "纸质签章"), ("electronic", "电子签章")], max_length=20, verbose_name="方式"
                    ),
                ),
                (
                    "signatory_name",
                    models.CharField(
                        blank=True, help_text="as named at signing", max_length=50, verbose_name="签约人姓名"
                    ),
                ),
                ("day", models.DateField(verbose_name="签章日期")),
                (
                    "proof",
                    models.JSONField(
                        default=dict,
                        help_text='paper: {"scans": [SHA-256 of each certified]} or {}; electronic: {"file": SHA-256}',
                        verbose_name="凭据",
                    ),
                ),
                ("entered_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被更正的时间")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "frozen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="agreements.frozentext",
                        verbose_name="所签文本",
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.institution",
                        verbose_name="代表机构",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签章人",
                    ),
                ),
            ],
            options={
                "verbose_name": "签章",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("agreement", "role"),
                        name="one_signature_per_side",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("agreement", "entered_by"),
                        name="each_side_entered_by_its_own_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("agreement", "person"),
                        name="each_side_signed_by_its_own_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "electronic"), _negated=True), ("person__isnull", False), _connector="OR"
                        ),
                        name="electronic_signature_has_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "electronic"), _negated=True), ("proof__has_key", "file"), _connector="OR"
                        ),
                        name="electronic_signature_names_its_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "paper"), _negated=True),
                            models.Q(("proof__has_key", "file"), _negated=True),
                            _connector="OR",
                        ),
                        name="paper_signature_names_no_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="标识")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates",
                        to="regions.region",
                        verbose_name="适用区域",
                    ),
                ),
                (
                    "loaded_from",
                    models.CharField(
                        blank=True,
                        help_text="空：平台自带；否则是 load_templates --dir 的文件夹",
                        max_length=500,
                        verbose_name="数据文件夹",
                    ),
                ),
                (
                    "withdrawn_on",
                    models.DateField(
                        blank=True, help_text="从这一天起不能再用来起草", null=True, verbose_name="撤下日期"
                    ),
                ),
            ],
            options={
                "verbose_name": "范本",
                "ordering": ["slug"],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="template",
            field=models.ForeignKey(
                blank=True,
                help_text="set on entering force",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.template",
            ),
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("is_official", models.BooleanField(verbose_name="官方文本")),
                ("body", models.JSONField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="内容摘要 SHA-256")),
                ("published_at", models.DateTimeField(auto_now_add=True, verbose_name="发布时间")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="agreements.template"
                    ),
                ),
            ],
            options={
                "verbose_name": "范本版本",
                "ordering": ["template", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("template", "number"), name="template_version_number"),
                ],
            },
        ),
        migrations.AddField(
            model_name="frozentext",
            name="template_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agreements.templateversion"
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="template_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="agreements.templateversion",
                verbose_name="范本版本",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "discarded")),
                    models.Q(
                        ("elder_care__isnull", False), ("medical__isnull", False), ("template_version__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="beyond_draft_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("frozen__isnull", True), ("state__in", ("draft", "discarded", "negotiating"))),
                    models.Q(
                        models.Q(("state__in", ("draft", "discarded", "negotiating")), _negated=True),
                        ("frozen__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="frozen_exactly_from_agreed_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("certified_at__isnull", False),
                        ("effective_on__isnull", False),
                        ("elder_care_signed_on__isnull", False),
                        ("expires_on__isnull", False),
                        ("medical_signed_on__isnull", False),
                        ("starts_on__isnull", False),
                        ("state__in", ("in_force", "expired", "terminated", "superseded")),
                        ("template__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state__in", ("in_force", "expired", "terminated", "superseded")), _negated=True),
                        ("certified_at__isnull", True),
                        ("effective_on__isnull", True),
                        ("expires_on__isnull", True),
                        ("starts_on__isnull", True),
                        ("template__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="dated_exactly_from_in_force_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "in_force"), models.Q(("kind", "supplement"), _negated=True)),
                expressions=[
                    ("medical", "="),
                    ("elder_care", "="),
                    ("template", "="),
                    (
                        models.Func(
                            models.F("starts_on"), models.F("expires_on"), models.Value("[]"), function="daterange"
                        ),
                        "&&",
                    ),
                ],
                name="one_in_force_per_pair_and_template",
            ),
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="counted from 1 within the agreement", verbose_name="第几轮"
                    ),
                ),
                ("body", models.JSONField(help_text="FilledText.to_json()", verbose_name="送出的文本")),
                ("sent_at", models.DateTimeField(verbose_name="送出时间")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="退回时间")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False, help_text="taken back, not returned by who answers", verbose_name="撤回"
                    ),
                ),
                (
                    "declined_by",
                    models.CharField(
                        blank=True,
                        choices=[("medical", "医疗卫生机构"), ("elder_care", "养老服务机构")],
                        help_text="whose signatory would not sign it",
                        max_length=10,
                        verbose_name="拒绝签署的一方",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="of the whole, not what is said at passages",
                        verbose_name="退回或撤回原因",
                    ),
                ),
                (
                    "remarks",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Remark as JSON, in the text's order",
                        verbose_name="各条意见",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="agreements.agreement",
                    ),
                ),
                (
                    "returned_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "协商轮次",
                "ordering": ["agreement", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "number"), name="round_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_withdrawn", False),
                                ("reason", ""),
                                ("remarks", []),
                                ("returned_at__isnull", True),
                                ("returned_by__isnull", True),
                            ),
                            models.Q(
                                ("returned_at__isnull", False),
                                ("returned_by__isnull", False),
                                models.Q(
                                    models.Q(("is_withdrawn", True), ("remarks", [])),
                                    models.Q(
                                        ("is_withdrawn", False),
                                        models.Q(("reason", ""), ("remarks", []), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("is_withdrawn", True),
                                ("remarks", []),
                                ("returned_at__isnull", False),
                                ("returned_by__isnull", True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="returned_by_whom_when_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declined_by", ""),
                            models.Q(
                                ("declined_by__in", ["medical", "elder_care"]),
                                ("is_withdrawn", True),
                                ("returned_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="declined_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待审批"),
                            ("approved", "已同意"),
                            ("declined", "未同意"),
                            ("taken_back", "申请已撤回"),
                            ("lapsed", "申请已失效"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="FilledText.digest of what is approved", max_length=64, verbose_name="文本摘要"
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        help_text="of the agreement when it was asked for", verbose_name="修订号"
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="申请说明")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="申请时间")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("answer", models.TextField(blank=True, help_text="or why it lapsed", verbose_name="审批意见")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="agreements.agreement"
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="or who took it back, or made it lapse; null for the clock",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.institution",
                        verbose_name="审批的机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "负责人审批",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("agreement", "institution"),
                        name="one_waiting_approval_per_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("answered_at__isnull", True),
                                ("answered_by__isnull", True),
                                ("state", "waiting"),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("state__in", ["approved", "declined", "taken_back"]),
                                ("answered_by__isnull", False),
                            ),
                            models.Q(("answered_at__isnull", False), ("state", "lapsed")),
                            _connector="OR",
                        ),
                        name="approval_answered_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["declined", "lapsed"]), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_declined_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "declined"]), _negated=True),
                            models.Q(("answered_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_is_of_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScanPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("found", "找到"),
                            ("unreadable", "读不出"),
                            ("foreign", "别的协议的页"),
                            ("other_text", "不是定稿文本"),
                            ("voided", "已作废的文本"),
                            ("unsigned", "没有签章"),
                            ("no_page", "不是正本的页"),
                        ],
                        max_length=10,
                        verbose_name="识别结果",
                    ),
                ),
                ("copy", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="第几份正本")),
                ("page", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="第几页")),
                (
                    "of_number",
                    models.CharField(
                        blank=True,
                        help_text="of a foreign page, as its code says it",
                        max_length=30,
                        verbose_name="另一份协议的编号",
                    ),
                ),
                (
                    "bare",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="areas of an unsigned page in which no ink stands",
                        verbose_name="没有签章的地方",
                    ),
                ),
                ("is_by_hand", models.BooleanField(default=False, verbose_name="由人标明")),
                ("hand_reason", models.TextField(blank=True, verbose_name="标明的理由")),
                ("sent_back_at", models.DateTimeField(blank=True, null=True, verbose_name="退回时间")),
                ("sent_back_reason", models.TextField(blank=True, verbose_name="退回原因")),
                (
                    "picture",
                    models.ForeignKey(
                        help_text="the page of the file, as drawn",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.page",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="agreements.scan"
                    ),
                ),
                (
                    "sent_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="退回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "扫描件的页",
                "ordering": ["scan", "picture"],
                "constraints": [
                    models.UniqueConstraint(fields=("scan", "picture"), name="scan_page_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finding__in", ["found", "unsigned", "voided", "other_text"]),
                                ("copy__gt", 0),
                                ("copy__isnull", False),
                                ("page__gt", 0),
                                ("page__isnull", False),
                            ),
                            models.Q(
                                ("copy__isnull", True),
                                ("finding__in", ["unreadable", "foreign", "no_page"]),
                                ("page__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="scan_page_placed_exactly_when_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finding__in", ["found", "no_page"]),
                                ("is_by_hand", True),
                                models.Q(("hand_reason", ""), _negated=True),
                            ),
                            models.Q(
                                ("hand_reason", ""),
                                ("is_by_hand", False),
                                models.Q(("finding", "no_page"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="scan_page_by_hand_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", "foreign"), models.Q(("of_number", ""), _negated=True)),
                            models.Q(models.Q(("finding", "foreign"), _negated=True), ("of_number", "")),
                            _connector="OR",
                        ),
                        name="scan_page_says_whose_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("sent_back_at__isnull", True), ("sent_back_by__isnull", True), ("sent_back_reason", "")
                            ),
                            models.Q(
                                ("sent_back_at__isnull", False),
                                ("sent_back_by__isnull", False),
                                models.Q(("sent_back_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="scan_page_sent_back_by_whom_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PageTick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="核对时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核对人",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ticks", to="agreements.scanpage"
                    ),
                ),
            ],
            options={
                "verbose_name": "逐页核对",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("page", "by"), name="page_ticked_once_by_each"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("closes_on", models.DateField(verbose_name="签署截止日期")),
                ("extensions", models.PositiveSmallIntegerField(default=0, verbose_name="延长次数")),
                ("extended_at", models.DateTimeField(blank=True, null=True, verbose_name="延长时间")),
                (
                    "extended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="延长人",
                    ),
                ),
                (
                    "frozen",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="window",
                        to="agreements.frozentext",
                    ),
                ),
            ],
            options={
                "verbose_name": "签署期限",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("extended_at__isnull", True), ("extended_by__isnull", True), ("extensions", 0)),
                            models.Q(
                                ("extended_at__isnull", False), ("extended_by__isnull", False), ("extensions__gt", 0)
                            ),
                            _connector="OR",
                        ),
                        name="signing_window_extended_by_whom_and_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShownPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.PositiveSmallIntegerField(verbose_name="第几页")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "frozen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shown_pages",
                        to="agreements.frozentext",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="看过的人",
                    ),
                ),
            ],
            options={
                "verbose_name": "看过的页",
                "ordering": ["frozen", "person", "page"],
                "constraints": [
                    models.UniqueConstraint(fields=("frozen", "person", "page"), name="page_is_shown_once"),
                    models.CheckConstraint(condition=models.Q(("page__gte", 1)), name="shown_page_is_counted_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        help_text="of the revisions of this copy, from 1", verbose_name="第几次签章"
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        help_text="seal-ROLE or time-N: what the revision fills", max_length=40, verbose_name="签署域"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="SHA-256")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("file", models.FileField(max_length=200, upload_to="", verbose_name="文件")),
                (
                    "looks",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="SHA-256 of what is shown, by field",
                        verbose_name="外观摘要",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("B-B", "只有签约人自己的时间"),
                            ("B-T", "带可信时间戳"),
                            ("B-LTA", "带可信时间戳和长期验证资料"),
                        ],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                ("no_time", models.CharField(blank=True, max_length=500, verbose_name="没有时间戳的原因")),
                ("proved_until", models.DateTimeField(blank=True, null=True, verbose_name="时间戳证书到期")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="形成时间")),
                (
                    "counterpart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued",
                        to="agreements.counterpart",
                        verbose_name="正本",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="agreements.issuedfile",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        blank=True,
                        help_text="empty for a timestamp",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="agreements.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "签章文件",
                "ordering": ["counterpart", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=("counterpart", "order"), name="issued_file_order"),
                    models.UniqueConstraint(fields=("counterpart", "field"), name="issued_file_fills_a_field_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order", 1), ("previous__isnull", True)),
                            models.Q(("order__gt", 1), ("previous__isnull", False)),
                            _connector="OR",
                        ),
                        name="issued_file_follows_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("field__startswith", "seal-"), ("signature__isnull", False)),
                            models.Q(("field__startswith", "time-"), ("signature__isnull", True)),
                            _connector="OR",
                        ),
                        name="issued_file_by_a_signature_or_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "handwriting",
                    models.CharField(
                        blank=True,
                        choices=[("drawn", "现场手写的签名"), ("typed", "姓名字样"), ("picture", "手写签名图片")],
                        help_text="none: name and day alone",
                        max_length=10,
                        verbose_name="手写签名",
                    ),
                ),
                ("begun_at", models.DateTimeField(auto_now_add=True, verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("run", models.PositiveSmallIntegerField(default=0, verbose_name="第几次")),
                ("beat_at", models.DateTimeField(blank=True, null=True, verbose_name="最近一次动静")),
                ("halt", models.TextField(blank=True, verbose_name="停下的原因")),
                (
                    "identity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sealing.signingidentity",
                        verbose_name="签约证书",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.institution",
                        verbose_name="代表机构",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签约人",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        blank=True,
                        help_text="none: no seal",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sealing.seal",
                        verbose_name="印章",
                    ),
                ),
            ],
            options={
                "verbose_name": "批量签署",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            models.Q(("beat_at__isnull", True), ("halt", "")),
                            _connector="OR",
                        ),
                        name="signing_batch_ended_is_at_rest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("beat_at__isnull", True), ("halt", ""), _connector="OR"),
                        name="signing_batch_at_work_or_halted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("handwriting__in", ["", "typed", "picture"])),
                        name="signing_batch_handwriting_lasts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="第几份")),
                (
                    "how_read",
                    models.CharField(
                        blank=True,
                        choices=[("pages", "每一页都看过"), ("blanks", "范本全文和每一处填写都看过")],
                        help_text="empty: not read",
                        max_length=10,
                        verbose_name="怎样看过",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "还没有签"),
                            ("signed", "已签署"),
                            ("left_out", "没有签"),
                            ("failed", "没有签成"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="说明")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="办理时间")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.agreement",
                        verbose_name="协议",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="agreements.signingbatch",
                    ),
                ),
                (
                    "frozen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.frozentext",
                        verbose_name="定稿文本",
                    ),
                ),
            ],
            options={
                "verbose_name": "批量签署的一份",
                "ordering": ["batch", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "position"), name="signing_item_position"),
                    models.UniqueConstraint(fields=("batch", "agreement"), name="signing_item_is_in_a_batch_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("state", "waiting"), ("words", "")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                models.Q(("words", ""), _negated=True),
                                ("done_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="signing_item_in_words_exactly_when_done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("how_read__in", ["pages", "blanks"]),
                            models.Q(("how_read", ""), ("state", "left_out")),
                            _connector="OR",
                        ),
                        name="signing_item_was_read_or_is_left_out",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadBlanks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "frozen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.frozentext",
                        verbose_name="定稿文本",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="看过的人",
                    ),
                ),
            ],
            options={
                "verbose_name": "看过的填写内容",
                "ordering": ["frozen", "person"],
                "constraints": [models.UniqueConstraint(fields=("frozen", "person"), name="blanks_are_read_once")],
            },
        ),
        migrations.CreateModel(
            name="ReadTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="看过的人",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.templateversion",
                        verbose_name="范本版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "看过的范本",
                "ordering": ["version", "person"],
                "constraints": [models.UniqueConstraint(fields=("version", "person"), name="template_is_read_once")],
            },
        ),
    ]
