"""Eligibility as everybody reads it, and as the institution answers it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PersonRequest
from audit.log import append
from boundary.events import FileDownloaded
from boundary.refused import UploadRefused
from boundary.serving import served
from boundary.uploads import ENDINGS
from eligibility import answering
from eligibility.checklist import Checklist, checklist_for
from eligibility.confirmation import valid_until
from eligibility.forms import AnswerForm, rows
from eligibility.lifecycle import ANSWER, CONFIRM, LIFE, WITHDRAW, StaleCase
from eligibility.models import EligibilityCase, EligibilityEvidence
from eligibility.permissions import (
    can_answer,
    can_begin,
    can_review,
    is_their_own,
    with_case,
    with_institution,
    with_own_case,
)
from eligibility.reviewing import THEIR_OWN
from frame.revision import revision_seen
from institutions.models import Institution
from once.sending import sent_once
from uploads.shown import under_way

PER_PAGE = 25
UNPROCESSABLE, CONFLICT = 422, 409
State = EligibilityCase.State
OF_REVIEWERS = CONFIRM.sources | WITHDRAW.sources


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Every case that the person may see; `?state=` narrows the list."""
    state = request.GET.get("state", "")
    visible = EligibilityCase.objects.visible_to(request.user).with_places()
    found = visible.filter(state=state) if state in State.values else visible
    page = Paginator(found.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "states": State.choices, "state": state}
    return render(request, "eligibility/list.html", context)


@require_GET
@with_institution
def institution(request: PersonRequest, place: Institution) -> HttpResponse:
    """One institution: what its region asks, what holds today, and every round."""
    visible = EligibilityCase.objects.visible_to(request.user).filter(institution=place)
    today = timezone.localdate()
    context = {
        "institution": place,
        "checklist": checklist_for(place),
        "until": valid_until([place], today).get(place.pk),
        "cases": visible.with_places(),
        "may_begin": can_begin(request.user, place) and not place.eligibility_cases.open().exists(),
    }
    return render(request, "eligibility/institution.html", context)


@require_POST
@with_institution
@sent_once
def begin(request: PersonRequest, place: Institution) -> HttpResponse:
    if not can_begin(request.user, place):
        raise PermissionDenied
    case = answering.begin(place, by=request.user)
    return redirect("eligibility-answer", case.pk)


@require_GET
@with_case
def detail(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    may_review, their_own = can_review(request.user, case), is_their_own(request.user, case)
    context = {
        "case": case,
        "rows": rows(case),
        "checklist": Checklist.from_json(case.checklist),
        "may_answer": can_answer(request.user, case),
        "may_review": may_review and not their_own,
        "their_own": THEIR_OWN if may_review and their_own and case.state in OF_REVIEWERS else "",
    }
    return render(request, "eligibility/case.html", context)


@require_http_methods(["GET", "POST"])
@with_own_case
@sent_once
def answer(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    """Fill the checklist in, with files; `go` says whether to stay or to go on to submitting it."""
    LIFE.check(case, ANSWER)
    if request.method == "GET":
        return _form(request, case, AnswerForm(case=case))
    form = AnswerForm(request.POST, request.FILES, case=case)
    if not form.is_valid():
        return _form(request, case, form, status=UNPROCESSABLE)
    try:
        kept = answering.answer(case, by=request.user, revision=form.cleaned_data["revision"], answers=form.answers)
    except StaleCase:
        return _form(request, case, form, status=CONFLICT, is_stale=True)
    return _kept(request, kept, form)


def _kept(request: PersonRequest, case: EligibilityCase, form: AnswerForm) -> HttpResponse:
    """Take files in and out; what was answered is kept already, whatever becomes of the files."""
    for evidence in case.evidence.filter(pk__in=form.cleaned_data["remove"]):
        answering.detach(evidence, by=request.user)
    refused = _send_all(request, case, form)
    goes_on = request.POST.get("go") == "submit"
    missing = answering.missing_of(case) if goes_on else []
    if not refused and goes_on and not missing:
        return redirect("eligibility-submit", case.pk)
    if not refused and not goes_on:
        messages.success(request, "已保存，还没有提交。可以随时回来接着填。")
        return redirect("eligibility-answer", case.pk)
    fresh = AnswerForm(case=case)
    problems = [*refused, *missing]
    return _form(request, case, fresh, status=UNPROCESSABLE, problems=problems)


def _send_all(request: PersonRequest, case: EligibilityCase, form: AnswerForm) -> list[answering.Missing]:
    refused = []
    for item, file in form.new_files:
        try:
            answering.send(case, item, file=file, by=request.user)
        except UploadRefused as refusal:
            refused.append(answering.Missing(item, f"“{item.label}”的文件{file.name}没有收下：{refusal}"))
    return refused


def _form(
    request: PersonRequest, case: EligibilityCase, form: AnswerForm, status: int = 200, **more: object
) -> HttpResponse:
    context = {
        "under_way": under_way(answering.EVIDENCE, case.pk, for_user=request.user),  # before the rows are read
        "case": case,
        "form": form,
        "rows": rows(case, form),
        "checklist": Checklist.from_json(case.checklist),
        **more,
    }
    return render(request, "eligibility/answer.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_own_case
def submit(request: PersonRequest, case: EligibilityCase) -> HttpResponse:
    """Asks once: after it the answers and files stay as they are."""
    LIFE.check(case, ANSWER)
    if request.method == "POST":
        try:
            answering.submit(case, by=request.user, revision=revision_seen(request.POST))
        except answering.Incomplete as problem:
            return _form(request, case, AnswerForm(case=case), status=UNPROCESSABLE, problems=problem.missing)
        except StaleCase:
            case.refresh_from_db()
            return _submit_page(request, case, status=CONFLICT, is_stale=True)
        messages.success(request, f"已提交{case.authority.name}核对。")
        return redirect("eligibility-case", case.pk)
    return _submit_page(request, case)


def _submit_page(request: PersonRequest, case: EligibilityCase, status: int = 200, **more: object) -> HttpResponse:
    context = {"case": case, "rows": rows(case), **more}
    return render(request, "eligibility/submit.html", context, status=status)


@require_GET
@with_case
def evidence(request: PersonRequest, case: EligibilityCase, evidence: int) -> HttpResponseBase:
    """Give one file as it was uploaded, as a download. Its pages are shown by `uploads`."""
    found = get_object_or_404(EligibilityEvidence.objects.filter(case=case), pk=evidence)
    item = Checklist.from_json(case.checklist).item(found.item)
    name = f"{case.institution.name}-{item.label if item else found.item}-{found.pk}.{ENDINGS[found.content_type]}"
    append(FileDownloaded(evidence=found.pk, sha256=found.sha256), by=request.user, subject=case.institution)
    return served(found.file, name=name, content_type=found.content_type)
