"""The wizard's pages: one step is shown or saved at a time; everything else is an act of its own."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.documents.partner_letter import partner_letter_pdf
from agreements.drafting.forms import StepForm, TermsForm
from agreements.drafting.saving import save_step
from agreements.drafting.steps import BY_SLUG, Step, first_unfinished, neighbour, progress_of_steps
from agreements.drafting.two_windows import merge, still_open, with_choices
from agreements.lifecycle.approved import standing_before_drafting
from agreements.lifecycle.candidates import assess, assess_all, candidates
from agreements.lifecycle.checking import Finding, blocking, findings
from agreements.lifecycle.clashes import Clash
from agreements.lifecycle.errors import StaleDraft
from agreements.lifecycle.letters import WHO_REGISTERS, write_registering_letter
from agreements.lifecycle.marks import renamings
from agreements.lifecycle.rounds import remarked_round
from agreements.lifecycle.succession import ends_when_in_force
from agreements.lifecycle.ways import offered
from agreements.models import Agreement, TemplateVersion
from agreements.permissions import with_draft, with_own_agreement
from boundary.rates import limited
from boundary.serving import disposition, guarded
from boundary.turns import in_turn
from institutions.models import Duty, has_duty, institutions_of
from once.sending import sent_once

PARTNERS_PER_PAGE = 10
LETTER = disposition("请对方登记的函.pdf")


@require_http_methods(["GET", "POST"])
@sent_once
def start(request: PersonRequest) -> HttpResponse:
    """Open a draft for the institution that one acts for. Only clerks draft.

    Who comes from a template's page has chosen it: `template` is its slug, and holds where it applies.
    """
    if not has_duty(request.user, Duty.CLERK):
        raise PermissionDenied
    own = institutions_of(request.user).open().select_related("region").first()
    asked = request.POST if request.method == "POST" else request.GET
    version = TemplateVersion.objects.newest_of(asked.get("template", ""))
    if request.method == "GET" or own is None:
        standing = standing_before_drafting(own, asker=request.user) if own else None
        context = {"institution": own, "version": version, "standing": standing}
        return render(request, "agreements/draft/start.html", context)
    agreement = lifecycle.start_draft(own, by=request.user, version=version)
    if version and agreement.template_version is None:
        words = f"《{version.title}》不适用于{own.region.full_name}，请在第二步选一份适用的范本。"
        messages.warning(request, words)
    return redirect("draft-step", agreement.number, "partner")


@require_POST
@with_own_agreement
@sent_once
def copy(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Open a new draft with the terms of this agreement."""
    new = lifecycle.start_copy(agreement, by=request.user)
    messages.info(request, f"条款照抄自 {agreement.number}；对方、期限和备案机关没有照抄，请逐步核对。")
    return redirect("draft-step", new.number, "partner")


