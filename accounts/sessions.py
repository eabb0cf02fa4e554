"""A person's open sessions: which there are, and ending them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet, Value
from django.utils import timezone

from accounts import events
from accounts.models import Session, User
from accounts.requests import PersonRequest
from audit.log import append

SECOND = timedelta(seconds=1)
# The first that fits: nearly every browser also names the ones it wants to be taken for.
BROWSERS = (
    ("MicroMessenger", "微信内置浏览器"),
    ("QQBrowser|MQQBrowser", "QQ 浏览器"),
    ("360SE|360EE|QIHU", "360 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome|Chromium", "谷歌内核浏览器"),
    ("Safari", "苹果浏览器"),
    ("Trident|MSIE", "IE 浏览器"),
)
MACHINES = (
    ("HarmonyOS", "鸿蒙设备"),
    ("Android", "安卓手机或平板"),
    ("iPhone|iPad", "苹果手机或平板"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux|X11", "Linux 电脑"),
)


@dataclass(frozen=True)
class OpenSession:
    """One line of the list of a person's sessions."""

    browser: str
    address: str
    began_at: datetime | None
    last_seen_at: datetime
    is_this: bool


def open_sessions(request: PersonRequest) -> list[OpenSession]:
    """Return the person's sessions that still work, the one of this request first."""
    this = request.session.session_key
    rows = [_line(row, is_this=row.pk == this) for row in _alive(request.user).order_by("-last_seen_at")]
    return sorted(rows, key=lambda row: not row.is_this)


def _line(row: Session, *, is_this: bool) -> OpenSession:
    """A session that began as an anonymous one was last noted before the sign-in: nothing is used before it begins."""
    seen = max(row.began_at or row.last_seen_at, row.last_seen_at)
    return OpenSession(in_words(row.browser), row.address or "", row.began_at, seen, is_this)


def in_words(browser: str) -> str:
    """Return which browser on which kind of machine, as people call them."""
    kinds = [next((word for sign, word in signs if re.search(sign, browser)), "") for signs in (BROWSERS, MACHINES)]
    return "，".join(filter(None, kinds)) or "未能识别的浏览器"


def end_all(user: User) -> int:
    """End every session of the person, at once; return how many there were. Logging is the caller's."""
    ended, _ = Session.objects.filter(user=user).delete()
    return ended


@transaction.atomic
def end_others(request: PersonRequest) -> int:
    """End the person's other sessions and log it; return how many there were."""
    user = request.user
    ended, _ = Session.objects.filter(user=user).exclude(session_key=request.session.session_key).delete()
    append(events.SessionsEnded(ended=ended), by=user, subject=user)
    return ended


def forget_ended() -> int:
    """Delete the rows of sessions past their end; return how many."""
    forgotten, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return forgotten


def _alive(user: User) -> QuerySet[Session]:
    now = timezone.now()
    allowed = ExpressionWrapper(F("idle_seconds") * Value(SECOND), output_field=DurationField())
    until = ExpressionWrapper(F("last_seen_at") + allowed, output_field=DateTimeField())
    return Session.objects.filter(user=user, expire_date__gt=now).alias(until=until).filter(until__gt=now)
