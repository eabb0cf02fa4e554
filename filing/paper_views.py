"""One filing's page and its papers. Nothing here changes a filing."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from audit.log import append
from boundary.serving import served
from filing.events import ReceiptDownloaded
from filing.forms import HandOverForm
from filing.hand_ins import corrections
from filing.history import lines
from filing.models import Filing, Receipt
from filing.papers import enclosures, own_copy
from filing.permissions import with_filing
from filing.rescans import certified_since, may_ask_unfiled, not_certified_yet
from filing.reviewing import beside
from filing.viewer import Viewer
from filing.worklist import next_to_review
from institutions.models import is_official


@require_GET
@with_filing
def filing_detail(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Officials review beside the text; the parties see where their copy stands."""
    viewed = Viewer(request.user).of(filing)
    context = {
        "filing": filing,
        "viewed": viewed,
        "history": lines(filing),
    }
    if not is_official(request.user):
        context |= {**enclosures(filing), "rescan_waits": not_certified_yet(filing)}
        context["may_ask_unfiled"] = filing.state == Filing.State.CLOSED and may_ask_unfiled(
            filing.agreement, request.user
        )
        context["rescanned"] = certified_since(filing.agreement, filing.decided_at)
        context["corrections"] = corrections(filing, request.user)
        return render(request, "filing/detail.html", context)
    context |= {
        **beside(request, filing),
        "next": next_to_review(request.user, after=filing) if viewed.reviews or viewed.is_their_own else None,
        "why_nobody": HandOverForm(None, filing=filing).why_nobody if viewed.is_mine and viewed.reviews else "",
    }
    return render(request, "filing/review.html", context)


@require_GET
@with_filing
def receipt_panel(request: PersonRequest, filing: Filing) -> HttpResponse:
    """The receipt as it stands now; the page asks again while the worker is at it."""
    return render(request, "filing/_receipt.html", {"filing": filing})


@require_GET
@with_filing
def download_receipt(request: PersonRequest, filing: Filing) -> HttpResponseBase:
    receipt = get_object_or_404(Receipt, filing=filing, state=Receipt.State.READY)
    append(ReceiptDownloaded(filing=filing.pk), by=request.user, subject=filing.agreement)
    name = f"备案回执-{filing.number}.pdf"
    return served(receipt.file, name=name, content_type="application/pdf")


@require_GET
@with_filing
def show_copy(request: PersonRequest, filing: Filing) -> HttpResponseBase:
    """Show the authority's own numbered copy beside the text: like the text it is read there, and not downloaded."""
    copy = own_copy(filing)
    if copy is None:
        raise Http404
    name = f"{filing.agreement.number}-正本{copy.number}-{copy.holder_label}.pdf"
    return served(copy.newest.file, name=name, content_type="application/pdf", framed=True)
