"""Ordering a list to take along, following it, fetching its file, letting it go. All of it is one person's own."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import PersonRequest
from audit.log import append
from boundary.events import FileDownloaded
from boundary.rates import limited
from boundary.serving import served
from boundary.workbooks.ledgers import XLSX
from exports import making, ordering
from exports.models import Export
from exports.permissions import with_export
from exports.sockets import listed
from once.sending import sent_once
from uploads.shown import reload_of
from verbs.errors import NotAllowed, WrongState

PER_PAGE = 25
TO_OLD = "这份文件已经过了保留的日期，不再保留。需要时请重新导出。"


@require_GET
def export_list(request: PersonRequest) -> HttpResponse:
    """What the person has ordered for the place that they act for, the newest first."""
    page = Paginator(Export.objects.visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "exports/list.html", {"page": page, "kept_days": making.KEPT_DAYS})


@require_POST
@limited("export")
@sent_once
def export_order(request: PersonRequest, slug: str) -> HttpResponse:
    """Order what the list shows at this query, and lead to where it is followed."""
    try:
        export = ordering.order(slug, request.GET, by=request.user)
    except LookupError as error:
        raise Http404 from error
    return redirect("export-detail", export.pk)


@require_GET
@with_export
def export_detail(request: PersonRequest, export: Export) -> HttpResponse:
    """How far one is, or what came of it."""
    which = listed(export.slug)
    context = {
        "export": export,
        "progress": making.progress_of(export),
        "reload": reload_of(request) if export.is_under_way else None,
        "list_address": which.address(QueryDict(export.query)),
        "again": f"{reverse('export-order', args=[export.slug])}?{export.query}",
        "counts": making.still_counts(export, request.user),
        "kept_days": making.KEPT_DAYS,
        "kept_until": making.kept_until(export),
    }
    return render(request, "exports/detail.html", context)


@require_GET
@limited("export")
@with_export
def export_file(request: PersonRequest, export: Export) -> HttpResponseBase:
    """Give out the file, to whom it was made for and as long as they hold what they saw it by."""
    if not making.still_counts(export, request.user):
        raise NotAllowed(making.ENDED)
    if not export.file:
        raise WrongState(TO_OLD if export.state == Export.State.DONE else "这份导出还没有文件。")
    append(FileDownloaded(sha256=export.sha256, file=export.name), by=request.user, subject=request.user)
    return served(export.file, name=export.name, content_type=XLSX)


@require_POST
@with_export
def export_delete(request: PersonRequest, export: Export) -> HttpResponse:
    """Let it go; one that is being written is cancelled."""
    ordering.delete(export)
    messages.success(request, "已取消这份导出。" if export.is_under_way else "已删除这份导出和它的文件。")
    return redirect("export-list")
