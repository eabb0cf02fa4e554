"""What the clerks of the two parties do: submit, take back, submit again. One act each; each asks once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from filing import lifecycle
from filing.forms import ResubmitForm, SubmitForm
from filing.models import Filing
from filing.papers import enclosures
from filing.permissions import with_own_filing
from filing.rescans import certified_since, not_certified_yet
from once.sending import sent_once


@require_http_methods(["GET", "POST"])
@with_own_filing
def submit(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Submit the authority's own copy."""
    lifecycle.check_state(filing, lifecycle.SUBMIT)
    form = SubmitForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        lifecycle.submit(filing, by=request.user, remark=form.cleaned_data["remark"])
        messages.success(request, f"已报送{filing.authority}。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "form": form, "act": lifecycle.SUBMIT, **enclosures(filing)}
    return render(request, "filing/act/submit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_own_filing
def withdraw(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Take back what nobody has taken up yet, after asking once."""
    lifecycle.check_state(filing, lifecycle.WITHDRAW)
    if request.method == "POST":
        lifecycle.withdraw(filing, by=request.user)
        messages.success(request, f"已撤回报送{filing.authority}的备案，期限不变。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "act": lifecycle.WITHDRAW}
    return render(request, "filing/act/withdraw.html", context)


@require_http_methods(["GET", "POST"])
@with_own_filing
@sent_once
def resubmit(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Submit again what was returned, and say what was corrected."""
    lifecycle.check_state(filing, lifecycle.RESUBMIT)
    form = ResubmitForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        new = lifecycle.resubmit(filing, by=request.user, remark=form.cleaned_data["remark"])
        messages.success(request, f"已重新报送{filing.authority}，这是第 {new.round} 次。")
        return redirect("filing-detail", new.pk)
    context = {"filing": filing, "form": form, "act": lifecycle.RESUBMIT, **enclosures(filing, anew=True)}
    context |= {"may_rescan": True, "rescan_waits": not_certified_yet(filing)}
    context["rescanned"] = certified_since(filing.agreement, filing.decided_at)
    return render(request, "filing/act/resubmit.html", context, status=422 if form.errors else 200)
