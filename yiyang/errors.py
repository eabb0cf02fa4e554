"""Error pages: what happened, that nothing was lost, what to do, and a code to quote."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path

from accounts.onward import came_from, own_address
from boundary.texts import NoText
from jobs.passing import has_no_room, is_database_away
from verbs.errors import WrongState
from yiyang.accessibility import base_for
from yiyang.request_id import current

NOT_ALLOWED = 405
WITH_A_WAY_ON = {NOT_ALLOWED, 409}  # the row is there and the person sees it; what it is now, its own page says
LOOK_AGAIN = "请返回查看最新情况，再决定下一步。"
CURE = re.compile("(?<![申邀])请")  # in a reason that says itself what to do; 申请 and 邀请 ask nobody
AGAIN_AFTER = 5  # seconds; PostgreSQL starts again in less, a full disk needs a person
# What people write out in forms of ours; it is theirs to take along when the form can no longer be sent.
TYPED = ("where", "stock", "reason", "reasons", "remark", "note", "words")
logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own reasons are for programmers."""
    reason = str(exception) if isinstance(exception, NoText) else ""
    return render(request, "400.html", {"code": current.get(), "reason": reason}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the refusal says of itself is the best reason there is."""
    return _page(request, 403, reason=str(exception))


@login_not_required
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The anti-forgery check failed, which to a person is an old page or a cleared cookie."""
    logger.warning("csrf: %s", reason)
    return render(request, "403_csrf.html", {"code": current.get(), "back": came_from(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Not above: Django reads this module before it has said what a site without one of its apps lacks (tests/sockets),
    # and the menu names the pages of every app.
    from yiyang.menu import frame

    base = base_for(request)
    # With its menu, but without what waits there: strangers' guesses ask no more than they must.
    framed = frame(request, counts=False) if base == "base.html" else {}
    return _page(request, 404, more={"base": base, **framed})


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without request and database: either may be what failed. Django calls it while it handles the error."""
    error = sys.exc_info()[1]
    if has_no_room(error) or is_database_away(error):
        return _unavailable(request, is_full=has_no_room(error))
    return HttpResponse(render_to_string("500.html", {"code": current.get()}), status=500)


def _unavailable(request: HttpRequest, *, is_full: bool) -> HttpResponse:
    """Say what does not work for the moment (503), and ask again by itself what was only to be read.

    A fragment is asked for again by its page; `/health/` answers as programs expect it.
    """
    response: HttpResponse
    if request.path == "/health/":
        response = JsonResponse({"database": False, "redis": None}, status=503)
    else:
        is_read = request.method in {"GET", "HEAD"}
        context = {"code": current.get(), "is_full": is_full, "again_after": AGAIN_AFTER if is_read else 0}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(AGAIN_AFTER)
    return response


class NotAllowedMiddleware:
    """Says what to do at an address that only forms lead to (405), when somebody opens it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != NOT_ALLOWED or request.method != "GET":
            return response
        page = _page(request, NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page


class WrongStateMiddleware:
    """Shows a verb's refusal as a page of its own (409)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, WrongState):
            return None
        typed = [text for name in TYPED for text in request.POST.getlist(name) if text.strip()]
        reason = str(exception)
        return _page(request, 409, reason=reason, cure="" if CURE.search(reason) else LOOK_AGAIN, typed=typed)


def _page(
    request: HttpRequest,
    status: int,
    *,
    reason: str = "",
    cure: str = "",
    typed: Sequence[str] = (),
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The page of a status, with the way on to what it is about and back to where the person was, unless that is the
    page that does not open."""
    back = own_address(request, request.headers.get("Referer", ""))
    if request.method == "GET" and back == request.get_full_path():
        back = ""
    context = {"code": current.get(), "reason": reason, "cure": cure, "back": back, "typed": typed, **(more or {})}
    if status in WITH_A_WAY_ON:
        context["onward"] = _page_of_the_row(request)
    return render(request, f"{status}.html", context, status=status)


def _page_of_the_row(request: HttpRequest) -> str:
    """Return the page of what an address is about, which says how it stands: the address up to the first thing that it
    names (/agreements/A/sign/now/ is about /agreements/A/). "" where that is no page, and of the page itself."""
    match = request.resolver_match
    first = next(iter(match.kwargs.values()), "") if match else ""
    before, named, after = request.path.partition(f"/{first}/")
    above = before + named
    return above if named and after and is_valid_path(above) else ""
