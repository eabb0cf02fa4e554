"""The person. What a person may do is a membership, which lives with institutions and authorities."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models

USERNAME_RULE = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,31}$", "用户名为 3 至 32 位小写字母、数字或 . _ -")


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; without a password the account cannot sign in."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    username = models.CharField("用户名", max_length=32, unique=True, validators=[USERNAME_RULE])
    full_name = models.CharField("姓名", max_length=50)
    mobile = models.CharField("手机号", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("可登录", default=True)
    large_print = models.BooleanField("长辈版", default=False)
    is_demo = models.BooleanField("演示账号", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    # For which place this request acts: ("institution", id), ("authority", id) or ("platform", 0). Not a column: the
    # session holds the choice. None, as outside a request, stands for all places together.
    acting: tuple[str, int] | None = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "用户"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name
