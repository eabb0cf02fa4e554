"""Eligibility as the health authority checks and decides it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from chinese.sentences import joined
from eligibility import reviewing
from eligibility.forms import ConfirmForm, ReasonForm, ReviewForm, rows
from eligibility.lifecycle import CONFIRM, LIFE, RETURN, REVIEW, WITHDRAW, StaleCase, Step
from eligibility.models import EligibilityCase
from eligibility.permissions import with_review
from verbs.errors import Unacceptable

UNPROCESSABLE, CONFLICT = 422, 409
ONWARD = {"confirm": "eligibility-confirm", "return": "eligibility-return"}


@require_http_methods(["GET", "POST"])
@with_review
def review(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    """Check item by item, the evidence in view; `go` leads on to the decision."""
    LIFE.check(case, REVIEW)
    reviewing.refuse_their_own(case, request.user)
    form = ReviewForm(request.POST or None, case=case)
    if request.method == "GET":
        return _review(request, case, form)
    if not form.is_valid():
        return _review(request, case, form, status=UNPROCESSABLE)
    try:
        kept = reviewing.review(case, by=request.user, revision=form.cleaned_data["revision"], findings=form.findings)
    except StaleCase:
        return _review(request, case, form, status=CONFLICT, is_stale=True)
    go = request.POST.get("go", "")
    if go == "confirm" and (unmet := reviewing.unmet(kept)):
        return _review(request, kept, ReviewForm(case=kept), status=UNPROCESSABLE, problems=unmet)
    if go not in ONWARD:
        messages.success(request, "核对结果已保存。")
    return redirect(ONWARD.get(go, "eligibility-review"), case.pk)


def _review(
    request: PersonRequest, case: EligibilityCase, form: ReviewForm, status: int = 200, **more: object
) -> HttpResponse:
    shown = rows(case, form)
    first = next((file for row in shown for file in row.evidence), None)
    context = {"case": case, "form": form, "rows": shown, "first": first, **more}
    return render(request, "eligibility/review.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_review
def confirm(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    LIFE.check(case, CONFIRM)
    reviewing.refuse_their_own(case, request.user)
    start, end = reviewing.default_validity(case, timezone.localdate())
    form = ConfirmForm(request.POST or None, initial={"valid_from": start, "valid_to": end})
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.confirm(case, by=request.user, **form.cleaned_data)
        except Unacceptable as problem:
            form.add_error(problem.field, str(problem))
        else:
            messages.success(request, f"已确认{case.institution.name}符合资格条件。")
            return redirect("eligibility-case", case.pk)
    return _act(request, case, CONFIRM, form)


@require_http_methods(["GET", "POST"])
@with_review
def return_(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    LIFE.check(case, RETURN)
    reviewing.refuse_their_own(case, request.user)
    unmet = [f"{row.item.label}：{row.answer.finding or '不符合'}" for row in rows(case) if row.answer.is_met is False]
    form = ReasonForm(request.POST or None, initial={"reason": joined(unmet)[:500]})
    if request.method == "POST" and form.is_valid():
        reviewing.return_(case, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已退回{case.institution.name}。")
        return redirect("eligibility-case", case.pk)
    return _act(request, case, RETURN, form)


@require_http_methods(["GET", "POST"])
@with_review
def withdraw(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    LIFE.check(case, WITHDRAW)
    reviewing.refuse_their_own(case, request.user)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reviewing.withdraw(case, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已撤销{case.institution.name}的资格。")
        return redirect("eligibility-case", case.pk)
    return _act(request, case, WITHDRAW, form)


def _act(
    request: PersonRequest,
    case: EligibilityCase,
    act: Step,
    form: ConfirmForm | ReasonForm,
) -> HttpResponse:
    status = UNPROCESSABLE if form.errors else 200
    context = {"case": case, "act": act, "form": form}
    return render(request, f"eligibility/{act.verb}.html", context, status=status)
