"""Survey rounds as officials see them: asking, who has answered, ending, the ledger."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import PersonRequest
from once.sending import sent_once
from surveys import rounds
from surveys.forms import AskForm
from surveys.lifecycle import CLOSE, LIFE
from surveys.models import SurveyRound
from surveys.permissions import for_reviewers, with_own_round, with_round
from surveys.worklist import figures, in_remit

PER_PAGE = 25
UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
@for_reviewers
@sent_once
def ask(request: PersonRequest) -> HttpResponse:
    form = AskForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else UNPROCESSABLE
        return render(request, "surveys/ask.html", {"form": form}, status=status)
    opened = rounds.ask(by=request.user, **form.cleaned_data)
    asked = figures(request.user, opened).asked
    messages.success(request, f"已发起摸底，{asked} 家机构会在待办和消息里看到。")
    return redirect("survey-round", opened.pk)


@require_GET
@with_round
def detail(request: PersonRequest, opened: SurveyRound) -> HttpResponse:
    """Who has answered and who has not; `?show=answered` turns the list over."""
    show_answered = request.GET.get("show") == "answered"
    listed = opened.answered() if show_answered else opened.unanswered()
    found = in_remit(listed, request.user).with_profiles().order_by("region__code", "role", "name", "id")
    context = {
        "opened": opened,
        "figures": figures(request.user, opened),
        "show_answered": show_answered,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "may_close": LIFE.allows(opened, CLOSE, by=request.user),
    }
    return render(request, "surveys/round.html", context)


@require_http_methods(["GET", "POST"])
@with_own_round
def close(request: PersonRequest, opened: SurveyRound) -> HttpResponse:
    """Asks once, because what has not come by then is missing from this round for good."""
    if request.method == "POST":
        rounds.close(opened, by=request.user)
        messages.success(request, f"“{opened.title}”已结束。")
        return redirect("survey-round", opened.pk)
    context = {"opened": opened, "figures": figures(request.user, opened)}
    return render(request, "surveys/close.html", context)
