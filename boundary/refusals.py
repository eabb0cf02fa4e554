"""Who was refused what: a signed-in person's 403, and their 404 at an address that names an object, are events.

Written after the answer is made, outside whatever transaction the refusal rolled back. Whoever walks a thousand numbers
leaves twenty lines a minute and the count of the others, which the clock takes down: the log is neither flooded nor
silent. Anonymous requests are led to sign-in or counted by `rates`: an outsider who walks the addresses fills no log.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from audit import origin
from audit.log import append
from boundary import tallies
from boundary.events import AccessRefused, Refusal
from boundary.rates import among_first

LISTED, SECONDS = 20, 60  # so many refusals of one person in so many seconds have a line each
LONGEST_KEY = 64
TALLY = "refusals"
AT_IT, SILENCE = "refusal-counts-are-written", 50  # cache key of the one that writes, and seconds until the next may


class RefusalsMiddleware:
    """Appends AccessRefused with the address's name and key (never the query), or counts the refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        refusal: Refusal | None = getattr(request, "refusal", None)
        if refusal and isinstance(request.user, Model) and request.user.is_authenticated:
            _note(request, request.user, refusal)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Remember on the request why the view refused; Django makes the answer."""
        found = request.resolver_match
        if isinstance(exception, PermissionDenied):
            request.refusal = Refusal.FORBIDDEN  # type: ignore[attr-defined]  # HttpRequest is open by design
        elif isinstance(exception, Http404) and found is not None and found.kwargs:
            request.refusal = Refusal.UNSEEN  # type: ignore[attr-defined]  # HttpRequest is open by design


def write_counts() -> int:
    """Log how many refusals had no line of their own since the last turn; return how many entries that took.

    One entry for each person, kind and role. A count is taken off once its entry stands: whoever dies in between leaves
    it to be written again, rather than never.
    """
    if not cache.add(AT_IT, 1, timeout=SILENCE):
        return 0
    try:
        counts = tallies.waiting(TALLY)
        people = get_user_model()._default_manager.in_bulk({int(pk) for pk, _, _ in counts})
        for (pk, refusal, role), count in counts.items():
            user = people.get(int(pk))
            with origin.as_ordered({"role": role}):
                append(AccessRefused(reason=Refusal(refusal), not_listed=count), by=user, subject=user)
            tallies.take_off(TALLY, (pk, refusal, role), count)
    finally:
        cache.delete(AT_IT)
    return len(counts)


def _note(request: HttpRequest, user: Model, refusal: Refusal) -> None:
    found = request.resolver_match
    if found is None:
        return
    person, role = str(user.pk), origin.current().role
    if not among_first(LISTED, SECONDS, "refusal", person) and tallies.add(TALLY, person, refusal, role):
        return
    key = {name: str(value)[:LONGEST_KEY] for name, value in found.kwargs.items()}
    event = AccessRefused(reason=refusal, address=found.view_name, method=request.method or "", key=key)
    append(event, by=user, subject=user)
