"""Giving out scans: the file as it was uploaded, and single pages as pictures for the screen."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from agreements.models import Agreement
from agreements.permissions import with_agreement
from agreements.signing.progress import scans_shown
from audit.log import append
from boundary.events import FileDownloaded
from boundary.pictures import LARGE_WIDTH, SHOWN_WIDTH, page_as_png
from boundary.serving import served
from boundary.uploads import ENDINGS

KEPT_SECONDS = 600  # a page never changes, but whoever signs in next at the same desk must not find it


@require_GET
@with_agreement
def scan_file(request: PersonRequest, agreement: Agreement, scan: int) -> HttpResponseBase:
    """Give the file as it was uploaded, always as a download and under a name of ours."""
    found = get_object_or_404(scans_shown(agreement, for_user=request.user), pk=scan)
    append(FileDownloaded(scan=found.pk, sha256=found.sha256), by=request.user, subject=agreement)
    name = f"{agreement.number}-扫描件{found.pk}.{ENDINGS[found.content_type]}"
    return served(found.file, name=name, content_type=found.content_type)


@require_GET
@with_agreement
def scan_page(request: PersonRequest, agreement: Agreement, scan: int, page: int) -> HttpResponse:
    """Show one page, counted from 1, as a picture (`?large` for looking closely): no file acts in the browser."""
    found = get_object_or_404(scans_shown(agreement, for_user=request.user), pk=scan)
    with found.file.open("rb") as file:
        content = file.read()
    width = LARGE_WIDTH if "large" in request.GET else SHOWN_WIDTH
    try:
        picture = page_as_png(content, found.content_type, page, width=width)
    except IndexError:
        raise Http404 from None
    return HttpResponse(
        picture, content_type="image/png", headers={"Cache-Control": f"private, max-age={KEPT_SECONDS}"}
    )
