"""The pages of an import: the list, the upload, its columns, what the check found, and giving it up."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PersonRequest
from boundary.paths import asked_key
from boundary.refused import UploadRefused
from boundary.uploads import note_refused
from imports import progress, runs, shown
from imports.forms import ColumnsForm, UploadForm
from imports.lifecycle import SET_COLUMNS
from imports.models import InstitutionImport
from imports.permissions import (
    can_act_on,
    can_import,
    for_importers,
    imports_for,
    reads_imports,
    with_import,
    with_own_import,
)
from once.sending import sent_once

PER_PAGE = 25
State = InstitutionImport.State
RUNNING = frozenset({*runs.UNOPENED, State.WAITING, State.CHECKING, State.ORDERED, State.WRITING})


@require_GET
def import_list(request: PersonRequest) -> HttpResponse:
    """The imports of the person's authority, newest first."""
    if not reads_imports(request.user):
        raise PermissionDenied
    found = InstitutionImport.objects.visible_to(request.user).with_people()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "imports/list.html", {"page": page, "can_import": can_import(request.user)})


@require_http_methods(["GET", "POST"])
@for_importers
@sent_once
def import_upload(request: PersonRequest) -> HttpResponse:
    """Keep the sheet and answer at once: a worker has it opened, and its page says what came of it."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent, authorities=imports_for(request.user))
    if form.is_valid():
        authority, sheet = form.cleaned_data["authority"], form.cleaned_data["sheet"]
        try:
            run = runs.upload(authority, by=request.user, name=sheet.name, file=sheet.file, size=sheet.size)
        except UploadRefused as refusal:
            note_refused(refusal, by=request.user, subject=authority, name=sheet.name, file=sheet.file, size=sheet.size)
            form.add_error("sheet", str(refusal))
        else:
            return redirect("import-detail", run.pk)
    context = {"form": form, "authorities": imports_for(request.user)}
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_own_import
def import_columns(request: PersonRequest, run: InstitutionImport) -> HttpResponse:
    """What each column means, with three of its values, once the sheet has been read."""
    if not run.sheets:
        return redirect("import-detail", run.pk)
    form = ColumnsForm(request.POST if request.method == "POST" else None, sheets=runs.sheets_of(run))
    if form.is_valid():
        runs.set_columns(run, form.said(), by=request.user)
        return redirect("import-detail", run.pk)
    context = {"run": run, "form": form, "may_change": run.state in SET_COLUMNS.sources}
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@require_GET
@with_import
def import_detail(request: PersonRequest, run: InstitutionImport) -> HttpResponse:
    """Where the import stands: how far it is, what the check found, what was written."""
    context = {"run": run, "may_act": can_act_on(request.user, run), "is_running": run.state in RUNNING}
    if run.state in RUNNING:
        return render(request, "imports/running.html", context | _progress(run))
    tabs = shown.tabs(run, request.GET.get("group", ""))
    here = next(tab for tab in tabs if tab.is_here)
    page = Paginator(shown.rows_of(run, here.group), PER_PAGE).get_page(request.GET.get("page"))
    context |= {"tabs": tabs, "here": here, "page": page, "open_count": shown.open_count(run)}
    context |= {"lines": shown.lines(page.object_list, runs.sheets_of(run)), "plan": shown.plan(run)}
    return render(request, "imports/detail.html", context)


@require_GET
@with_import
def import_progress(request: PersonRequest, run: InstitutionImport) -> HttpResponse:
    """How far a running import is, asked for every two seconds; when it has ended, the page is loaded again.

    Where only the columns are still to be said, that page is next.
    """
    if run.state == State.MAPPING and can_act_on(request.user, run):
        return HttpResponse(headers={"HX-Redirect": reverse("import-columns", args=[run.pk])})
    if run.state not in RUNNING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "imports/_progress.html", {"run": run} | _progress(run))


@require_POST
@with_own_import
def import_decide(request: PersonRequest, run: InstitutionImport) -> HttpResponseBase:
    """Decide about one row, or about all of an outcome that are still open."""
    row, outcome = request.POST.get("row", ""), request.POST.get("outcome", "")
    decision = request.POST.get("decision", "")
    count = runs.decide(run, decision, by=request.user, row=asked_key(row), outcome=outcome)
    if not row:
        messages.success(request, f"已决定 {count} 行。")
    query = urlencode({"group": request.POST.get("group", ""), "page": request.POST.get("page", "1")})
    return redirect(f"{reverse('import-detail', args=[run.pk])}?{query}#rows")


@require_POST
@with_own_import
def import_recheck(request: PersonRequest, run: InstitutionImport) -> HttpResponse:
    """Check again; a sheet that could not be opened by our fault is opened first."""
    again = runs.reopen if run.state == State.UNREAD else runs.recheck
    again(run, by=request.user)
    return redirect("import-detail", run.pk)


@require_http_methods(["GET", "POST"])
@with_own_import
def import_abandon(request: PersonRequest, run: InstitutionImport) -> HttpResponse:
    if request.method == "POST":
        runs.abandon(run, by=request.user)
        messages.success(request, "已放弃这次导入，没有写入任何内容。")
        return redirect("import-list")
    return render(request, "imports/abandon.html", {"run": run})


def _progress(run: InstitutionImport) -> dict[str, int]:
    """Return rows done and in all; in all is 0 while nobody can know."""
    if run.state == State.WRITING:
        done, total = progress.told(run.pk)
        return {"done": done, "total": total}
    return {"done": run.rows_checked, "total": run.row_count}
