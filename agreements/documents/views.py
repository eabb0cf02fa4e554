"""Asking for the copies, fetching them, and the preview of a page as it will print."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PersonRequest
from agreements.documents import previews, renditions
from agreements.documents.verification import (
    PrintedPage,
    Verdict,
    signed_days,
    signed_in_words,
    state_in_words,
    verdict_on,
    voided_at,
)
from agreements.models import Agreement, Counterpart, Rendition
from agreements.permissions import with_agreement, with_own_agreement
from audit.log import append
from boundary.events import FileDownloaded
from boundary.rates import limited
from boundary.serving import served

PDF = "application/pdf"
BACK = {"agreement-detail", "agreement-signing", "agreement-certify"}  # the pages from which copies are ordered


@require_POST
@with_own_agreement
def request_copies(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Order the copies of the present text, and lead back to the page that asked; the worker makes them."""
    if agreement.partner is None or agreement.template_version is None:
        messages.error(request, "请先选择合作机构和范本，再生成正本。")
        return redirect("draft-resume", agreement.number)
    renditions.request(agreement, by=request.user)
    back = request.POST.get("back", "")
    return redirect(back if back in BACK else "agreement-detail", agreement.number)


@require_GET
@with_agreement
def download_copy(request: PersonRequest, agreement: Agreement, rendition: int, copy: int) -> HttpResponseBase:
    """Give one numbered copy, with what was signed on it."""
    runs = renditions.shown_to(request.user, agreement).filter(state=Rendition.State.READY)
    ready = Counterpart.objects.filter(rendition__in=runs)
    found = get_object_or_404(ready.select_related("rendition__frozen"), rendition=rendition, number=copy)
    newest = found.newest
    append(FileDownloaded(copy=copy, sha256=newest.sha256), by=request.user, subject=agreement)
    word = f"{_void(found.rendition)}正本"
    return served(newest.file, name=f"{agreement.number}-{word}{copy}-{found.holder_label}.pdf", content_type=PDF)


@require_GET
@with_agreement
def download_print(request: PersonRequest, agreement: Agreement, rendition: int) -> HttpResponseBase:
    """Give the combined file: all copies in order, each beginning on a right-hand page."""
    runs = renditions.shown_to(request.user, agreement).filter(state=Rendition.State.READY)
    found = get_object_or_404(runs.select_related("frozen"), pk=rendition)
    append(FileDownloaded(copy="print", sha256=found.print_sha256), by=request.user, subject=agreement)
    return served(found.print_file, name=f"{agreement.number}-{_void(found)}合并打印.pdf", content_type=PDF)


def _void(run: Rendition) -> str:
    """Return what the name of a file says first whose text was given up."""
    return "已作废的" if run.frozen is not None and run.frozen.voided_at else ""


@require_http_methods(["GET", "POST"])
@limited("render")
@with_agreement
def preview(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Show the first copy as it will print, once the worker has made it. A POST orders it again after a failure."""
    if not previews.can_be_shown(agreement):
        messages.error(request, "请先选择合作机构和范本，再预览。")
        return redirect("draft-resume", agreement.number)
    if request.method == "POST":
        previews.request(agreement, by=request.user, again=True)
        return redirect("agreement-preview", agreement.number)
    return render(request, "agreements/preview.html", _preview(request, agreement))


@require_GET
@with_agreement
def preview_panel(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """The preview as it stands now; the page asks while the worker is at it."""
    if not previews.can_be_shown(agreement):
        return redirect("agreement-preview", agreement.number)
    return render(request, "agreements/_preview.html", _preview(request, agreement))


@require_GET
@with_agreement
def preview_file(request: PersonRequest, agreement: Agreement) -> HttpResponseBase:
    """Give the preview of the present text, to be shown in a page of ours; lead there while there is none."""
    found = previews.ready(agreement)
    if found is None:
        return redirect("agreement-preview", agreement.number)
    return served(found.file, name=f"{agreement.number}-预览.pdf", content_type=PDF, framed=True)


def _preview(request: PersonRequest, agreement: Agreement) -> dict[str, object]:
    return {"agreement": agreement, "preview": previews.request(agreement, by=request.user)}


@require_GET
@login_not_required
@limited("verify")
def verify_page(request: HttpRequest, number: str, copy: int, page: int, pages: int, digest: str) -> HttpResponse:
    """Tell anyone who scans a printed page whether it belongs to a text registered here. It names nobody but to whoever
    sees the agreement anyway: to them it says whose it is, when it was signed, and leads there."""
    number = number.upper()
    printed = PrintedPage(number, copy, page, pages, digest.lower())
    verdict = verdict_on(printed)
    state = state_in_words(number) if verdict is Verdict.FINAL else ""
    since = voided_at(printed) if verdict is Verdict.VOIDED else None
    context: dict[str, object] = {"printed": printed, "verdict": verdict.value, "state": state, "voided_at": since}
    context["signed"] = signed_in_words(printed) if verdict in {Verdict.FINAL, Verdict.VOIDED} else ""
    if verdict is Verdict.VOIDED and request.user.is_authenticated:
        context["present"] = Agreement.objects.shown_to(request.user).filter(number=number).first()
    if verdict is Verdict.FINAL and request.user.is_authenticated:
        seen = Agreement.objects.visible_to(request.user).with_parties().with_text()
        context["known"] = known = seen.filter(number=number).first()
        context["sides"] = signed_days(known) if known else []
    return render(request, "agreements/verify_page.html", context)
