"""Five failures within fifteen minutes at one account from one address, and sign-in rests there for fifteen.

django-axes counts, in PostgreSQL; what it is told and what a person then reads is here.
"""

from collections.abc import Mapping
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.signing_in import digest_of_name, record_lockout

TOO_MANY_REQUESTS = 429


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the name under which failures are counted.

    An account's own, so that an operator can lift its rest by name; of any other text only a keyed digest.
    """
    typed = str((credentials or {}).get("username", ""))
    if User.objects.filter(username=typed).exists():
        return typed
    return digest_of_name(typed)


def locked_page(request: HttpRequest, response: HttpResponse, credentials: Mapping[str, Any]) -> HttpResponse:
    """Say that sign-in rests, for how long, and what to do; log the failure that brought it about."""
    if getattr(request, "axes_failures_since_start", None) is not None:
        record_lockout(str(credentials.get("username", "")))
    rest = settings.AXES_COOLOFF_TIME
    context = {"minutes": int(rest.total_seconds() // 60), "failures": settings.AXES_FAILURE_LIMIT}
    page = render(request, "accounts/locked.html", context, status=TOO_MANY_REQUESTS)
    page["Retry-After"] = str(int(rest.total_seconds()))
    return page


def is_resting(request: HttpRequest, user: User) -> bool:
    """Return whether sign-in at the account rests at this address; the answer is then the page that says so."""
    if AxesProxyHandler.is_allowed(request, {"username": user.username}):
        return False
    # axes' middleware, the last one, puts `locked_page` in the place of the view's answer.
    request.axes_locked_out = True  # type: ignore[attr-defined]  # axes writes its findings onto the request
    request.axes_credentials = {"username": user.username}  # type: ignore[attr-defined]
    return True


def count_failure(request: HttpRequest, user: User) -> None:
    """Count a wrong code, or a wrong password of a person who is signed in, like a failed sign-in."""
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
