"""The platform administrator's pages of bureaus: one bureau, making one or many known, renaming, closing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from audit.events import ALL
from audit.log import history
from duties import bureaus, platform
from duties.bureau_forms import BureauCloseForm, BureauForm, BureauListForm, BureauRenameForm, SheetRow
from duties.events import OfBureau
from duties.permissions import refuse_unless_platform_administrator
from institutions.models import Authority
from institutions.register.history import line_of
from once.sending import sent_once
from verbs.errors import Unacceptable, WrongState

GET_AND_POST = ["GET", "POST"]
SHOWN = 30  # lines of a bureau's history
REFUSED = 422


@require_GET
@never_cache
def bureau(request: PersonRequest, pk: int) -> HttpResponse:
    """One bureau: where it stands, who looks after it, what it was called, who followed whom."""
    row = _bureau(request.user, pk)
    told = [event.code for event in ALL.values() if issubclass(event, OfBureau)]
    context = {
        "bureau": row,
        "administrators": platform.administrators(row),
        "predecessors": row.predecessors.select_related("region"),
        "rests": bureaus.rests_with(row),
        "asked_for": bureaus.asked_for(row),
        "follower_has_nobody": row.closing_to is not None and not bureaus.has_reviewers(row.closing_to),
        "is_own_request": row.closing_asked_by_id == request.user.pk,
        "lines": [line_of(entry) for entry in history(row).filter(event__in=told)[:SHOWN]],
    }
    return render(request, "duties/bureau.html", context)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@sent_once
def found(request: PersonRequest) -> HttpResponse:
    """Make a bureau known, and go on to inviting who looks after it."""
    refuse_unless_platform_administrator(request.user)
    form = BureauForm(request.POST or None, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        row = _tried(form, lambda: bureaus.found(**typed, by=request.user))
        if row is not None:
            messages.success(request, f"已登记{row.name}。请接着邀请它的第一位管理员，由管理员邀请审核员。")
            return redirect("bureau", row.pk)
    return _act(request, form, "found")


@require_http_methods(GET_AND_POST)
@recently_confirmed
def rename(request: PersonRequest, pk: int) -> HttpResponse:
    row = _bureau(request.user, pk)
    form = BureauRenameForm(request.POST or None, initial={"to": row.name})
    if request.method == "POST" and form.is_valid():
        row.name = request.POST.get("seen", "")  # as the page showed it: somebody may have renamed it since
        done = _tried(form, lambda: bureaus.rename(row, by=request.user, **form.cleaned_data))
        if done is not None:
            messages.success(request, f"名称已改为“{done.name}”，原名称仍可查到，已发出的备案号和回执不变。")
            return redirect("bureau", pk)
    return _act(request, form, "rename", _bureau(request.user, pk))


@require_http_methods(GET_AND_POST)
@recently_confirmed
def ask_to_close(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask that a bureau be closed, and say who follows it, after showing what rests with it."""
    row = _bureau(request.user, pk)
    bureaus.refuse_closed(row)
    form = BureauCloseForm(request.POST or None, bureau=row)
    if request.method == "POST" and form.is_valid():
        done = _tried(form, lambda: bureaus.ask_to_close(row, by=request.user, **form.cleaned_data))
        if done is not None:
            messages.success(request, f"已申请撤销{done.name}。请另一位平台管理员在这一页确认，确认以前什么都不变。")
            return redirect("bureau", pk)
    return _act(request, form, "close", row, rests=bureaus.rests_with(row))


@require_POST
@recently_confirmed
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm or let be what another administrator has asked for."""
    row = _bureau(request.user, pk)
    if "drop" in request.POST:
        dropped = bureaus.let_be(row, by=request.user)
        messages.success(request, "申请已撤回，部门照旧。" if dropped else "没有等待确认的申请，部门照旧。")
        return redirect("bureau", pk)
    try:
        done = bureaus.close(row, by=request.user, seen=request.POST.get("seen", ""))
    except Unacceptable as refusal:
        raise WrongState(f"{refusal}请撤回这份申请，重新提出。") from refusal
    followed = f"，由{done.successor}承接" if done.successor else ""
    messages.success(request, f"{done.name}已撤销{followed}。")
    return redirect("bureau", pk)


@dataclass(frozen=True)
class Result:
    row: SheetRow
    made: Authority | None = None
    why: str = ""


@require_http_methods(GET_AND_POST)
@recently_confirmed
def from_sheet(request: PersonRequest) -> HttpResponse:
    """Many bureaus, copied from a sheet: first what each line says, then what became of it."""
    refuse_unless_platform_administrator(request.user)
    form = BureauListForm(request.POST or None)
    rows = form.cleaned_data["lines"] if request.method == "POST" and form.is_valid() else []
    good = [row for row in rows if not row.fault]
    results = _found_each(good, request.user) if "looked" in request.POST else []
    context = {
        "form": form,
        "rows": rows,
        "good": len(good),
        "is_done": bool(rows) and "looked" in request.POST,
        "results": results,
        "made": sum(result.made is not None for result in results),
    }
    return render(request, "duties/bureau_sheet.html", context, status=REFUSED if form.errors else 200)


def _found_each(rows: Sequence[SheetRow], by: User) -> list[Result]:
    """Make each known; what is refused stops none of the others."""
    results = []
    for row in rows:
        assert row.region is not None  # noqa: S101  -- only a line with a fault has none
        try:
            results.append(Result(row, bureaus.found(row.region, row.kind, row.name, by=by, phone=row.phone)))
        except Unacceptable as refusal:
            results.append(Result(row, why=str(refusal)))
    return results


def _asked(request: PersonRequest) -> dict[str, str]:
    """Return what a link to the form fills in: where, and which kind."""
    return {"region": request.GET.get("region", "")[:6], "kind": request.GET.get("kind", "")[:20]}


def _bureau(user: User, pk: int) -> Authority:
    refuse_unless_platform_administrator(user)
    return get_object_or_404(
        Authority.objects.select_related("region", "successor", "closing_asked_by", "closing_to"), pk=pk
    )


def _tried(form: BureauForm | BureauRenameForm | BureauCloseForm, verb: Callable[[], Authority]) -> Authority | None:
    """Return what the verb made; None where it says at a field of the form why not."""
    try:
        return verb()
    except Unacceptable as refusal:
        form.add_error(refusal.field, str(refusal))
        return None


def _act(
    request: PersonRequest,
    form: BureauForm | BureauRenameForm | BureauCloseForm,
    act: str,
    row: Authority | None = None,
    **more: object,
) -> HttpResponse:
    context = {"form": form, "bureau": row, **more}
    return render(request, f"duties/bureau_{act}.html", context, status=REFUSED if form.errors else 200)
