"""Ending an agreement early, renewing it and supplementing it. One act each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.lifecycle.overlap import when_it_joins
from agreements.models import Agreement
from agreements.permissions import can_edit_draft, with_own_agreement
from agreements.term.forms import TerminateForm
from once.sending import sent_once
from verbs.errors import Unacceptable, WrongState


@require_http_methods(["GET", "POST"])
@with_own_agreement
def terminate(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """End an agreement before its term, after asking for the last day and the reason."""
    if agreement.state not in lifecycle.TERMINATE.sources:
        raise WrongState(f"这份协议现在是“{agreement.get_state_display()}”，不能终止。请刷新查看。")
    form = TerminateForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.terminate(agreement, by=request.user, **form.cleaned_data)
        except Unacceptable as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, f"协议 {agreement.number} 已终止，双方和以后的统计都以您填写的最后一天为准。")
            return redirect("agreement-detail", agreement.number)
    context = {"agreement": agreement, "form": form, "act": lifecycle.TERMINATE}
    return render(request, "agreements/term/terminate.html", context, status=422 if form.errors else 200)


@require_POST
@with_own_agreement
@sent_once
def renew(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Open the renewal, or go to the one already open."""
    renewal = lifecycle.start_renewal(agreement, by=request.user)
    if joins := when_it_joins(renewal, on=timezone.localdate()):
        messages.warning(request, joins)
    return _go_to(request, agreement, renewal, "对方已经在起草续签，送您确认时会出现在您的待办里。")


@require_POST
@with_own_agreement
@sent_once
def replace(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Open what takes the agreement's place long before it ends, or go to what already does."""
    replacement = lifecycle.start_replacement(agreement, by=request.user)
    return _go_to(request, agreement, replacement, "对方已经在起草接替这份协议的新协议，送您确认时会出现在您的待办里。")


@require_POST
@with_own_agreement
@sent_once
def supplement(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Open a supplementary agreement."""
    new = lifecycle.start_supplement(agreement, by=request.user)
    return _go_to(request, agreement, new, "")


def _go_to(request: PersonRequest, old: Agreement, new: Agreement, unseen: str) -> HttpResponse:
    if not Agreement.objects.visible_to(request.user).filter(pk=new.pk).exists():
        messages.info(request, unseen)
        return redirect("agreement-detail", old.number)
    if new.state == Agreement.State.DRAFT and can_edit_draft(request.user, new):
        return redirect("draft-resume", new.number)
    return redirect("agreement-detail", new.number)
