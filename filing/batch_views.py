"""Many filings at once: asking about what was ticked, ordering it, and what became of each."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PersonRequest
from boundary.paths import asked_key
from filing import batches
from filing.models import Batch, Filing
from filing.viewer import ViewedFiling, Viewer
from institutions.models import Duty, has_duty
from once.sending import sent_once

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@sent_once
def batch_list(request: PersonRequest) -> HttpResponse:
    """Order an act for all ticked rows; or list what was ordered before, the newest first."""
    if request.method == "POST":
        return _order(request)
    if not has_duty(request.user, Duty.REVIEWER):
        raise PermissionDenied
    every = Batch.objects.visible_to(request.user).with_counts().select_related("ordered_by", "authority")
    page = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "filing/batch_list.html", {"page": page})


def _order(request: PersonRequest) -> HttpResponse:
    act = _wanted(request)
    rows = _ticked(request)
    if not rows:
        return _nothing_ticked(request)
    if act.asks_first and not request.POST.get("sure"):
        # Sent by no page of ours; an error status, so that the form of the page that follows counts as its first.
        return _ask(request, act, rows, status=422)
    batch = batches.order(act, [row.filing for row in rows], by=request.user)
    return redirect("filing-batch-detail", batch.pk)


@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """Ask once about what cannot be undone. Nothing is done yet."""
    act = _wanted(request)
    rows = _ticked(request)
    return _ask(request, act, rows) if rows else _nothing_ticked(request)


@require_GET
def detail(request: PersonRequest, batch: int) -> HttpResponse:
    """One batch: how far it is, and what became of each filing."""
    row = get_object_or_404(
        Batch.objects.visible_to(request.user).with_counts().select_related("ordered_by", "authority"), pk=batch
    )
    named = ("elder_care", "medical", "frozen")
    rows = row.rows.select_related(*(f"filing__agreement__{each}" for each in named))
    rows = rows.defer("filing__agreement__frozen__body")
    return render(request, "filing/batch_detail.html", {"batch": row, "rows": rows})


def _wanted(request: PersonRequest) -> batches.Act:
    act = batches.ACTS.get(request.POST.get("verb", ""))
    if act is None:
        raise Http404
    return act


def _nothing_ticked(request: PersonRequest) -> HttpResponse:
    messages.error(request, "请先勾选要办理的备案。")
    return redirect(_list_as_it_was(request))


def _list_as_it_was(request: PersonRequest, rows: Iterable[ViewedFiling] = ()) -> str:
    """Return the address of the list from which was sent: its group, filters and page, with these rows ticked."""
    query = QueryDict(request.POST.get("list", ""), mutable=True)
    query.setlist("ticked", [str(row.filing.pk) for row in rows])
    return f"{reverse('filing-list')}?{query.urlencode()}"


def _ask(request: PersonRequest, act: batches.Act, rows: list[ViewedFiling], status: int = 200) -> HttpResponse:
    """Name first what is left out because something is objected to."""
    seen = Viewer(request.user).with_objections(rows)
    context = {
        "act": act,
        "left_out": [row for row in seen if row.objections],
        "rows": [row for row in seen if not row.objections],
        "back": _list_as_it_was(request, seen),
    }
    return render(request, "filing/batch_confirm.html", context, status=status)


def _ticked(request: PersonRequest) -> list[ViewedFiling]:
    """Return the ticked rows, most urgent first; 404 for one unseen, 403 for one that another authority decides."""
    asked = request.POST.getlist("filing")[: batches.MOST]
    ids = {key for each in asked if (key := asked_key(each)) is not None}
    filings = Filing.objects.visible_to(request.user).with_clock(timezone.localdate()).with_parties()
    viewer = Viewer(request.user)
    rows = [viewer.of(filing) for filing in filings.filter(pk__in=ids).by_urgency()]
    if len(rows) < len(ids):
        raise Http404
    if not all(row.reviews for row in rows):
        raise PermissionDenied
    return rows
