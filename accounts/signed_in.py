"""What a session learns at the moment of signing in, however that happened: Django's `login` tells us by its signal."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from audit.origin import MOST_OF_A_USER_AGENT, printable
from boundary.addresses import address_of

if TYPE_CHECKING:
    from accounts.models import User

BEGAN = "began"  # when, from where, and how long the person may do nothing
CONFIRMED_AT = "confirmed_at"  # seconds since 1970


def connect() -> None:
    """Listen; called once, when the apps are ready."""
    user_logged_in.connect(_begin, dispatch_uid="accounts.signed_in")


def mark_confirmed(request: HttpRequest) -> None:
    """Remember in the session that the person has just proved who they are."""
    request.session[CONFIRMED_AT] = int(timezone.now().timestamp())


def _begin(request: HttpRequest, user: "User", **_: Any) -> None:
    """Write down where the session began, how long it may idle, and when it ends whatever happens."""
    now = timezone.now()
    request.session[BEGAN] = {
        "at": int(now.timestamp()),
        "address": address_of(request),
        "browser": printable(request.headers.get("User-Agent", ""))[:MOST_OF_A_USER_AGENT],
        "idle_seconds": settings.IDLE_SECONDS_OFFICIALS if _works_for_an_office(user) else settings.IDLE_SECONDS,
    }
    # A moment, not a length: Django would begin a length again with every change of the session.
    request.session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    mark_confirmed(request)


def _works_for_an_office(user: "User") -> bool:
    """Return whether the person has a duty at an authority or for the platform."""
    return user.memberships.filter(institution__isnull=True).exists()
