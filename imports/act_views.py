"""The confirmation of an import, and its files."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.confirming import recently_confirmed
from accounts.requests import PersonRequest
from audit.log import append
from boundary.events import FileDownloaded
from boundary.serving import attached, served
from boundary.workbooks.ledgers import XLSX
from imports import runs, shown
from imports.blank import template_for
from imports.models import InstitutionImport
from imports.permissions import for_importers, imports_for, with_import, with_own_import

KINDS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@require_http_methods(["GET", "POST"])
@with_own_import
@recently_confirmed
def import_confirm(request: PersonRequest, run: InstitutionImport) -> HttpResponse:
    """Say in one sentence what will happen, and order it."""
    if request.method == "POST":
        runs.confirm(run, by=request.user, seen=request.POST.get("seen", ""))
        return redirect("import-detail", run.pk)
    context = {"run": run, "seen": runs.stamp(run), "plan": shown.plan(run), "open_count": shown.open_count(run)}
    return render(request, "imports/confirm.html", context)


@require_GET
@for_importers
def import_template(request: PersonRequest, authority: int) -> HttpResponseBase:
    """The blank sheet, with the region codes of the authority's remit."""
    found = get_object_or_404(imports_for(request.user).select_related("region"), pk=authority)
    name = f"机构导入模板-{found.name}.xlsx"
    return attached(template_for(found), name=name, content_type=XLSX)


@require_GET
@with_import
def import_file(request: PersonRequest, run: InstitutionImport, which: str) -> HttpResponseBase:
    """The sheet as it was uploaded, once a cell has read it, or with its faulty cells marked."""
    file, word = (run.file, "原表") if which == "source" else (run.marked, "标注问题")
    if not file or not run.is_read:
        return redirect("import-detail", run.pk)
    append(FileDownloaded(file=which, sha256=run.sha256), by=request.user, subject=run)
    ending = str(file.name).rsplit(".", 1)[-1]
    name = f"机构导入{run.pk}-{word}-{timezone.localdate():%Y%m%d}.{ending}"
    return served(file, name=name, content_type=KINDS[ending])
