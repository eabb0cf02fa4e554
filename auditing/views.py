"""The auditor reads, verifies and exports the log, and can change nothing in it."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.confirming import recently_confirmed
from accounts.requests import PersonRequest
from audit import bundle, log_events, platform_key, works
from audit.exporting import anchor_file
from audit.log import append
from audit.models import Anchor, Work
from auditing.lines import lines_of
from auditing.permissions import auditor_only
from auditing.searching import SearchForm, page_of
from boundary.paths import asked_key
from boundary.rates import limited
from boundary.serving import disposition, guarded, served
from once.sending import sent_once

READING = "log_reading"  # in the session: what was asked last, and when
READING_LASTS = dt.timedelta(minutes=30)  # so long the same search is one reading, not one for each page
ANCHORS_SHOWN = 60
WORKS_SHOWN = 20


class PeriodForm(forms.Form):
    since = forms.DateField(label="日期从", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label="日期到", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("since") and asked.get("until") and asked["since"] > asked["until"]:
            self.add_error("until", "截止日期早于起始日期。")
        return asked


@require_GET
@auditor_only
@limited("search")
def log_search(request: PersonRequest) -> HttpResponse:
    """Show what happened, newest first."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = page_of(asked, request.GET.get("before", ""))
    _note_reading(request, {name: str(value) for name, value in asked.items() if value})
    context = {
        "form": form,
        "lines": lines_of(page.entries),
        "older": page.older,
        "is_first": "before" not in request.GET,
        "is_narrowed": any(asked.values()),
    }
    return render(request, "auditing/search.html", context)


@require_GET
@auditor_only
def log_works(request: PersonRequest) -> HttpResponse:
    """Offer verification and export, and show what has been asked for."""
    today = timezone.localdate()
    form = PeriodForm(initial={"since": today.replace(day=1), "until": today})
    return _works_page(request, form)


@require_POST
@auditor_only
@sent_once
def log_verify(request: PersonRequest) -> HttpResponse:
    """Order a verification of the whole log."""
    return redirect("log-work", works.ask_verification(by=request.user).pk)


@require_POST
@auditor_only
@limited("export")
@recently_confirmed
@sent_once
def log_export(request: PersonRequest) -> HttpResponse:
    """Order an export of a period."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _works_page(request, form, status=422)
    asked = form.cleaned_data
    return redirect("log-work", works.ask_export(by=request.user, since=asked["since"], until=asked["until"]).pk)


@require_GET
@auditor_only
def log_work(request: PersonRequest, pk: int) -> HttpResponse:
    """Show how far a verification or an export is, and what came of it; asked for by htmx, its panel only."""
    work = get_object_or_404(Work, pk=pk)
    is_open = work.state in Work.OPEN
    context = {"work": work, "is_open": is_open, "walked": works.progress(work) if is_open else 0}
    return render(request, "auditing/_work.html" if request.htmx else "auditing/work.html", context)


@require_GET
@auditor_only
@recently_confirmed
def log_work_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Give out an export."""
    work = get_object_or_404(Work.objects.exclude(file=""), pk=pk)
    append(log_events.Exported(sha256=work.sha256), by=request.user, subject=work)
    name = f"日志-{work.since:%Y%m%d}-{work.until:%Y%m%d}.zip"
    return served(work.file, name=name, content_type="application/zip")


@require_GET
@auditor_only
def log_anchors(request: PersonRequest) -> HttpResponse:
    """List the hourly anchors, latest first."""
    anchors = Anchor.objects.select_related("stamp").order_by("-number")
    before = asked_key(request.GET.get("before", ""))
    if before is not None:
        anchors = anchors.filter(number__lt=before)
    found = list(anchors[: ANCHORS_SHOWN + 1])
    older = found[ANCHORS_SHOWN - 1].number if len(found) > ANCHORS_SHOWN else 0
    context = {"anchors": found[:ANCHORS_SHOWN], "older": older, "key": platform_key.public_key()}
    return render(request, "auditing/anchors.html", context)


@require_safe
@auditor_only
def log_anchor_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Give out one anchor with its leaves, to be kept elsewhere."""
    anchor = get_object_or_404(Anchor, number=number)
    made = timezone.localtime(anchor.made_at)
    return _attached(anchor_file(anchor), f"anchor-{made:%Y-%m-%d-%H%M}.json", "application/json")


@require_safe
@auditor_only
def log_key(request: PersonRequest) -> HttpResponseBase:
    """Give out the platform's public key."""
    return _attached(platform_key.public_pem(), "platform-key.pem", "application/x-pem-file")


@require_safe
@auditor_only
def log_verifier(request: PersonRequest) -> HttpResponseBase:
    """Give out the verifier."""
    return _attached(bundle.verifier(), bundle.NAME, "application/zip")


def _works_page(request: PersonRequest, form: PeriodForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "works": Work.objects.all()[:WORKS_SHOWN]}
    return render(request, "auditing/works.html", context, status=status)


def _attached(content: bytes, name: str, content_type: str) -> HttpResponseBase:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = disposition(name)
    return guarded(response)


def _note_reading(request: PersonRequest, asked: dict[str, str]) -> None:
    """Log what is searched for, once for each search and not for each of its pages."""
    now = timezone.now()
    last = request.session.get(READING, {})
    if last.get("asked") == asked and now.timestamp() - last["at"] < READING_LASTS.total_seconds():
        return
    append(log_events.Read(asked=asked), by=request.user, subject=request.user)
    request.session[READING] = {"asked": asked, "at": int(now.timestamp())}
