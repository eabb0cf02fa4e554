import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        max_length=32,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9._-]{2,31}$", "用户名为 3 至 32 位小写字母、数字或 . _ -"
                            ),
                            django.core.validators.RegexValidator(
                                "^[0-9]+$", "用户名不能全是数字，以免与手机号混淆", inverse_match=True
                            ),
                        ],
                        verbose_name="用户名",
                    ),
                ),
                ("full_name", models.CharField(max_length=50, verbose_name="姓名")),
                ("mobile", models.CharField(blank=True, max_length=20, verbose_name="手机号")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                ("is_active", models.BooleanField(default=True, verbose_name="可登录")),
                ("large_print", models.BooleanField(default=False, verbose_name="长辈版")),
                ("roomy_lists", models.BooleanField(default=False, verbose_name="列表宽松")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="须修改密码")),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示账号")),
                ("doubted_since", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "用户",
                "ordering": ["username"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mobile", ""), _negated=True),
                        fields=("mobile",),
                        name="one_account_a_mobile",
                        violation_error_message="这个手机号已用于另一个账号",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hash", models.CharField(max_length=128)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "曾用密码",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("address", models.GenericIPAddressField(null=True)),
                ("browser", models.CharField(blank=True, max_length=300)),
                ("began_at", models.DateTimeField(null=True)),
                ("last_seen_at", models.DateTimeField()),
                ("idle_seconds", models.PositiveIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "登录",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ExternalIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.URLField()),
                ("subject", models.CharField(max_length=255)),
                ("linked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "统一身份认证",
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="one_account_an_identity"),
                    models.UniqueConstraint(fields=("user", "issuer"), name="one_identity_an_account"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "恢复码",
                "constraints": [models.UniqueConstraint(fields=("user", "digest"), name="one_recovery_code_once")],
            },
        ),
    ]
