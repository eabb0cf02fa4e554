"""The pages between the two sides: send, agree, return, withdraw, discard. One act each; each asks once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.lifecycle.errors import Incomplete, StaleDraft
from agreements.lifecycle.overlap import when_it_joins
from agreements.lifecycle.rescinding import may_answer_rescission, request_shown
from agreements.lifecycle.rounds import changed_since_sent, was_sent
from agreements.lifecycle.succession import ends_when_in_force
from agreements.lifecycle.ways import offered, ways_in_words, ways_of
from agreements.models import Agreement
from agreements.negotiation.forms import AgreeForm, RescindForm, ReturnForm, WithdrawForm, typed_in, way_chosen
from agreements.permissions import (
    can_edit_draft,
    with_answer,
    with_answer_shown,
    with_draft,
    with_own_agreement,
    with_shown_to_party,
    with_withdrawable,
)
from frame.revision import revision_seen
from institutions.models import Role
from verbs.errors import Unacceptable, WrongState

MENDED_IN = ("terms", "contacts")  # the steps to which whoever takes a text back goes on, the usual one first


@require_POST
@with_draft
def send(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Send the text that the person has just checked; a text changed meanwhile is shown again first."""
    try:
        lifecycle.send(agreement, by=request.user, revision=revision_seen(request.POST), way=way_chosen(request.POST))
    except (Incomplete, Unacceptable, StaleDraft) as refusal:
        messages.error(request, f"没有送出：{refusal}")
        return redirect("draft-step", agreement.number, "check")
    messages.success(request, f"已送{agreement.partner}确认。")
    return redirect("agreement-detail", agreement.number)


