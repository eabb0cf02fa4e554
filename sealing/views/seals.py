"""Pages of the register of seals: the list, one of them with its picture and uses, and each act on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.confirming import recently_confirmed
from accounts.requests import PersonRequest
from boundary.refused import UploadRefused
from frame.guards import Addressed
from institutions.models import Institution, institutions_held_by
from once.sending import sent_once
from sealing import seals
from sealing.forms import AuthoriseForm, KeeperForm, ReasonForm, SealForm
from sealing.lifecycle import CONFIRM_SEAL, DESTROY, REFUSE_SEAL, RESUME, SEAL, SUSPEND
from sealing.limits import limits_of, templates_in
from sealing.models import Seal, SealAuthorisation
from sealing.permissions import (
    authorises,
    confirms_seal,
    keeps_register_of_seals,
    looks_after,
    sees_uses,
    takes_back,
    visible_seals,
)
from uploads.shown import under_way
from verbs.errors import NotAllowed, Unacceptable

GET_AND_POST = ["GET", "POST"]
USES_A_PAGE = 20
OF_INSTITUTION = Addressed(institutions_held_by)
SEALS = Addressed(visible_seals)
STEPS = {"refuse": REFUSE_SEAL, "suspend": SUSPEND, "destroy": DESTROY}
STOPS = {"refuse": seals.refuse, "suspend": seals.suspend, "destroy": seals.destroy}
WHAT_FOLLOWS = {
    "refuse": "不予确认后，这枚印章不能使用；登记有误的，请管理员重新登记。",
    "suspend": "暂停后，任何人都不能用这枚印章，直到恢复使用；已盖的协议不受影响。",
    "destroy": "登记销毁后不能恢复；印章的登记和用印记录一直保留。",
}


@require_GET
@OF_INSTITUTION.guard()
def seal_list(request: PersonRequest, institution: Institution) -> HttpResponse:
    """The seals of the institution, those in use first."""
    shown = visible_seals(request.user).filter(institution=institution).order_by("state", "kind", "pk")
    context = {
        "institution": institution,
        "seals": shown,
        "registers": looks_after(request.user, institution),
        "under_way": under_way(seals.PICTURE, institution.pk, for_user=request.user),
    }
    return render(request, "sealing/seals.html", context)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@OF_INSTITUTION.guard(looks_after)
@sent_once
def add(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Take in a seal with its picture; it is registered when the picture was judged."""
    form = SealForm(request.POST or None, request.FILES or None, people=seals.people_of(institution))
    if request.method == "POST" and form.is_valid():
        picture = form.cleaned_data["picture"]
        try:
            upload = seals.send_picture(institution, form.described, by=request.user, file=picture)
        except UploadRefused as refusal:
            form.add_error("picture", str(refusal))
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("upload-state", upload.pk)
    context = {"institution": institution, "form": form, "title": "登记印章"}
    return render(request, "sealing/seal_add.html", context, status=422 if form.errors else 200)


@require_GET
@SEALS.guard()
def seal(request: PersonRequest, row: Seal) -> HttpResponse:
    """One of them: picture, keeper, who may use it, and for those who may see them its uses."""
    by = request.user
    steps = {"confirm": CONFIRM_SEAL, "refuse": REFUSE_SEAL, "suspend": SUSPEND, "resume": RESUME, "destroy": DESTROY}
    may = {name: SEAL.allows(row, step, by=by) for name, step in steps.items()}
    may["keeper"] = keeps_register_of_seals(by, row) and row.state not in {Seal.State.DESTROYED, Seal.State.REFUSED}
    may["authorise"] = authorises(by, row) and row.state == Seal.State.IN_USE
    uses = row.uses.select_related("person", "authorisation__given_by") if sees_uses(by, row) else None
    context = {
        "seal": row,
        "institution": row.institution,
        "picture": row.picture.pages.first(),
        "authorisations": [(given, limits_of(given)) for given in _authorisations(row)],
        "takes_back": authorises(by, row),
        "today": timezone.localdate(),
        "may": may,
        "page": Paginator(uses, USES_A_PAGE).get_page(request.GET.get("page")) if uses is not None else None,
    }
    return render(request, "sealing/seal.html", context)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@SEALS.guard(confirms_seal)
