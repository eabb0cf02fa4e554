"""The acts on an institution, one address each. Every page says what will follow before it asks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.confirming import recently_confirmed
from accounts.requests import PersonRequest
from audit.log import append
from boundary.events import FileDownloaded
from boundary.paths import asked_key
from boundary.refused import UploadRefused
from boundary.serving import served
from boundary.uploads import ENDINGS
from frame.panels import panels_of
from institutions import lifecycle, sockets
from institutions.models import Institution
from institutions.register.act_forms import RENAMED, PeriodForm, RenameForm, StatusForm, WithdrawForm
from institutions.register.permissions import (
    rights_of,
    with_competent,
    with_kept,
    with_readable_history,
    with_watched,
)
from institutions.validity import document_of
from once.sending import sent_once
from uploads.models import Upload
from verbs.errors import Unacceptable, WrongState

VERBS = {"suspend": lifecycle.suspend, "close": lifecycle.close, "reopen": lifecycle.reopen}


@require_http_methods(["GET", "POST"])
@recently_confirmed
@with_kept
def institution_rename(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Rename, or correct a name that was entered wrongly; first what is concerned by it."""
    form = RenameForm(request.POST or None, initial={"to": institution.name, "on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            _renamed(institution, form, request)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"名称已改为“{form.cleaned_data['to']}”，相关人员已收到通知。")
            return redirect("institution-detail", institution.pk)
    return _act_page(request, institution, form, "rename")


def _renamed(institution: Institution, form: RenameForm, request: PersonRequest) -> None:
    # The name that the page showed: somebody may have renamed it since.
    institution.name = request.POST.get("seen", "")
    entered = form.cleaned_data
    if entered["kind"] == RENAMED:
        lifecycle.rename(institution, by=request.user, to=entered["to"], on=entered["on"], reason=entered["reason"])
    else:
        lifecycle.correct_name(institution, by=request.user, to=entered["to"])


@require_http_methods(["GET", "POST"])
@recently_confirmed
@with_kept
def institution_status(request: PersonRequest, institution: Institution, verb: str) -> HttpResponse:
    """Suspend, close or reopen, after asking for the day and the reason."""
    step = lifecycle.STEPS[verb]
    lifecycle.LIFE.check(institution, step)
    form = StatusForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            VERBS[verb](institution, by=request.user, **form.cleaned_data)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"{institution.name}已{step.label}，相关人员已收到通知。")
            return redirect("institution-detail", institution.pk)
    return _act_page(request, institution, form, verb)


@require_http_methods(["GET", "POST"])
@with_watched
@sent_once
def institution_validity(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Enter a new licence or filing period: the institution's own people with a scan, its bureau with or without.

    With a scan it is entered once the file was judged.
    """
    if institution.profile is None:
        raise WrongState(f"还没有登记{institution.get_role_display()}的基本信息，请先补全。")
    competent = rights_of(request.user, institution).is_competent
    again = _refused_before(request, institution)
    form = PeriodForm(
        request.POST or None,
        request.FILES or None,
        initial=again.facts if again else None,
        institution=institution,
        needs_scan=not competent,
    )
    if request.method == "POST" and form.is_valid() and (not form.doubts or "looked" in request.POST):
        try:
            return _period_sent(request, institution, form)
        except UploadRefused as refusal:
            form.add_error("scan", str(refusal))
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
    doubts = form.doubts if form.is_bound and not form.errors else []
    more = {"document": document_of(institution), "doubts": doubts, "again": again}
    return _act_page(request, institution, form, "validity", **more)


def _period_sent(request: PersonRequest, institution: Institution, form: PeriodForm) -> HttpResponse:
    """Enter the period, or with a scan take it in and lead to the verdict on that."""
    scan = form.cleaned_data["scan"]
    if scan:
        upload = lifecycle.send_period(institution, form.period, by=request.user, file=scan)
        return redirect("upload-state", upload.pk)
    lifecycle.enter_period(institution, form.period, by=request.user)
    messages.success(request, "新的有效期已登记，旧的有效期仍可在历史中查到。")
    return redirect("institution-detail", institution.pk)


def _refused_before(request: PersonRequest, institution: Institution) -> Upload | None:
    """Return the person's own refused file that `?again=` names: what was entered with it need not be entered anew."""
    key = asked_key(request.GET.get("again", ""))
    refused = Upload.objects.of(lifecycle.PERIOD, institution.pk).refused_to(request.user)
    return refused.filter(pk=key).first() if key is not None else None


@require_http_methods(["GET", "POST"])
@with_competent
def institution_withdraw_filing(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Note that an elder-care filing was cancelled."""
    form = WithdrawForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.withdraw_filing(institution, by=request.user, **form.cleaned_data)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "备案注销已登记，相关人员已收到通知。")
            return redirect("institution-detail", institution.pk)
    return _act_page(request, institution, form, "withdraw_filing")


@require_GET
@with_readable_history
def institution_validity_scan(request: PersonRequest, institution: Institution, period: int) -> HttpResponseBase:
    """The scan of a licence or filing, for its own people and the officials."""
    found = get_object_or_404(institution.validity_periods.exclude(scan=""), pk=period)
    append(FileDownloaded(sha256=found.scan_sha256), by=request.user, subject=institution)
    name = f"{found.get_document_display()}-{found.number}.{ENDINGS[found.scan_content_type]}"
    return served(found.scan, name=name, content_type=found.scan_content_type)


def _act_page(
    request: PersonRequest, institution: Institution, form: object, page: str, **more: object
) -> HttpResponse:
    context = {"institution": institution, "form": form, "page": page, **more}
    context["concerned"] = panels_of(sockets.CONCERNED, institution, request.user)
    asked_again = getattr(form, "errors", None) or more.get("doubts")
    return render(request, f"institutions/register/{page}.html", context, status=422 if asked_again else 200)
