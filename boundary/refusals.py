"""Who was refused what: a signed-in person's 403, and their 404 at an address that names an object, are events.

Written after the answer is made, outside whatever transaction the refusal rolled back. Anonymous requests are led to
sign-in or counted by `rates`: whoever walks the addresses from outside shall not fill the log.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from audit.log import append
from audit.models import Event
from boundary.rates import first_within

FORBIDDEN, UNSEEN = "forbidden", "unseen"
ONCE_IN = 60  # seconds, for one person, address and kind of refusal
LONGEST_KEY = 64


class RefusalsMiddleware:
    """Appends ACCESS_REFUSED with the address's name and key (never the query), once a minute for each address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        refusal = getattr(request, "refusal", "")
        if refusal and isinstance(request.user, Model) and request.user.is_authenticated:
            _note(request, request.user, refusal)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Remember on the request why the view refused; Django makes the answer."""
        found = request.resolver_match
        if isinstance(exception, PermissionDenied):
            request.refusal = FORBIDDEN  # type: ignore[attr-defined]  # HttpRequest is open by design
        elif isinstance(exception, Http404) and found is not None and found.kwargs:
            request.refusal = UNSEEN  # type: ignore[attr-defined]  # HttpRequest is open by design


def _note(request: HttpRequest, user: Model, refusal: str) -> None:
    found = request.resolver_match
    if found is None or not first_within(ONCE_IN, "refusal", refusal, str(user.pk), found.view_name):
        return
    # The log takes no NUL, which an address may well carry.
    key = {
        name: str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")[:LONGEST_KEY]
        for name, value in found.kwargs.items()
    }
    method = request.method or ""
    append(Event.ACCESS_REFUSED, by=user, subject=user, reason=refusal, address=found.view_name, method=method, key=key)