@require_http_methods(["GET", "POST"])
@with_answer
def agree(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Agree to the text, which freezes it."""
    lifecycle.refuse_the_sender(agreement, request.user)
    standing = lifecycle.standing_for(agreement, request.user)
    if request.method == "GET" and standing is not None and not standing.is_approved:
        # Told before anything is filled in, on the page that leads on.
        messages.warning(request, "贵单位规定，确认定稿前须由负责人审批，请看下面的说明。")
        return redirect("agreement-detail", agreement.number)
    form = AgreeForm(request.POST or None, agreement=agreement)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.agree(
                agreement,
                by=request.user,
                contact=form.contact,
                revision=revision_seen(request.POST),
                text_seen=request.POST.get("text", ""),
                ends_the_old=bool(form.cleaned_data.get("ends_the_old")),
                way=way_chosen(request.POST),
            )
        except StaleDraft as late:
            form.add_error(None, str(late))
        except (Incomplete, Unacceptable) as refusal:
            form.add_error(None, f"现在还不能定稿：{refusal}")
        else:
            messages.success(request, "双方已确认，文本定稿。正在生成四份正本。")
            return redirect("agreement-detail", agreement.number)
    ends = ends_when_in_force(agreement)
    joins = when_it_joins(agreement, on=timezone.localdate())
    context = {"agreement": agreement, "form": form, "act": lifecycle.AGREE, "ends": ends, "joins": joins}
    context |= {"text": agreement.filled_text().digest, "changed": changed_since_sent(agreement)}
    context["ways"] = [(way, ways_in_words(agreement, ways_of(agreement, answering=way))) for way in offered()]
    return render(request, "agreements/negotiation/agree.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@with_answer_shown
def return_to_drafter(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Return the text with what is to be mended. Whoever comes too late still finds what they typed."""
    try:
        lifecycle.LIFE.check(agreement, lifecycle.RETURN)
    except WrongState as late:
        return _too_late(request, agreement, late)
    form = ReturnForm(request.POST if request.method == "POST" else None, agreement=agreement)
    is_stale = False
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.return_to_drafter(
                agreement,
                by=request.user,
                reason=form.cleaned_data["reason"],
                comments=form.comments,
                values=form.values,
                revision=revision_seen(request.POST),
            )
        except StaleDraft as late:
            form.add_error(None, str(late))
            is_stale = True
        except WrongState as late:
            return _too_late(request, agreement, late)
        else:
            messages.success(request, f"已退回{agreement.drafted_by}修改，改好再送来时会出现在您的待办里。")
            return redirect("agreement-detail", agreement.number)
    context = {"agreement": agreement, "form": form, "act": lifecycle.RETURN}
    return render(request, "agreements/negotiation/return.html", context, status=409 if is_stale else _status(form))


def _too_late(request: PersonRequest, agreement: Agreement, refusal: WrongState) -> HttpResponse:
    """Say why a text cannot be returned any more, with what was typed, to be copied. It shows nothing of the text."""
    typed = [text for _, text in typed_in(request.POST)]
    if not typed:
        raise refusal
    context = {"agreement": agreement, "act": lifecycle.RETURN, "refusal": str(refusal), "typed": typed}
    return render(request, "agreements/negotiation/return_late.html", context, status=409)


@require_http_methods(["GET", "POST"])
@with_withdrawable
def withdraw(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Take a text back to draft, after asking once; whoever drafts goes on where it is mended."""
    lifecycle.LIFE.check(agreement, lifecycle.WITHDRAW)
    wants_reason = lifecycle.wants_reason(agreement, by=request.user)
    form = WithdrawForm(request.POST if request.method == "POST" else None, wants_reason=wants_reason)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.withdraw(agreement, by=request.user, reason=form.cleaned_data.get("reason", ""))
        except Unacceptable as refusal:
            form.add_error(None, str(refusal))
        else:
            if can_edit_draft(request.user, agreement):
                messages.success(request, f"已撤回，编号仍是 {agreement.number}。请修改后再送对方确认。")
                asked = request.POST.get("go", "")
                return redirect("draft-step", agreement.number, asked if asked in MENDED_IN else MENDED_IN[0])
            messages.success(request, f"已撤回，交{agreement.drafted_by}修改，改好再送来时会出现在您的待办里。")
            return redirect("agreement-detail", agreement.number)
    context = {
        "agreement": agreement,
        "form": form,
        "act": lifecycle.WITHDRAW,
        "drafts": can_edit_draft(request.user, agreement),
    }
    return render(request, "agreements/negotiation/withdraw.html", context, status=_status(form))


@require_POST
@with_shown_to_party
def remind(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Ask the other side to go on; asked twice, it says when the next time is."""
    try:
        lifecycle.remind(agreement, by=request.user)
    except Unacceptable as again:
        messages.warning(request, str(again))
    else:
        messages.success(request, "已提醒对方的经办人，下一个工作日起可以再提醒一次。")
    return redirect("agreement-detail", agreement.number)


@require_http_methods(["GET", "POST"])
@with_own_agreement
def rescind(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Ask the other side to dissolve what both have signed, or show what one side has asked for."""
    lifecycle.LIFE.check(agreement, lifecycle.RESCIND)
    form = RescindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.ask_to_rescind(agreement, by=request.user, reason=form.cleaned_data["reason"])
        except Unacceptable as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已请对方答复。对方同意以前，您可以撤回这个请求。")
            return redirect("agreement-rescind", agreement.number)
    asked = Role(agreement.rescission_side) if agreement.rescission_side else None
    context = {
        "agreement": agreement,
        "form": form,
        "act": lifecycle.RESCIND,
        "asked_by": agreement.party(asked) if asked else None,
        "seen": request_shown(agreement),
        "answers": asked is not None and may_answer_rescission(request.user, agreement),
    }
    return render(request, "agreements/negotiation/rescind.html", context, status=_status(form))


@require_POST
@with_own_agreement
def answer_rescission(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Agree to dissolve, or let it be: by the answer pressed, which is one of two. Nothing is done by any other."""
    verbs = {"agree": lifecycle.agree_to_rescind, "drop": lifecycle.drop_rescission}
    answer = request.POST.get("answer", "")
    if answer not in verbs:
        return redirect("agreement-rescind", agreement.number)
    try:
        verbs[answer](agreement, by=request.user, seen=request.POST.get("seen", ""))
    except StaleDraft as late:
        messages.error(request, f"没有办理：{late}")
        return redirect("agreement-rescind", agreement.number)
    done = {"agree": f"双方已合意解除协议 {agreement.number}，它不再生效。", "drop": "不再解除，协议继续办理。"}
    messages.success(request, done[answer])
    return redirect("agreement-detail", agreement.number)


@require_http_methods(["GET", "POST"])
@with_draft
def discard(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Give a draft up for good, after asking once."""
    if request.method == "POST":
        lifecycle.discard(agreement, by=request.user)
        messages.success(request, f"草稿 {agreement.number} 已作废。")
        return redirect("agreement-list")
    context = {"agreement": agreement, "act": lifecycle.DISCARD, "was_sent": was_sent(agreement)}
    return render(request, "agreements/negotiation/discard.html", context)


def _status(form: AgreeForm | RescindForm | ReturnForm | WithdrawForm) -> int:
    return 422 if form.is_bound and form.errors else 200
