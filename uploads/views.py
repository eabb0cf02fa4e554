"""What became of a file, for its sender; and the pages of a kept one, for whoever its app shows them to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from uploads import sweeping
from uploads.models import Page, Upload
from uploads.shown import reload_of
from uploads.sockets import purpose_of
from verbs.errors import WrongState

KEPT_SECONDS = 600  # a page never changes, but whoever signs in next at the same desk must not find it
TURNS = (0, 90, 180, 270)
ZOOMS = (100, 150, 200, 300)


@dataclass(frozen=True)
class Look:
    """How a page is looked at: turned clockwise by so many degrees, and so many hundredths as wide as the window."""

    turn: int = 0
    zoom: int = 100

    @property
    def query(self) -> str:
        return f"?turn={self.turn}&zoom={self.zoom}"

    @property
    def is_upright(self) -> bool:
        return self.turn % 180 == 0

    def transform(self, page: Page) -> str:
        """Return how an SVG turns the picture and moves it back to where it is seen; "" for an upright one."""
        moved = {90: (page.height, 0), 180: (page.width, page.height), 270: (0, page.width)}.get(self.turn)
        return f"translate({moved[0]} {moved[1]}) rotate({self.turn})" if moved else ""

    def turned(self, by: int) -> Look:
        return Look((self.turn + by) % 360, self.zoom)

    def zoomed(self, steps: int) -> Look:
        place = min(max(ZOOMS.index(self.zoom) + steps, 0), len(ZOOMS) - 1)
        return Look(self.turn, ZOOMS[place])


@require_GET
def state(request: PersonRequest, pk: int) -> HttpResponse:
    """How far the person's own file is; one that has its verdict leads on to where its sender goes on."""
    upload = get_object_or_404(Upload, pk=pk, uploaded_by=request.user)
    if not upload.is_waiting:
        onward = purpose_of(upload).leads_to(upload)
        return HttpResponse(headers={"HX-Redirect": onward}) if request.htmx else redirect(onward)
    onward = purpose_of(upload).leads_to(upload)
    context = {"upload": upload, "onward": onward, "reload": reload_of(request)}
    return render(request, "uploads/state.html", context)


@require_POST
def dismiss(request: PersonRequest, pk: int) -> HttpResponse:
    """Take note of a refusal: the file is deleted, and its reason shown no more."""
    upload = get_object_or_404(Upload, pk=pk, uploaded_by=request.user)
    if upload.state != Upload.State.REFUSED:
        raise WrongState("这个文件没有被拒收，不用处理。")
    onward = purpose_of(upload).leads_to(upload)
    sweeping.delete(upload)
    return redirect(onward)


@require_GET
def picture(request: PersonRequest, pk: int, page: int) -> HttpResponse:
    """Give the stored picture of one page, counted from 1; `?large` for looking closely. The file itself stays shut."""
    found, _ = _page(request.user, pk, page)
    try:
        with default_storage.open(found.large if "large" in request.GET else found.small) as stored:
            content = stored.read()
    except FileNotFoundError:
        raise Http404 from None
    kept = {"Cache-Control": f"private, max-age={KEPT_SECONDS}"}
    return HttpResponse(content, content_type="image/jpeg", headers=kept)


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # its types know no PersonRequest
def closely(request: PersonRequest, pk: int, page: int) -> HttpResponse:
    """Show one page to be turned and enlarged, by links alone; `?framed` inside a page of ours, with `=alone`
    where no other page of its file belongs."""
    found, hidden = _page(request.user, pk, page)
    look = Look(_among(TURNS, request.GET.get("turn", "")), _among(ZOOMS, request.GET.get("zoom", "")))
    context = {
        "upload": found.upload,
        "page": found,
        "look": look,
        "transform": look.transform(found),
        "width": found.width if look.is_upright else found.height,
        "height": found.height if look.is_upright else found.width,
        "is_framed": "framed" in request.GET,
        "alone": "=alone" if request.GET.get("framed") == "alone" else "",
        "back": _back(request, found.upload),
        "before": _beside(found, -1, hidden),
        "after": _beside(found, 1, hidden),
        "acts": [
            ("向左转", "turn-left", look.turned(-90)),
            ("向右转", "turn-right", look.turned(90)),
            ("放大", "zoom-in", look.zoomed(1)),
            ("缩小", "zoom-out", look.zoomed(-1)),
        ],
    }
    return render(request, "uploads/closely.html", context)


def _back(request: PersonRequest, upload: Upload) -> str:
    """Return the page of ours that the person came from, as it was carried along or as the browser says it."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        came = urlsplit("")
    before = came._replace(scheme="", netloc="").geturl() if came.netloc == request.get_host() else ""
    for there in (request.GET.get("back", ""), before):
        is_ours = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
        if is_ours and not there.startswith("/uploads/"):
            return there
    return purpose_of(upload).leads_to(upload) if upload.uploaded_by_id == request.user.pk else reverse("home")


def _page(user: User, pk: int, number: int) -> tuple[Page, frozenset[int]]:
    """Return a page that the person is shown by the app that the file was sent for, and which others of the file they
    are not. Raises Http404 for any other."""
    found = get_object_or_404(Page.objects.select_related("upload"), upload=pk, number=number)
    purpose = purpose_of(found.upload)
    if found.upload.state != Upload.State.KEPT or not purpose.sees(user, found.upload):
        raise Http404
    hidden = purpose.hides(user, found.upload)
    if number in hidden:
        raise Http404
    return found, hidden


def _beside(page: Page, step: int, hidden: frozenset[int]) -> str:
    """Return the address of the nearest page before or after that the person is shown, "" without one."""
    number = page.number + step
    while number in hidden:
        number += step
    return reverse("upload-page", args=[page.upload_id, number]) if 1 <= number <= page.upload.page_count else ""


def _among(allowed: tuple[int, ...], asked: str) -> int:
    return next((each for each in allowed if str(each) == asked), allowed[0])