@require_GET
@with_draft
def resume(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Go to the first step with something missing."""
    return redirect("draft-step", agreement.number, first_unfinished(agreement))


@require_http_methods(["GET", "POST"])
@with_draft
def step(request: PersonRequest, agreement: Agreement, slug: str) -> HttpResponse:
    """Show one step, or save it and go where the pressed button says."""
    this = BY_SLUG.get(slug)
    if this is None or not this.applies(agreement) or not this.opens(agreement):
        messages.info(request, "请先完成前面的步骤。")
        return redirect("draft-resume", agreement.number)
    if this.form is None:
        return _page(request, agreement, this, None)
    if request.method == "GET":
        return _page(request, agreement, this, this.form(None, agreement=agreement))
    entered, open_choices = with_choices(request.POST)
    if adopted := request.POST.get("adopt"):
        return _adopt(request, agreement, this, entered, adopted)
    return _save(request, agreement, this, entered, open_choices)


def _save(
    request: PersonRequest,
    agreement: Agreement,
    this: Step,
    entered: Mapping[str, Any],
    open_choices: Sequence[str] = (),
) -> HttpResponse:
    """Save a page, or show it again with what is wrong, what is odd, or what was changed in another window too."""
    assert this.form is not None  # noqa: S101  -- narrows the type; only steps with a form are saved
    form = this.form(entered, agreement=agreement)
    if not form.is_valid():
        return _page(request, agreement, this, form, status=422)
    if open_choices:
        return _page(request, agreement, this, form, status=422, conflicts=still_open(form, open_choices))
    if form.doubts and entered.get("meant") != _named(form.doubts):
        doubts = [(doubt.text, form.anchor(doubt.field)) for doubt in form.doubts]
        return _page(request, agreement, this, form, status=422, doubts=doubts, meant=_named(form.doubts))
    revision = form.cleaned_data["revision"]
    try:
        saved = save_step(agreement, by=request.user, step=this.slug, revision=revision, changes=form.changes())
    except StaleDraft:
        return _two_windows(request, agreement, this, form)
    return _onward(request, saved, this)


def _adopt(
    request: PersonRequest, agreement: Agreement, this: Step, entered: dict[str, Any], blank: str
) -> HttpResponse:
    """Show the page again with what the other side proposes for one blank in place. Saves nothing."""
    assert this.form is not None  # noqa: S101  -- narrows the type; only steps with a form are posted
    shown = this.form(None, agreement=agreement)
    if isinstance(shown, TermsForm) and blank in shown.fields and (proposed := shown.proposed_for(blank)):
        entered[blank] = proposed
        messages.info(request, f"已填入“{shown.label_of(blank)}”，还没有保存。")
    form = this.form(entered, agreement=agreement)
    form.is_valid()
    return _page(request, agreement, this, form, is_unsaved=True)


def _named(doubts: Iterable[Clash]) -> str:
    """Return the doubts as one short word, so that a later oddity is asked about although an earlier one was meant."""
    return hashlib.sha256("\n".join(doubt.text for doubt in doubts).encode()).hexdigest()[:16]


def _onward(request: PersonRequest, saved: Agreement, this: Step) -> HttpResponse:
    goes_to = request.POST.get("go", "next")
    if goes_to == "exit":
        messages.success(request, f"草稿 {saved.number} 已保存，可以随时在任何一台电脑上接着填写。")
        return redirect("agreement-detail", saved.number)
    if goes_to == "check":  # of what only has to be mended: what is still missing is said there
        return redirect("draft-step", saved.number, "check")
    slug = neighbour(saved, this.slug, -1 if goes_to == "back" else 1) or this.slug
    return redirect("draft-step", saved.number, slug)


def _two_windows(request: PersonRequest, agreement: Agreement, this: Step, entered: StepForm) -> HttpResponse:
    """Save what was entered together with what was saved meanwhile; ask about what both windows changed."""
    assert this.form is not None  # noqa: S101  -- narrows the type
    fresh = Agreement.objects.with_parties().get(pk=agreement.pk)
    merged = merge(entered, this.form(None, agreement=fresh))
    data = {**merged.data, "meant": entered.data.get("meant", "")}
    if merged.conflicts:
        form = this.form(data, agreement=fresh)
        form.is_valid()
        return _page(request, fresh, this, form, status=409, conflicts=merged.conflicts)
    if merged.taken:
        messages.info(request, f"别的窗口刚改过：{'、'.join(merged.taken)}。那些内容没有被覆盖，请一并核对。")
    return _save(request, fresh, this, data)


def _page(
    request: PersonRequest,
    agreement: Agreement,
    this: Step,
    form: StepForm | None,
    status: int = 200,
    **asked: object,
) -> HttpResponse:
    """Show a step; `asked` is what the page asks about before it saves: conflicts, doubts."""
    found = findings(agreement)
    context = {
        "agreement": agreement,
        "form": form,
        "step": this,
        "steps": progress_of_steps(agreement, this.slug, found),
        "findings": found,
        "can_send": not blocking(found),
        "back": neighbour(agreement, this.slug, -1),
        "renamings": renamings(agreement),
        "standing": lifecycle.standing_for(agreement, request.user),
        **_came_back(agreement),
        "saved_at": timezone.localtime(agreement.updated_at),
        "to_mend": _to_mend(agreement, found) if this.form is None else [],
        **asked,
        **EXTRA.get(this.slug, _nothing)(request, agreement),
    }
    return render(request, f"agreements/draft/{this.slug}.html", context, status=status)


def _nothing(request: HttpRequest, agreement: Agreement) -> dict[str, object]:
    return {}


@require_GET
@in_turn()
@limited("render")
@with_draft
def registering_letter(request: PersonRequest, agreement: Agreement) -> HttpResponseBase:
    """Print one page to a partner that is not in the register: where it is entered. Stored nowhere."""
    pdf = partner_letter_pdf(write_registering_letter(agreement, by=request.user))
    return guarded(HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": LETTER}))


def _partner_search(request: HttpRequest, agreement: Agreement) -> dict[str, object]:
    query = request.GET.get("q", "").strip()
    page = Paginator(candidates(agreement, query=query), PARTNERS_PER_PAGE).get_page(request.GET.get("page"))
    found = assess_all(agreement, page.object_list)
    chosen = agreement.partner
    on_page = chosen is None or any(candidate.institution == chosen for candidate in found)
    elsewhere = None if chosen is None or on_page else assess(agreement.drafted_by, chosen, leave_out=agreement)
    who = WHO_REGISTERS[agreement.drafting_role.other]
    return {
        "query": query,
        "page": page,
        "candidates": found,
        "chosen": chosen,
        "chosen_elsewhere": elsewhere,
        "who_registers": who,
    }


def _whole_text(request: HttpRequest, agreement: Agreement) -> dict[str, object]:
    ways = offered() if len(offered()) > 1 else ()
    return {"text": agreement.filled_text(), "ends": ends_when_in_force(agreement), "ways": ways}


def _came_back(agreement: Agreement) -> dict[str, object]:
    """Say how a draft with a reason came back: given back, or because its final text was not signed."""
    if not agreement.return_reason:
        return {"came_back": None}
    unsigned = agreement.unsigned_in_words
    return {"unsigned": unsigned, "came_back": None if unsigned else remarked_round(agreement)}


def _to_mend(agreement: Agreement, found: Iterable[Finding]) -> list[tuple[Finding, bool, str]]:
    """Return what was found with where it is mended; what stops the text stands first."""
    first = sorted(found, key=lambda finding: not finding.blocks)
    return [(finding, *_where(agreement, finding)) for finding in first]


def _where(agreement: Agreement, finding: Finding) -> tuple[bool, str]:
    """Return whether the agreement has the step in which a finding is mended, and the id of the field there."""
    step = BY_SLUG[finding.step]
    if not step.applies(agreement) or not step.opens(agreement) or step.form is None:
        return False, ""
    form = step.form(None, agreement=agreement)
    return True, form.anchor(finding.field) if finding.field in form.fields else ""


EXTRA = {"partner": _partner_search, "check": _whole_text}


@require_POST
@with_draft
def live_terms(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Return the clauses with what is being entered in place. Saves nothing."""
    if agreement.template_version is None:
        return HttpResponse(status=204)
    form = TermsForm(request.POST, agreement=agreement)
    return render(request, "agreements/draft/_live_terms.html", {"form": form, "groups": form.groups()})
