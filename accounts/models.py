"""The person. What a person may do is a membership, which lives with institutions and authorities."""

from copy import copy
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self
from unicodedata import normalize

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.sealing import opened, sealed

USERNAME_RULE = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,31}$", "用户名为 3 至 32 位小写字母、数字或 . _ -")
# Digits alone would be somebody's mobile number, and both can be typed into the one field of the sign-in page.
NOT_DIGITS_ALONE = RegexValidator(r"^[0-9]+$", "用户名不能全是数字，以免与手机号混淆", inverse_match=True)
PHONE = "phone"  # what a device's key is sealed for
MOBILE_RULE = RegexValidator(r"^[0-9]{5,15}$", "手机号只填数字，5 至 15 位")


def bare_number(text: str) -> str:
    """Return a mobile number as its digits: 138-0013 8000 and +86 13800138000 are the same. "" if it is none."""
    digits = "".join(str(int(letter)) for letter in text if letter.isdecimal())
    odd = [letter for letter in text if not (letter.isdecimal() or letter.isspace() or letter in "+-－＋()（）")]
    if odd or not digits:
        return ""
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def spelled_alike(typed: str) -> str:
    """Return one text for a user name or mobile number, in whatever width, case and grouping it was typed."""
    text = normalize("NFKC", typed).strip().lower()  # as the sign-in form reads it
    return bare_number(text) or text


class MobileField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A mobile number, kept as digits whatever was typed between them, so that one number is one text.

    Migrations see a plain text: what is read as a number may change.
    """

    default_validators = [MOBILE_RULE]

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def to_python(self, value: Any) -> Any:
        return bare_number(value) or value if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; without a password the account cannot sign in."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def name_for(self, typed: str) -> str:
        """Return the user name for which a user name or mobile number was typed; the text itself if none."""
        typed = typed.strip().lower()
        number = bare_number(typed)
        found = self.filter(Q(username=typed) | Q(mobile=number)) if number else self.filter(username=typed)
        names = list(found.values_list("username", flat=True))
        return names[0] if names and typed not in names else typed


class User(AbstractBaseUser):
    username = models.CharField("用户名", max_length=32, unique=True, validators=[USERNAME_RULE, NOT_DIGITS_ALONE])
    full_name = models.CharField("姓名", max_length=50)
    mobile = MobileField("手机号", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("可登录", default=True)
    large_print = models.BooleanField("长辈版", default=False)
    roomy_lists = models.BooleanField("列表宽松", default=False)
    must_change_password = models.BooleanField("须修改密码", default=False)
    is_demo = models.BooleanField("演示账号", default=False)
    # Since when somebody else gave new access to the account and nobody has confirmed who uses it.
    doubted_since = models.DateTimeField(null=True, blank=True)
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
        constraints = [
            models.UniqueConstraint(
                fields=["mobile"],
                condition=~Q(mobile=""),
                name="one_account_a_mobile",
                violation_error_message="这个手机号已用于另一个账号",
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is of use here: not suspended, and no demo account where DEMO is off."""
        return self.is_active and (settings.DEMO or not self.is_demo)

    def at(self, kind: str, pk: int) -> Self:
        """Return this person acting for that place, named as in `acting`: whoever ordered work did so from one place.

        A copy: the person themself acts for what they acted for before.
        """
        person = copy(self)
        person.acting = (kind, pk)
        return person


class FormerPassword(models.Model):
    """The hash of a password that the person used before, so that it does not come back at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    hash = models.CharField(max_length=128)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "曾用密码"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """One way in without the phone. Only a keyed digest is kept; a used one is deleted."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "恢复码"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user)


class PhoneDevice(TOTPDevice):  # type: ignore[misc]  # django-otp has no types
    """The person's one-time codes. django-otp keeps the key in clear; here its column holds the sealed one."""

    if TYPE_CHECKING:
        user_id: int

    class Meta:
        proxy = True
        verbose_name = "动态口令"

    def __str__(self) -> str:
        return str(self.user)

    @property
    def bin_key(self) -> bytes:
        """The key itself. Raises Unopened when SECRET_KEY was changed without a fallback."""
        return opened(self.key, owner=self.user_id, purpose=PHONE)

    def seal(self, key: bytes) -> None:
        """Set the key, unsaved."""
        self.key = sealed(key, owner=self.user_id, purpose=PHONE)


class ExternalIdentity(models.Model):
    """The person's account at a government identity provider, linked by themself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.URLField()
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "统一身份认证"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_an_identity"),
            models.UniqueConstraint(fields=["user", "issuer"], name="one_identity_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.issuer}"


class Session(AbstractBaseSession):
    """Django's session, with what a person needs to recognise it as theirs and to end it."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=300, blank=True)  # as it names itself
    began_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField()
    idle_seconds = models.PositiveIntegerField(default=0)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "登录"

    def __str__(self) -> str:
        return f"{self.user} {self.address}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        return import_module(settings.SESSION_ENGINE).SessionStore  # type: ignore[no-any-return]  # named by a setting
