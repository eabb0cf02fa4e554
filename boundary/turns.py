"""What takes a second or more within a request: one at a time on the machine, so that a web worker is always free.

Nobody who reads waits for the turn: whoever comes meanwhile is told so at once, by a page that asks again by itself. An
act waits a moment: of a double click the second is what the person sees.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from boundary.cell.slots import Busy, slot
from boundary.rates import EVERY_REQUEST

R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")
View = Callable[Concatenate[R, P], HttpResponseBase]

LATER = 503
AGAIN_AFTER = 5  # seconds
AN_ACT_WAITS = 3.0  # seconds; a letter takes a third of one
BY_HAND = "by-hand"  # asked with it, the page leaves the asking to whoever reads it, in their own time


def in_turn(methods: frozenset[str] = EVERY_REQUEST) -> Callable[[View[R, P]], View[R, P]]:
    """Do a view's requests one after the other, whichever process has them; only `methods` take a turn.

    Stands above whatever begins an act: who is told to come later has done nothing yet.
    """

    def taking(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def taken(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            try:
                with slot(settings.TURNS_FOLDER, 1, patience=0 if request.method == "GET" else AN_ACT_WAITS):
                    return view(request, *args, **kwargs)
            except Busy:
                return _later(request)

        taken.in_turn = methods  # type: ignore[attr-defined]  # a mark, for the test that walks all addresses
        return taken

    return taking


def _later(request: HttpRequest) -> HttpResponseBase:
    is_read = request.method == "GET"
    asks_by_itself = is_read and BY_HAND not in request.GET
    context = {
        "again_after": AGAIN_AFTER if asks_by_itself else 0,
        "again": request.get_full_path() if is_read else "",
        "by_hand": f"{request.path}?{BY_HAND}" if asks_by_itself else "",
    }
    page = render(request, "later.html", context, status=LATER)
    page["Retry-After"] = str(AGAIN_AFTER)
    return page
