"""What stands between a session and the pages: it ends when nobody is there, and an issued password comes first."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts import events
from accounts.models import User
from accounts.onward import came_from
from accounts.session_store import SessionStore
from audit.log import append

# A page sends it with what it asks by itself: polls, and how long the session still lasts (static/js/idle.js).
UNATTENDED = "X-Unattended"
OPEN_TO_ISSUED_PASSWORDS = {"password-change", "confirm", "sign-out", "session", "large-print", "health"}


class IdleMiddleware:
    """Ends a session in which the person did nothing for too long; every other request says that they are there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if isinstance(session, SessionStore) and isinstance(request.user, User):
            if session.seconds_left() <= 0:
                return _ended(request, request.user)
            if UNATTENDED not in request.headers:
                session.touch()
        return self.get_response(request)


class IssuedPasswordMiddleware:
    """Leads whoever signed in with an issued password to the change page, from everywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(request.user, "must_change_password", False):
            return None
        if request.resolver_match and request.resolver_match.url_name in OPEN_TO_ISSUED_PASSWORDS:
            return None
        return redirect("password-change")


def _ended(request: HttpRequest, user: User) -> HttpResponse:
    """End the session; the answer leads to sign-in, and from there back to the page."""
    back = came_from(request)
    append(events.SignedOut(reason=events.Ending.IDLE), by=None, subject=user)
    logout(request)
    asking = f"{reverse('sign-in')}?{urlencode({'next': back, 'ended': 'idle'})}"
    is_fragment = request.headers.get("HX-Request") == "true"
    return HttpResponseClientRedirect(asking) if is_fragment else redirect(asking)
