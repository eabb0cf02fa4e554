"""What the reviewers of an authority do: take up, accept, return, hand over; one by one or many at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from boundary.paths import asked_key
from filing import batches, lifecycle
from filing.forms import HandOverForm, ReturnForm
from filing.models import Filing
from filing.permissions import with_review
from filing.viewer import ViewedFiling, Viewer
from filing.worklist import next_to_review


@require_POST
@with_review
def take_up(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Begin the review; nothing is decided by it."""
    lifecycle.take_up(filing, by=request.user)
    return redirect("filing-detail", filing.pk)


@require_http_methods(["GET", "POST"])
@with_review
def accept(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Accept after asking once: the number is issued for good."""
    lifecycle.check_state(filing, lifecycle.ACCEPT)
    if request.method == "POST":
        accepted = lifecycle.accept(filing, by=request.user)
        return _on_to_the_next(request, filing, f"已受理，备案号 {accepted.number}。正在生成备案回执。")
    return render(request, "filing/act/accept.html", {"filing": filing, "act": lifecycle.ACCEPT})


@require_http_methods(["GET", "POST"])
@with_review
def return_for_correction(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Return the copy with reasons."""
    lifecycle.check_state(filing, lifecycle.RETURN)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        lifecycle.return_(filing, by=request.user, reasons=form.cleaned_data["reasons"])
        return _on_to_the_next(request, filing, "已退回补正，双方机构会看到退回原因。")
    context = {"filing": filing, "form": form, "act": lifecycle.RETURN}
    return render(request, "filing/act/return.html", context, status=422 if form.errors else 200)


def _on_to_the_next(request: PersonRequest, filing: Filing, words: str) -> HttpResponse:
    """Say what was decided and open the most urgent of what still waits; where nothing does, show the decided one."""
    following = next_to_review(request.user, after=filing)
    if following is None:
        messages.success(request, words)
        return redirect("filing-detail", filing.pk)
    pair = f"{filing.agreement.elder_care}与{filing.agreement.medical}"
    messages.success(request, f"{pair}：{words}（在备案列表“最近办结”里可以再打开。）下面是下一件。")
    return redirect("filing-detail", following.pk)


@require_http_methods(["GET", "POST"])
@with_review
def hand_over(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Give the review to a colleague, or take it over from one."""
    lifecycle.check_state(filing, lifecycle.HAND_OVER)
    form = HandOverForm(request.POST if request.method == "POST" else None, filing=filing)
    if form.is_bound and form.is_valid():
        colleague = form.cleaned_data["to"]
        lifecycle.hand_over(filing, by=request.user, to=colleague)
        messages.success(request, f"已转交{colleague}审核。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "form": form, "act": lifecycle.HAND_OVER}
    return render(request, "filing/act/hand_over.html", context, status=422 if form.errors else 200)


@require_POST
def batch(request: PersonRequest) -> HttpResponse:
    """Do one act to all ticked rows; show what became of each. What cannot be undone is asked once before."""
    wanted = batches.BATCHES.get(request.POST.get("verb", ""))
    if wanted is None:
        raise Http404
    rows = _ticked(request)
    if not rows:
        messages.error(request, "请先勾选要办理的备案。")
        return redirect("filing-list")
    if wanted.asks_first and not request.POST.get("sure"):
        return _asked(request, wanted, rows)
    results = batches.run(wanted, [row.filing for row in rows], by=request.user)
    done = sum(result.done for result in results)
    context = {"batch": wanted, "results": results, "done": done, "refused": len(results) - done}
    return render(request, "filing/batch_result.html", context)


def _asked(request: PersonRequest, wanted: batches.Batch, rows: list[ViewedFiling]) -> HttpResponse:
    """Ask once, and name first what is left out because something is objected to."""
    seen = Viewer(request.user).with_objections(rows)
    context = {
        "batch": wanted,
        "left_out": [row for row in seen if row.objections],
        "rows": [row for row in seen if not row.objections],
    }
    return render(request, "filing/batch_confirm.html", context)


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
