"""The queue of filings and its ledger. Nothing here changes a filing."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from audit.log import append
from boundary.events import ListExported
from boundary.paths import asked_key
from boundary.rates import limited
from boundary.serving import attached
from boundary.workbooks.ledgers import XLSX
from filing.filters import ALL_GROUP, FilingFilter
from filing.ledger import write_ledger
from filing.viewer import Viewer
from frame.following import page_of

LEDGER = "医养签约合作协议备案台账"


@require_GET
@limited("search")
def filing_list(request: PersonRequest) -> HttpResponse:
    """The same address for both sides: officials see their queue, clerks what they have to submit."""
    queue = FilingFilter(request.GET, user=request.user)
    tabs = list(queue.tabs())
    page = page_of(queue.rows, request.GET)
    viewer = Viewer(request.user)
    context = {
        "filter": queue,
        "tabs": tabs,
        "page": page,
        "rows": viewer.with_objections(viewer.of(filing) for filing in page),
        "of_one_side": bool(viewer.reads_for),
        "can_decide": bool(viewer.decides_for),
        "ticked": {asked_key(each) for each in request.GET.getlist("ticked")},  # of who comes back from a question
        # A reviewer's groups are all their own authority's, but for the last.
        "names_authority": not viewer.decides_for or queue.group.slug == ALL_GROUP.slug,
    }
    return render(request, "filing/list.html", context)


@require_GET
@limited("export")
def filing_export(request: PersonRequest) -> HttpResponseBase:
    """The ledger of all filings, or of the group that is named, by the day on which they were accepted."""
    queue = FilingFilter({"group": ALL_GROUP.slug, **request.GET.dict()}, user=request.user)
    queue.form.is_valid()
    asked = queue.in_words()
    append(ListExported(list=LEDGER, asked=asked), by=request.user, subject=request.user)
    file = write_ledger(queue.by_acceptance, asked=asked, by=request.user)
    return attached(file, name=f"{LEDGER}-{timezone.localdate():%Y%m%d}.xlsx", content_type=XLSX)
