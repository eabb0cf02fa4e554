import django.db.models.deletion
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
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the secret in the link, hexadecimal", max_length=64, unique=True
                    ),
                ),
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
                        max_length=20,
                        verbose_name="职责",
                    ),
                ),
                ("full_name", models.CharField(max_length=50, verbose_name="姓名")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("none", "没有发邮件"),
                            ("queued", "邮件待发送"),
                            ("sent", "邮件已发送"),
                            ("failed", "邮件没有发出"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="邮件",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "等待接受"), ("accepted", "已接受"), ("cancelled", "已撤回")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("invited_at", models.DateTimeField(auto_now_add=True, verbose_name="邀请时间")),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="接受或撤回时间")),
                ("printed_at", models.DateTimeField(blank=True, null=True, verbose_name="密封信打印时间")),
                (
                    "opened_by",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="打开过链接的账号"
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="接受人",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="institutions.authority",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="institutions.institution",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="邀请人",
                    ),
                ),
            ],
            options={
                "verbose_name": "邀请",
                "ordering": ["-invited_at", "-id"],
                "constraints": [
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
                        name="invitation_place_fits_duty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_by__isnull", False), ("state", "accepted")),
                            models.Q(models.Q(("state", "accepted"), _negated=True), ("accepted_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="invitation_knows_who_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitation_settled_exactly_when_decided",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("institution", "authority", "duty", "full_name"),
                        name="one_open_invitation_per_person_and_duty",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Introduction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(max_length=100, verbose_name="来函机构")),
                ("about", models.CharField(max_length=30, verbose_name="协议编号")),
                (
                    "seed",
                    models.CharField(help_text="makes the code, with a key that is not in the database", max_length=64),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="of the code, with the same key, hexadecimal", max_length=64, unique=True
                    ),
                ),
                ("issued_at", models.DateTimeField(auto_now_add=True, verbose_name="打印时间")),
                ("expires_on", models.DateField(verbose_name="有效期至")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="introductions",
                        to="institutions.institution",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="打印人",
                    ),
                ),
            ],
            options={
                "verbose_name": "介绍函",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["about", "institution"], name="introduction_of_an_agreement")],
            },
        ),
        migrations.CreateModel(
            name="AdministratorRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="受理编号")),
                ("full_name", models.CharField(max_length=50, verbose_name="姓名")),
                ("mobile", models.CharField(max_length=20, verbose_name="手机号")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
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
                    "licence",
                    models.FileField(
                        help_text="that of the upload", max_length=200, upload_to="", verbose_name="证照扫描件"
                    ),
                ),
                ("original_name", models.CharField(max_length=200, verbose_name="原文件名")),
                ("content_type", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("page_count", models.PositiveIntegerField(verbose_name="页数")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                (
                    "browser",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the secret that the asking browser keeps; empty without one",
                        max_length=64,
                    ),
                ),
                (
                    "claim",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the secret of the applicant's link; empty without a code",
                        max_length=64,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待主管部门核实"), ("confirmed", "已确认"), ("refused", "不予确认")],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="不予确认的原因")),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="核实时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核实人",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="administrator_requests",
                        to="institutions.institution",
                    ),
                ),
                (
                    "introduction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="duties.introduction",
                        verbose_name="介绍函",
                    ),
                ),
                (
                    "invitation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="duties.invitation",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构管理员申请",
                "ordering": ["requested_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("institution", "full_name", "mobile", "browser"),
                        name="one_waiting_request_per_person_and_browser",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("introduction",),
                        name="one_waiting_request_per_introduction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="administrator_request_decided_with_who_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "refused"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="administrator_request_reason_when_refused",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["institution"],
                        name="administrator_request_waiting",
                    ),
                ],
            },
        ),
    ]
