"""Confirming who holds a duty: what waits for oneself, what waits for one's confirmation, and the two decisions."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.confirming import recently_confirmed
from accounts.passwords import is_set_here
from accounts.requests import PersonRequest
from boundary.paths import asked_key
from boundary.rates import POSTS, limited
from duties import browsers, confirmers, holders, one_person
from duties.forms import HolderForm, ReasonForm
from institutions.models import Membership
from verbs.errors import Unacceptable


@require_GET
@never_cache
def mine(request: PersonRequest) -> HttpResponse:
    """The person's own duties: those that do not count yet, with whom to ask and the code that they are asked for, and
    those that do, since when and by whose confirmation.

    The code is shown in the browser in which they set their password. A demo's passwords are everybody's.
    """
    waiting = list(holders.waiting_of(request.user))
    if request.htmx:  # the page asks by itself whether it is still as it was; a new menu comes with all of the page
        is_as_shown = request.GET.get("waits") == str(len(waiting))
        return HttpResponse(status=204) if is_as_shown else HttpResponse(headers={"HX-Refresh": "true"})
    is_set = is_set_here(request) or (settings.DEMO and request.user.is_demo)
    context = {
        "in_force": holders.in_force_of(request.user),
        "waiting": [(each, confirmers.whom_to_ask(each)) for each in waiting],
        "code": holders.code_of(request.user) if waiting and is_set else "",
    }
    return render(request, "duties/waiting.html", context)


@require_GET
def holder_list(request: PersonRequest) -> HttpResponse:
    """Whose holding of a duty the person may confirm, at the place that they act for."""
    return render(request, "duties/holders.html", {"waiting": confirmers.waiting_for(request.user)})


@require_http_methods(["GET", "POST"])
@limited("join", methods=POSTS)
@recently_confirmed
@never_cache
@sensitive_post_parameters("code")
def holder(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask what was seen, then let the duty count."""
    membership = _found(request, pk)
    form = HolderForm(request.POST if request.method == "POST" else None, person=membership.user)
    if request.method == "POST" and form.is_valid():
        shown = frozenset(key for each in request.POST.getlist("duty") if (key := asked_key(each)) is not None)
        browser = browsers.brought_by(request)
        try:
            confirmed = holders.confirm(membership, form.look, by=request.user, browser=browser, shown=shown)
        except Unacceptable as refusal:  # duties and code may have changed since the page was opened
            form.add_error(refusal.field, str(refusal))
        else:
            duties = "、".join(each.get_duty_display() for each in confirmed)
            words = f"已确认{membership.user.full_name}是本人，{membership.place}的职责生效：{duties}。"
            messages.success(request, words)
            return redirect("holders")
    return _page(request, membership, form, ReasonForm())


@require_POST
@recently_confirmed
def decline(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that it is somebody else, with a reason: what waits for them at the place ends."""
    membership = _found(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, membership, HolderForm(person=membership.user), form)
    holders.decline(membership, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"没有确认{membership.user.full_name}，等待的职责已解除。")
    return redirect("holders")


def _found(request: PersonRequest, pk: int) -> Membership:
    return get_object_or_404(confirmers.waiting_for(request.user), pk=pk)


def _page(request: PersonRequest, membership: Membership, form: HolderForm, refusing: ReasonForm) -> HttpResponse:
    why_not = one_person.why_not_seen_by(membership.user, request.user, browser=browsers.brought_by(request))
    together = holders.confirmed_together(membership, request.user)
    context = {"held": membership, "together": together, "form": form, "refusing": refusing, "why_not": why_not}
    status = 422 if form.errors or refusing.errors else 200
    return render(request, "duties/holder.html", context, status=status)
