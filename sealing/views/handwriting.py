"""The page of a signatory's own handwriting: the picture that is there, and where to send another."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.onward import own_address
from accounts.requests import PersonRequest
from boundary.refused import NotNow, UploadRefused
from once.sending import sent_once
from sealing import handwriting
from sealing.forms import HandwritingForm
from sealing.pictures import png_of
from uploads.shown import under_way
from verbs.errors import Unacceptable


@require_http_methods(["GET", "POST"])
@sent_once
def own(request: PersonRequest) -> HttpResponse:
    """Show the person's own, and take in another; `?next=` is where they came from and go on."""
    handwriting.refuse_others(request.user)
    onward = own_address(request, request.POST.get("next") or request.GET.get("next", ""))
    form = HandwritingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = handwriting.send(by=request.user, file=form.cleaned_data["picture"], onward=onward)
        except (UploadRefused, Unacceptable) as refusal:
            form.add_error("picture", str(refusal))
        else:
            return redirect("upload-state", upload.pk)
    context = {
        "under_way": under_way(handwriting.HANDWRITING, request.user.pk, for_user=request.user),  # before `kept`
        "form": form,
        "kept": handwriting.kept_of(request.user),
        "onward": onward,
    }
    return render(request, "sealing/handwriting.html", context, status=422 if form.errors else 200)


@require_GET
def picture(request: PersonRequest) -> HttpResponse:
    """Give the person's own handwriting without its paper."""
    kept = handwriting.kept_of(request.user)
    if kept is None:
        raise Http404
    try:
        content = png_of(kept)
    except (UploadRefused, NotNow, FileNotFoundError):
        raise Http404 from None
    return HttpResponse(content, content_type="image/png", headers={"Cache-Control": "private, no-cache"})
