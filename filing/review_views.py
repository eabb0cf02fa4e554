"""What the reviewers of an authority do: take up, accept, return, hand over, one by one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from filing import lifecycle
from filing.filters import DECIDED_GROUP, RETURNED_GROUP, Group
from filing.forms import CloseForm, HandOverForm, ReturnForm
from filing.hand_ins import corrections, seen_by
from filing.models import Filing
from filing.permissions import with_review
from filing.reviewing import beside
from filing.worklist import next_to_review
from verbs.errors import WrongState


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
        accepted = lifecycle.accept(filing, by=request.user, hand_in_seen=seen_by(request))
        words = f"已受理，备案号 {accepted.number}。正在生成备案回执。"
        return _on_to_the_next(request, filing, words, found_under=DECIDED_GROUP)
    context = {"filing": filing, "act": lifecycle.ACCEPT, "waiting": corrections(filing, request.user).waiting}
    return render(request, "filing/act/accept.html", context)


@require_http_methods(["GET", "POST"])
@with_review
def return_for_correction(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Return the copy with reasons."""
    lifecycle.check_state(filing, lifecycle.RETURN)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        lifecycle.return_(filing, by=request.user, reasons=form.in_words)
        words = "已退回补正，双方机构会看到退回原因。"
        return _on_to_the_next(request, filing, words, found_under=RETURNED_GROUP)
    context = {"filing": filing, "form": form, "act": lifecycle.RETURN, **beside(request, filing)}
    return render(request, "filing/act/return.html", context, status=422 if form.errors else 200)


def _on_to_the_next(request: PersonRequest, filing: Filing, words: str, *, found_under: Group) -> HttpResponse:
    """Say what was decided and open the most urgent of what still waits; where nothing does, show the decided one."""
    following = next_to_review(request.user, after=filing)
    if following is None:
        messages.success(request, words)
        return redirect("filing-detail", filing.pk)
    pair = f"{filing.agreement.elder_care}与{filing.agreement.medical}"
    messages.success(request, f"{pair}：{words}（在备案列表“{found_under.word}”里可以再打开。）下面是下一件。")
    return redirect("filing-detail", following.pk)


@require_http_methods(["GET", "POST"])
@with_review
def close(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Waive what is still owed of an agreement that has ended, with the reason."""
    returned = filing.state == Filing.State.RETURNED
    step, verb = (lifecycle.CLOSE, lifecycle.close) if returned else (lifecycle.WAIVE, lifecycle.waive)
    lifecycle.check_state(filing, step)
    if in_the_way := lifecycle.still_in_force(filing):
        raise WrongState(in_the_way)
    form = CloseForm(request.POST if request.method == "POST" else None, act=step.label)
    if form.is_bound and form.is_valid():
        closed = verb(filing, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "已结案，双方机构会看到原因，不再提醒报送。")
        return redirect("filing-detail", closed.pk)
    context = {"filing": filing, "form": form, "act": step}
    return render(request, "filing/act/close.html", context, status=422 if form.errors else 200)


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
