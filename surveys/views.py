"""The survey as the institution sees and fills it, and two institutions' services side by side."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import PersonRequest
from boundary.paths import asked_key
from institutions.models import Institution, Role, institutions_kept_by, is_official, keeps_facts_of
from once.sending import sent_once
from surveys import saving, worklist
from surveys.checking import Incomplete
from surveys.comparing import blocks, differences, other_side, partners_to_compare, services, side_by_side
from surveys.forms import SurveyForm
from surveys.models import Survey, SurveyRound
from surveys.permissions import can_compare, with_own_survey, with_survey
from surveys.questions import SERVICES_WORD
from surveys.service_catalogue import catalogue

UNPROCESSABLE, CONFLICT = 422, 409
MOST_ROUNDS = 50  # the newest; figures are calculated for each


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """What the person's institutions were asked and have said; for officials the rounds of their area."""
    rounds = SurveyRound.objects.visible_to(request.user).select_related("authority__region")
    context = {
        "own": worklist.own_surveys(request.user),
        "rounds": worklist.rounds_with_figures(request.user, rounds[:MOST_ROUNDS]) if is_official(request.user) else [],
        "is_official": is_official(request.user),
        "fills": institutions_kept_by(request.user).exists(),
    }
    return render(request, "surveys/home.html", context)


@require_GET
@with_survey
def detail(request: PersonRequest, institution: Institution) -> HttpResponse:
    """One edition, the newest without `?edition=`, with what is otherwise than in the one before."""
    editions = list(institution.surveys.saved().select_related("saved_by", "institution"))
    wanted = request.GET.get("edition", "")
    shown = next((each for each in editions if str(each.edition) == wanted), editions[0] if editions else None)
    earlier = next((each for each in editions if shown and (each.edition or 0) < (shown.edition or 0)), None)
    context = {
        "institution": institution,
        "editions": editions,
        "shown": shown,
        "earlier": earlier,
        "blocks": blocks(shown, earlier) if shown else [],
        "services": services(shown, earlier) if shown else [],
        "services_word": SERVICES_WORD[Role(institution.role)],
        "catalogue": catalogue(),
        "may_fill": keeps_facts_of(request.user, institution),
        "rounds": worklist.rounds_waiting_for(institution),
    }
    return render(request, "surveys/detail.html", context)


@require_http_methods(["GET", "POST"])
@with_own_survey
@sent_once
def edit(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Fill in; `go` says whether to keep the draft or to hand it in."""
    form = SurveyForm(request.POST or None, draft=saving.draft_of(institution))
    if request.method == "GET":
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, status=UNPROCESSABLE)
    try:
        return _kept(request, institution, form)
    except Incomplete as problem:
        for finding in problem.findings:
            form.add_error(finding.field, finding.text)
        doubtful = not any(finding.is_error for finding in problem.findings)
        return _form(request, form, status=UNPROCESSABLE, is_doubtful=doubtful)
    except saving.StaleSurvey as stale:
        return _stale(request, form, stale.newer)


def _kept(request: PersonRequest, institution: Institution, form: SurveyForm) -> HttpResponse:
    revision = form.cleaned_data["revision"]
    if request.POST.get("go") != "submit":
        saving.save_draft(institution, by=request.user, revision=revision, values=form.values)
        messages.success(request, "已保存，还没有提交。可以随时回来接着填。")
        return redirect("survey-edit", institution.pk)
    confirmed = form.cleaned_data["are_confirmed"]
    row = saving.hand_in(institution, by=request.user, revision=revision, values=form.values, are_confirmed=confirmed)
    messages.success(request, f"已提交第 {row.edition} 次摸底信息。情况有变化时可以再填，以最新一次为准。")
    return redirect("survey-detail", institution.pk)


def _stale(request: PersonRequest, form: SurveyForm, newer: Survey) -> HttpResponse:
    """Show what was typed beside what somebody else saved; saving again is then a decision."""
    lines = list(differences(form.as_survey(), newer))
    return _form(request, form.renewed(newer), status=CONFLICT, newer=newer, newer_lines=lines)


def _form(request: PersonRequest, form: SurveyForm, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "form": form,
        "institution": form.institution,
        "rounds": worklist.rounds_waiting_for(form.institution),
        "catalogue": catalogue(),
        **more,
    }
    return render(request, "surveys/edit.html", context, status=status)


@require_GET
@with_survey
def beside(request: PersonRequest, institution: Institution) -> HttpResponse:
    """The services that one side wants beside those that the other offers; `?with=` names the other."""
    query, chosen = request.GET.get("q", ""), asked_key(request.GET.get("with", ""))
    other = get_object_or_404(Institution.objects.visible_to(request.user), pk=chosen) if chosen is not None else None
    if other is not None and not can_compare(request.user, institution, other):
        raise PermissionDenied
    context = {
        "institution": institution,
        "other": other,
        "query": query,
        "other_side": other_side(institution),
        "found": partners_to_compare(institution, query=query, user=request.user),
        **_both(institution, other),
    }
    return render(request, "surveys/beside.html", context)


def _both(institution: Institution, other: Institution | None) -> dict[str, object]:
    if other is None:
        return {}
    home, medical = (institution, other) if institution.role == Role.ELDER_CARE else (other, institution)
    wanting, offering = home.surveys.saved().first(), medical.surveys.saved().first()
    lines = side_by_side(wanting, offering)
    return {
        "home": home,
        "medical": medical,
        "wanting": wanting,
        "offering": offering,
        "lines": lines,
        "wanted": sum(line.is_wanted for line in lines),
        "met": sum(line.is_met for line in lines),
    }
