"""Dangerous acts ask the person again: password, and the one-time code of whoever has a device.

The mark lies in the session. Signing in sets it too, so that nobody is asked twice within minutes.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts import events
from accounts.lockout import count_failure
from accounts.onward import came_from
from accounts.requests import PersonRequest
from accounts.second_factor import has_device, is_current_code
from accounts.signed_in import CONFIRMED_AT, mark_confirmed
from audit.log import append

Rest = ParamSpec("Rest")
View = Callable[Concatenate[PersonRequest, Rest], HttpResponseBase]


def is_recently_confirmed(request: HttpRequest) -> bool:
    """Return whether the person proved who they are within `CONFIRMATION_SECONDS`."""
    since = timezone.now().timestamp() - int(request.session.get(CONFIRMED_AT, 0))
    return since < settings.CONFIRMATION_SECONDS


def confirmed_at(request: HttpRequest) -> datetime | None:
    """Return when the person last proved who they are in this session; None when they have not."""
    seconds = request.session.get(CONFIRMED_AT)
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def recently_confirmed(view: View[Rest]) -> View[Rest]:
    """Ask who is there before the view runs, unless that is known since a few minutes.

    Nothing is done then: the person confirms and comes back to this page, or for a POST to the page with the form,
    where static/js/keep.js puts back what was typed.
    """

    @wraps(view)
    def confirmed_first(request: PersonRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if is_recently_confirmed(request):
            return view(request, *args, **kwargs)
        asking = f"{reverse('confirm')}?{urlencode({'next': came_from(request)})}"
        return HttpResponseClientRedirect(asking) if request.htmx else redirect(asking)

    return confirmed_first


def confirm(request: PersonRequest, password: str, code: str) -> bool:
    """Set the mark if password and, where there is a device, code are right; else count and log the failure."""
    user = request.user
    # The code is looked at only after the right password: a wrong one must not use it up.
    if user.check_password(password) and (not has_device(user) or is_current_code(user, code)):
        mark_confirmed(request)
        append(events.ConfirmedAgain(), by=user, subject=user)
        return True
    append(events.ConfirmingFailed(), by=user, subject=user)
    count_failure(request, user)
    return False
