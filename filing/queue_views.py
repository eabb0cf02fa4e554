"""The queue of filings and its ledger. Nothing here changes a filing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from boundary.paths import asked_key
from boundary.rates import limited
from filing.filters import ALL_GROUP, FilingFilter
from filing.viewer import Viewer
from frame.following import page_of


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
