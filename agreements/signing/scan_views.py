"""Giving out scans as they were uploaded. Their pages are shown by `uploads`."""

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from agreements.documents.returned import picture_of
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement, Counterpart
from agreements.permissions import with_agreement, with_own_agreement
from agreements.signing.progress import scans_shown
from agreements.signing.strangers import NOT_GIVEN, is_withheld
from audit.log import append
from boundary.events import FileDownloaded
from boundary.serving import served
from boundary.uploads import ENDINGS
from verbs.errors import NotAllowed

KEPT_SECONDS = 600  # a page never changes, but whoever signs in next at the same desk must not find it


@require_GET
@with_agreement
def scan_file(request: PersonRequest, agreement: Agreement, scan: int) -> HttpResponseBase:
    """Give the file as it was uploaded, always as a download and under a name of ours."""
    found = get_object_or_404(scans_shown(agreement, for_user=request.user), pk=scan)
    if is_withheld(found, request.user):
        raise NotAllowed(NOT_GIVEN)
    append(FileDownloaded(scan=found.pk, sha256=found.sha256), by=request.user, subject=agreement)
    name = f"{agreement.number}-扫描件{found.pk}.{ENDINGS[found.content_type]}"
    return served(found.file, name=name, content_type=found.content_type)


@require_GET
@with_own_agreement
def shown_copy(request: PersonRequest, agreement: Agreement, copy: int) -> HttpResponseBase:
    """Show a final copy beside the page that should be a scan of it: read there, and not downloaded."""
    found = _copy(agreement, copy)
    name = f"{agreement.number}-正本{copy}-{found.holder_label}.pdf"
    return served(found.file, name=name, content_type="application/pdf", framed=True)


@require_GET
@with_own_agreement
def shown_copy_page(request: PersonRequest, agreement: Agreement, copy: int, page: int) -> HttpResponse:
    """Show one page of a final copy as a picture: no telephone draws a PDF inside a page."""
    found = _copy(agreement, copy)
    try:
        with default_storage.open(picture_of(found, page)) as stored:
            content = stored.read()
    except FileNotFoundError:
        raise Http404 from None
    kept = {"Cache-Control": f"private, max-age={KEPT_SECONDS}"}
    return HttpResponse(content, content_type="image/jpeg", headers=kept)


def _copy(agreement: Agreement, number: int) -> Counterpart:
    found = next((made for made in copies_made(agreement) if made.number == number), None)
    if found is None:
        raise Http404
    return found
