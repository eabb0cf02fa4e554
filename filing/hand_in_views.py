"""The corrected scan (补报) of a copy that an authority has: wanted, handed in, taken note of. One act each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from filing import handing_in, rescans, supplementary
from filing.forms import HandInForm, RescanForm, SendBackForm
from filing.hand_ins import shown
from filing.models import Filing, HandIn
from filing.papers import enclosures
from filing.permissions import can_drop_call, can_submit, with_call, with_own_filing, with_review
from filing.rescans import not_certified_yet
from once.sending import sent_once
from verbs.errors import NotAllowed, WrongState


@require_http_methods(["GET", "POST"])
@with_call
@sent_once
def ask_for_rescan(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Say why the certified scan will not do; a clerk goes on to upload another."""
    is_side = can_submit(request.user, filing)
    rescans.check_asking(filing, for_authority=not is_side)
    form = RescanForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        rescans.ask(filing, by=request.user, reason=form.cleaned_data["reason"])
        if is_side:
            messages.success(request, "已记下原因，现在可以上传新的扫描件；由没有上传的另一位经办人核验。")
            return redirect(reverse("agreement-signing", args=[filing.agreement.number]) + "#scans")
        messages.success(request, "已通知协议双方重新扫描。备案号和备案日期都不变，补报以后会提醒您查收。")
        return redirect("filing-detail", filing.pk)
    context = {
        "filing": filing,
        "form": form,
        "act": {"label": "重新扫描" if is_side else "请双方重新扫描"},
        "is_side": is_side,
    }
    return render(request, "filing/act/rescan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_call
def drop_rescan(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Take the call for another scan back, after asking once."""
    call = filing.agreement.rescan_calls.filter(state=rescans.CallState.OPEN).select_related("authority").first()
    if call is None:
        raise WrongState("现在没有人要求重新扫描，可能已经核验了新的扫描件，或者已经撤销。请刷新查看。")
    if not can_drop_call(request.user, call):
        raise NotAllowed("部门提出的要求由该部门的审核员撤销，一方提出的由双方的经办人撤销。")
    if in_the_way := rescans.no_files_wait(call):
        raise WrongState(in_the_way)
    if request.method == "POST":
        rescans.drop(call, by=request.user)
        messages.success(request, "已撤销，不再要求重新扫描。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "call": call, "act": rescans.DROP}
    return render(request, "filing/act/rescan_drop.html", context)


@require_http_methods(["GET", "POST"])
@with_own_filing
def hand_in(request: PersonRequest, filing: Filing) -> HttpResponse:
    """Hand the certified new scans in to the authority that has the old ones."""
    row = filing.hand_ins.filter(state=HandIn.State.DUE).select_related("previous").first()
    if row is None:
        raise WrongState("这份备案现在没有要补报的扫描件。请刷新查看。")
    waits = not_certified_yet(filing)
    form = HandInForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        handing_in.hand_in(row, by=request.user, remark=form.cleaned_data["remark"])
        messages.success(request, f"已向{filing.authority.name}补报新的扫描件，备案号和备案日期不变。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "row": row, "form": form, "act": supplementary.HAND_IN, "rescan_waits": waits}
    context |= enclosures(filing, anew=True)
    return render(request, "filing/act/hand_in.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_review
def note(request: PersonRequest, filing: Filing, hand_in: int) -> HttpResponse:
    """Take note of a corrected scan after asking once."""
    row = _to_decide(filing, hand_in, supplementary.NOTE)
    if request.method == "POST":
        handing_in.note(row, by=request.user)
        messages.success(request, "已查收补报的扫描件，备案号和备案日期不变。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "act": supplementary.NOTE, "one": shown(filing, row)}
    return render(request, "filing/act/hand_in_note.html", context)


@require_http_methods(["GET", "POST"])
@with_review
def send_back(request: PersonRequest, filing: Filing, hand_in: int) -> HttpResponse:
    """Send a corrected scan back with the reasons; the filing itself stays accepted."""
    row = _to_decide(filing, hand_in, supplementary.RETURN)
    form = SendBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        handing_in.send_back(row, by=request.user, reasons=form.cleaned_data["reasons"])
        messages.success(request, "已退回补报，双方机构会看到原因。备案仍然有效。")
        return redirect("filing-detail", filing.pk)
    context = {"filing": filing, "form": form, "act": supplementary.RETURN, "one": shown(filing, row)}
    return render(request, "filing/act/hand_in_return.html", context, status=422 if form.errors else 200)


def _to_decide(filing: Filing, key: int, step: supplementary.Step) -> HandIn:
    row = get_object_or_404(HandIn.objects.with_filing().filter(filing=filing), pk=key)
    supplementary.LIFE.check(row, step)
    if in_the_way := supplementary.filing_is_decided(row):
        raise WrongState(in_the_way)
    return row
