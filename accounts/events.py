"""What happens to accounts and at their door, with its words."""

from __future__ import annotations

from django.db.models import TextChoices

from audit.events import Event, Group, fact


class Factor(TextChoices):
    """By what a person proves who they are."""

    NONE = "", "无"
    PASSWORD = "password", "密码"
    CODE = "code", "动态口令"
    RECOVERY_CODE = "recovery_code", "恢复码"
    ENROLLED = "enrolled", "绑定手机"
    IDENTITY = "identity", "统一身份认证"


class Ending(TextChoices):
    """Why a session ended, if not because the person left."""

    IDLE = "idle", "长时间没有操作"


class Barred(TextChoices):
    """Why somebody was not let in, if it was not only a wrong password."""

    INACTIVE = "inactive", "账号已停用"
    DEMO = "demo", "演示账号，而演示已关闭"
    UNKNOWN = "unknown identity", "没有绑定账号的身份"


class OfAccount(Event, group=Group("账号与登录", 50)):
    """What all of them share is the heading."""


class AtTheDoor(OfAccount):
    """At whose name: an account's, or the keyed digest of whatever else was typed there."""

    username: str | None = fact("用户名", default=None)
    name_digest: str | None = fact("名称摘要", default=None)


class EndsSessions(OfAccount):
    """What takes a credential away ends the sessions that were begun with it."""

    sessions_ended: int = fact("结束的登录数")


class WithIdentity(OfAccount):
    issuer: str = fact("身份提供方")


class SignedIn(OfAccount, code="account.signed_in", words="登录"):
    first: Factor = fact("第一步")
    second: Factor = fact("第二步", default=Factor.NONE)


class SignInFailed(AtTheDoor, code="account.sign_in_failed", words="登录失败"):
    reason: Barred | None = fact("原因", default=None)


class SignInLocked(AtTheDoor, code="account.sign_in_locked", words="多次失败，登录暂停"):
    pass


class SignedOut(OfAccount, code="account.signed_out", words="退出登录"):
    reason: Ending | None = fact("原因", default=None)


class SessionsEnded(OfAccount, code="account.sessions_ended", words="结束其他登录"):
    ended: int = fact("结束的登录数")


class ConfirmedAgain(OfAccount, code="account.confirmed_again", words="重新验证身份"):
    pass


class ConfirmingFailed(OfAccount, code="account.confirming_failed", words="重新验证身份失败"):
    pass


class PasswordIssued(EndsSessions, code="account.password_issued", words="发放临时密码"):
    pass


class PasswordChanged(OfAccount, code="account.password_changed", words="修改密码"):
    pass


class SecondFactorEnrolled(OfAccount, code="account.second_factor_enrolled", words="启用动态口令"):
    pass


class SecondFactorFailed(OfAccount, code="account.second_factor_failed", words="动态口令验证失败"):
    pass


class SecondFactorReset(EndsSessions, code="account.second_factor_reset", words="重置动态口令"):
    pass


class RecoveryCodesMade(OfAccount, code="account.recovery_codes_made", words="生成恢复码"):
    pass


class RecoveryCodeUsed(OfAccount, code="account.recovery_code_used", words="使用恢复码登录"):
    left: int = fact("剩余")


class IdentityLinked(WithIdentity, code="account.identity_linked", words="绑定统一身份认证"):
    pass


class IdentityUnlinked(WithIdentity, code="account.identity_unlinked", words="解除统一身份认证绑定"):
    pass
