"""One scanned page beside the text that it should carry: ticked, or sent back alone."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.documents.renditions import copies_are_not_ready
from agreements.documents.returned import picture_of
from agreements.lifecycle.pages import (
    STRANGE,
    bare_in_words,
    copies_made,
    differing_in_words,
    read_in_words,
    unknown_in_words,
)
from agreements.lifecycle.rescanning import NOT_WANTED
from agreements.lifecycle.scans import waiting_sheets
from agreements.models import Agreement, Scan, ScanPage
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.permissions import with_own_agreement
from agreements.signing.forms import SendBackForm
from agreements.signing.looks import Look, beside, looked_at, next_left
from agreements.signing.strangers import NOT_SHOWN, pages_hidden
from frame.guards import sent_from
from verbs.errors import Unacceptable, WrongState

GONE = "这一页已经核验、退回或取回过，请回到核验页面查看。"


@require_http_methods(["GET", "POST"])
@with_own_agreement
def look(request: PersonRequest, agreement: Agreement, sheet: int) -> HttpResponse:
    """Show one page; on POST tick it and go on to the next that is left."""
    waiting = _waiting(agreement, sheet)
    if request.method == "GET":
        return _page(request, agreement, waiting, SendBackForm())
    try:
        lifecycle.tick_page(
            agreement,
            by=request.user,
            page=waiting.pk,
            seen=request.POST.get("place", ""),
            confirmed="confirmed" in request.POST,
        )
    except Unacceptable as refusal:
        messages.error(request, f"没有勾选：{refusal}")
        return _page(request, agreement, waiting, SendBackForm(), status=422)
    return _onward(request, agreement, waiting)


@with_own_agreement
@sent_from("scan-page", "number", "sheet")
def untick(request: PersonRequest, agreement: Agreement, sheet: int) -> HttpResponse:
    """Take the person's own tick back."""
    waiting = _waiting(agreement, sheet)
    try:
        lifecycle.untick_page(agreement, by=request.user, page=waiting.pk)
    except Unacceptable as refusal:
        messages.error(request, str(refusal))
        return _page(request, agreement, waiting, SendBackForm(), status=422)
    return redirect("scan-page", agreement.number, waiting.pk)


@with_own_agreement
@sent_from("scan-page", "number", "sheet")
def return_(request: PersonRequest, agreement: Agreement, sheet: int) -> HttpResponse:
    """Send one page back with a reason; the others stay."""
    waiting = _waiting(agreement, sheet)
    form = SendBackForm(request.POST)
    if form.is_valid():
        try:
            lifecycle.send_back_pages(
                agreement, by=request.user, pages=frozenset({waiting.pk}), reason=form.cleaned_data["reason"]
            )
        except Unacceptable as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已退回这一页，请上传的一方重新扫描；其余的页继续有效。")
            return _onward(request, agreement, waiting)
    return _page(request, agreement, waiting, form, status=422)


def _waiting(agreement: Agreement, page: int) -> ScanPage:
    """Return a page of the agreement that waits. Raises Http404 for no page of it, WrongState for one that is done."""
    sheet = get_object_or_404(ScanPage.objects.with_pictures(), pk=page, scan__agreement=agreement)
    if agreement.state in HAS_BEEN_IN_FORCE and not lifecycle.rescan_wanted(agreement):
        raise WrongState(NOT_WANTED)
    if agreement.state in lifecycle.CERTIFY.sources and (words := copies_are_not_ready(agreement)):
        raise WrongState(words)
    if sheet.scan.state != Scan.State.UPLOADED:
        raise WrongState(GONE)
    return sheet


def _onward(request: PersonRequest, agreement: Agreement, sheet: ScanPage) -> HttpResponse:
    """Lead to the next page that is left, and after the last to where all is decided."""
    then = next_left(looked_at(waiting_sheets(agreement), by=request.user), sheet)
    return redirect("scan-page", agreement.number, then.sheet.pk) if then else redirect(_certify_at(agreement))


def _certify_at(agreement: Agreement) -> str:
    name = "agreement-recertify" if agreement.state in HAS_BEEN_IN_FORCE else "agreement-certify"
    return reverse(name, args=[agreement.number])


def _page(
    request: PersonRequest, agreement: Agreement, sheet: ScanPage, form: SendBackForm, *, status: int = 200
) -> HttpResponse:
    looks = looked_at(waiting_sheets(agreement), by=request.user)
    present = next((each for each in looks if each.sheet.pk == sheet.pk), None)
    if present is None:  # decided since
        raise WrongState(GONE)
    before, after = beside(looks, sheet)
    copy = next((copy for copy in copies_made(agreement) if copy.number == sheet.copy), None)
    is_uploader = any(each.sheet.scan.uploaded_by_id == request.user.pk for each in looks)
    context = {
        "agreement": agreement,
        "look": present,
        "sheet": present.sheet,
        "not_shown": NOT_SHOWN if pages_hidden([present.sheet], request.user) else "",
        "strange": STRANGE[finding][0] if (finding := ScanPage.Finding(sheet.finding)) in STRANGE else "",
        "bare": bare_in_words(present.sheet) if present.sheet.bare else "",
        "differing": differing_in_words(present.sheet) if present.sheet.differing else "",
        "unknown": unknown_in_words(present.sheet)[0],
        "read": read_in_words(present.sheet),
        "is_no_page": sheet.finding == ScanPage.Finding.NO_PAGE,
        "copy": copy,
        "picture": copy is not None and default_storage.exists(picture_of(copy, present.sheet.page or 0)),
        "before": before,
        "after": after,
        "at": [each.sheet.pk for each in looks].index(sheet.pk) + 1,
        "looks": looks,
        "done": sum(each.is_ticked for each in looks),
        "certify_at": _certify_at(agreement),
        "is_uploader": is_uploader,
        "may_tick": _may_tick(present, is_uploader=is_uploader),
        "may_send_back": not is_uploader and sheet.sent_back_at is None,
        "text": agreement.filled_text(),
        "form": form,
    }
    return render(request, "agreements/signing/look.html", context, status=status)


def _may_tick(each: Look, *, is_uploader: bool) -> bool:
    return each.may_be_ticked and not each.is_ticked and not is_uploader