def confirm(request: PersonRequest, row: Seal) -> HttpResponse:
    """Compare the picture with the seal, then let it be used."""
    SEAL.check(row, CONFIRM_SEAL)
    if request.method == "POST":
        seals.confirm(row, by=request.user)
        messages.success(request, f"已确认{row}，现在可以使用。")
        return redirect("seal", row.pk)
    return _act(request, row, f"确认{row}", sentence="请对照实物：种类、编码、图片和保管人都对，再确认。")


@require_http_methods(GET_AND_POST)
@recently_confirmed
@SEALS.guard()
def stop(request: PersonRequest, row: Seal, verb: str) -> HttpResponse:
    """Ask why, then refuse, suspend or destroy."""
    SEAL.refuse(row, STEPS[verb], by=request.user)
    SEAL.check(row, STEPS[verb])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        STOPS[verb](row, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{row}：已办理“{STEPS[verb].label}”。")
        return redirect("seal", row.pk)
    title = f"{STEPS[verb].label}：{row}"
    return _act(request, row, title, form=form, sentence=WHAT_FOLLOWS[verb], is_grave=True)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@SEALS.guard(keeps_register_of_seals)
def resume(request: PersonRequest, row: Seal) -> HttpResponse:
    """Let a suspended seal be used again."""
    SEAL.check(row, RESUME)
    if request.method == "POST":
        seals.resume(row, by=request.user)
        messages.success(request, f"{row}已恢复使用。")
        return redirect("seal", row.pk)
    return _act(request, row, f"恢复使用{row}", sentence="恢复后，保管人和被授权的人又可以使用。")


@require_http_methods(GET_AND_POST)
@recently_confirmed
@SEALS.guard(keeps_register_of_seals)
def keeper(request: PersonRequest, row: Seal) -> HttpResponse:
    """Name another keeper."""
    form = KeeperForm(
        request.POST or None, people=seals.people_of(row.institution).exclude(pk__in=[row.keeper_id, request.user.pk])
    )
    if request.method == "POST" and form.is_valid():
        seals.hand_over(row, form.cleaned_data["keeper"], by=request.user)
        messages.success(request, f"{row}的保管人已更换为{form.cleaned_data['keeper'].full_name}。")
        return redirect("seal", row.pk)
    sentence = (
        f"现在的保管人是{row.keeper.full_name}。更换以后，原保管人给出的用印授权不再有效（原保管人是管理员的除外），"
        "仍然需要的请新的保管人重新授权。"
    )
    return _act(request, row, f"更换保管人：{row}", form=form, sentence=sentence)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@SEALS.guard(authorises)
@sent_once
def authorise(request: PersonRequest, row: Seal) -> HttpResponse:
    """Let somebody use the seal for a period."""
    people = seals.people_of(row.institution).exclude(pk__in=[request.user.pk, row.keeper_id])
    form = AuthoriseForm(
        request.POST or None,
        people=people,
        templates=templates_in(row.institution.region),
        initial={"starts_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            seals.authorise(row, form.cleaned_data["person"], form.scope, by=request.user)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"已授权{form.cleaned_data['person'].full_name}使用{row}。")
            return redirect("seal", row.pk)
    sentence = "授权期内，对方可以在签约时使用这枚印章；每次使用都有记录。"
    return _act(request, row, f"授权用印：{row}", form=form, sentence=sentence)


@require_http_methods(GET_AND_POST)
@recently_confirmed
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask why, then end an authorisation."""
    found = SealAuthorisation.objects.select_related("seal__institution", "person")
    given = get_object_or_404(found.filter(seal__in=visible_seals(request.user).values("pk")), pk=pk)
    if not takes_back(request.user, given):
        raise NotAllowed("用印授权由印章保管人或本机构的管理员收回。")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seals.take_back(given, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已收回{given.person.full_name}的用印授权。")
        return redirect("seal", given.seal_id)
    title = f"收回{given.person.full_name}的用印授权"
    return _act(request, given.seal, title, form=form, sentence="收回后立即不能再用这枚印章。", is_grave=True)


def _authorisations(row: Seal) -> QuerySet[SealAuthorisation]:
    given = row.authorisations.select_related("person", "given_by", "revoked_by")
    return given.select_related("seal__institution__region").with_standing()


def _act(request: PersonRequest, row: Seal, title: str, **more: Any) -> HttpResponse:
    context = {"seal": row, "institution": row.institution, "title": title, "picture": row.picture.pages.first()}
    form = more.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, "sealing/seal_act.html", {**context, **more}, status=status)
