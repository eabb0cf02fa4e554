"""The platform administrator's page of what the workers do: how much waits, what was given up, trying it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import PersonRequest
from duties import background
from duties.permissions import refuse_unless_platform_administrator
from jobs import signs
from jobs.standing import standings, walks
from regions.models import LeftOutProblem

PROGRAMS = {signs.WORKER: "后台处理程序（worker）", signs.CLOCK: "定时程序（beat）"}


@require_GET
@never_cache
def overview(request: PersonRequest) -> HttpResponse:
    """How many jobs of each kind wait and are under way, those that failed lately, and files that were left out."""
    refuse_unless_platform_administrator(request.user)
    failing_first = sorted(standings(), key=lambda standing: not standing.failed)
    broker_answers, signs_of_life = signs.seen()
    context = {
        "standings": failing_first,
        "walks": walks(),
        "left_out": LeftOutProblem.objects.all(),
        "broker_answers": broker_answers,
        "programs": [(PROGRAMS[who], is_alive) for who, is_alive in signs_of_life.items()],
    }
    return render(request, "duties/background.html", context)


@require_POST
def again(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Let a failed job wait once more, of a kind that nobody can order anew."""
    refuse_unless_platform_administrator(request.user)
    found = background.tried_again_by_hand(kind, pk)
    if found is None:
        raise Http404
    if background.try_again(*found, by=request.user):
        messages.success(request, "已让它重新处理。")
    else:
        messages.info(request, "它已经不在失败的状态，不用再处理。")
    return redirect("platform-background")
