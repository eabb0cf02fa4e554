"""Sealed letters: how a secret reaches its holder where there is no channel of theirs. Printed once, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from chinese.dates import cn_day
from duties.letters import link_of
from duties.models import Invitation


@dataclass(frozen=True)
class SealedLetter:
    """A letter as plain data, everything as it is printed."""

    reader: str
    place: str
    heading: str
    printed_by: str
    printed_at: datetime
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    link: str = field(default="", repr=False)  # printed as a QR code too

    @property
    def link_in_parts(self) -> tuple[str, str]:
        """The address as it may be broken into lines: nobody takes a hyphen at a line's end for one of its own."""
        begins, _, secret = self.link.removesuffix("/").rpartition("/")
        return f"{begins}/", f"{secret}/"

    @property
    def printed_on(self) -> str:
        return cn_day(timezone.localtime(self.printed_at).date())

    @property
    def everything_printed(self) -> str:
        facts = [text for fact in self.facts for text in fact]
        return "\n".join([self.reader, self.place, self.heading, self.printed_by, self.link, *self.sentences, *facts])


@sensitive_variables("secret")
def of_invitation(invitation: Invitation, secret: str, *, by: User) -> SealedLetter:
    """Return the letter that gives the invited person their link."""
    until = timezone.localtime(invitation.expires_at)
    return SealedLetter(
        reader=invitation.full_name,
        place=invitation.place,
        heading=f"{invitation.place}邀请您担任{invitation.get_duty_display()}",
        printed_by=by.full_name,
        printed_at=timezone.now(),
        sentences=(
            f"请在{cn_day(until.date())}前用电脑或手机打开下面的链接（或扫描二维码），建立账号或用已有的账号接受。",
            "接受后职责还不生效：请带上有照片的证件，由页面上写明的另一位人员当面确认是您本人。",
            "打印本信的人不能替您确认。信封已被拆开过的，请不要使用，告诉发信人重新打印。",
        ),
        facts=(("链接", link_of(secret)),),
        link=link_of(secret),
    )


@sensitive_variables("password")
def of_password(user: User, password: str, *, place: str, by: User) -> SealedLetter:
    """Return the letter that gives a person their temporary password."""
    return SealedLetter(
        reader=user.full_name,
        place=place,
        heading="您的临时密码",
        printed_by=by.full_name,
        printed_at=timezone.now(),
        sentences=(
            "请用下面的用户名和临时密码登录，登录后必须马上修改密码。",
            "您的职责暂不生效：请带上有照片的证件，由页面上写明的另一位人员当面确认是您本人。",
            "打印本信的人不能替您确认。信封已被拆开过的，请不要使用，告诉发信人重新打印。",
        ),
        facts=(
            ("登录地址", settings.SITE_URL + reverse("sign-in")),
            ("用户名", user.username),
            ("临时密码", password),
        ),
    )
