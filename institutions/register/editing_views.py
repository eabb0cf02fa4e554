"""Changing the facts of an institution, and registering one. What somebody else changed meanwhile is never lost."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from audit.log import history
from institutions import events, lifecycle
from institutions.facts import shown
from institutions.models import Authority, Institution, Role, authorities_of
from institutions.models.duty import Duty
from institutions.permissions import Rights, can_add, rights_to_change
from institutions.register.forms import FactsForms, merged
from institutions.register.permissions import with_editable
from once.sending import sent_once
from verbs.errors import Unacceptable


@require_http_methods(["GET", "POST"])
@with_editable
def institution_edit(request: PersonRequest, institution: Institution) -> HttpResponse:
    """The facts that this person keeps. Every field is written only if it still is as it was seen."""
    rights = rights_to_change(request.user, institution)
    facts = FactsForms(institution, request.user, request.POST or None, rights=rights)
    if request.method == "POST" and facts.is_valid() and facts.doubts_are_accepted:
        try:
            lifecycle.change(institution, by=request.user, changes=facts.changes)
        except lifecycle.Overtaken as late:
            return _overtaken(request, institution, facts, rights, late)
        except Unacceptable as refusal:
            facts.of_institution.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存。" if facts.changes else "没有改动，不需要保存。")
            return redirect("institution-detail", institution.pk)
    return _edit_page(request, institution, facts)


@require_http_methods(["GET", "POST"])
@sent_once
def institution_add(request: PersonRequest) -> HttpResponse:
    """Register one institution of a county in which the person keeps the register."""
    if not can_add(request.user):
        raise PermissionDenied
    role, competent = _role_to_add(request)
    institution = Institution(role=role)
    rights = Rights(keeps=True, competent=competent, names=True)
    facts = FactsForms(institution, request.user, request.POST or None, rights=rights)
    if request.method == "POST" and facts.is_valid() and facts.doubts_are_accepted:
        try:
            added = lifecycle.add(*facts.filled_in(), by=request.user)
        except Unacceptable as refusal:
            facts.of_institution.add_error(None, str(refusal))
        else:
            messages.success(request, f"{added.name}已登记。")
            return redirect("institution-detail", added.pk)
    context = {"facts": facts, "role": role, "roles": Role, "doubts": _doubts(facts)}
    return render(request, "institutions/register/add.html", context, status=_status(facts))


def _role_to_add(request: PersonRequest) -> tuple[Role, bool]:
    """Return the side asked for, by default that of the person's own bureau, and whether the bureau watches it."""
    kinds = set(authorities_of(request.user, Duty.REVIEWER).values_list("kind", flat=True))
    own = Role.MEDICAL if Authority.Kind.HEALTH in kinds else Role.ELDER_CARE
    asked = request.GET.get("role", "")
    role = Role(asked) if asked in Role else own
    return role, role.watched_by in kinds


def _overtaken(
    request: PersonRequest, institution: Institution, facts: FactsForms, rights: Rights, late: lifecycle.Overtaken
) -> HttpResponse:
    """Show what somebody else changed, with everything that was entered here still in place."""
    fresh = Institution.objects.with_profiles().get(pk=institution.pk)
    again = FactsForms(fresh, request.user, merged(facts, fresh), rights=rights)
    again.is_valid()
    last = history(institution).filter(event=events.Changed.code).first()
    lines = [
        {"label": each.label, **{side: shown(each.field, getattr(each, side)) for side in ("seen", "now", "wanted")}}
        for each in late.overtakes
    ]
    context = {"overtakes": lines, "who": last.actor_name if last else ""}
    return _edit_page(request, fresh, again, context, status=409)


def _edit_page(
    request: PersonRequest,
    institution: Institution,
    facts: FactsForms,
    more: Mapping[str, object] | None = None,
    status: int | None = None,
) -> HttpResponse:
    context = {"institution": institution, "facts": facts, "doubts": _doubts(facts), **(more or {})}
    return render(request, "institutions/register/edit.html", context, status=status or _status(facts))


def _doubts(facts: FactsForms) -> list[str]:
    """What is to be ticked: only once everything else is in order."""
    return facts.doubts if facts.is_bound and not facts.errors else []


def _status(facts: FactsForms) -> int:
    return 422 if facts.is_bound and (facts.errors or facts.doubts) else 200
