"""The pages between a clerk and the leaders of one institution, and the switch of its administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.leaders import can_answer_approval
from agreements.lifecycle.approved import way_to_a_leader
from agreements.lifecycle.approving import last_switched, waiting_at
from agreements.lifecycle.errors import Incomplete, StaleDraft
from agreements.models import Agreement, Approval
from agreements.negotiation.forms import AnswerApprovalForm, AskApprovalForm
from agreements.permissions import (
    with_led_approval,
    with_looked_after,
    with_own_agreement,
    with_own_approval,
)
from institutions.models import Institution
from institutions.reaching import approvers_of
from once.sending import sent_once
from verbs.errors import NotAllowed, Unacceptable, WrongState

OWN = "这份文本是您起草、送出或者申请审批的，请由本单位另一位审批人审批。"


@require_http_methods(["GET", "POST"])
@with_own_agreement
@sent_once
def ask(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Ask the own leader to approve the present text; what stands in the way is told before anything is typed."""
    standing = lifecycle.standing_for(agreement, request.user)
    if standing is None or lifecycle.asks_for(agreement, request.user) is None:
        raise WrongState(f"这份协议现在是“{agreement.state_words}”，没有要您申请审批的文本。请刷新查看。")
    if request.method == "GET" and not standing.can_be_asked:
        return redirect("agreement-detail", agreement.number)  # which says what it waits for
    form = AskApprovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.ask_for_approval(
                agreement, by=request.user, words=form.cleaned_data["words"], text_seen=request.POST.get("text", "")
            )
        except (Incomplete, StaleDraft, Unacceptable) as refusal:
            form.add_error(None, f"没有申请：{refusal}")
        else:
            messages.success(request, f"已请{'、'.join(standing.leaders)}审批，有答复时会出现在您的消息和待办里。")
            return redirect("agreement-detail", agreement.number)
    context = {"agreement": agreement, "form": form, "standing": standing, "text": agreement.filled_text()}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "agreements/approval/ask.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_led_approval
def answer(request: PersonRequest, approval: Approval) -> HttpResponse:
    """Read the whole text, and approve it or give it back to the clerk: by the answer pressed, one of two."""
    agreement = approval.agreement
    if request.method == "GET" and approval.state != Approval.State.WAITING:
        messages.info(request, f"这份审批申请{approval.get_state_display()}，不用再办理。")
        return redirect("agreement-detail", agreement.number)
    # Once it waits no more the text may be the other side's own again: no answer, however wrong, brings the page up.
    lifecycle.APPROVAL.check(approval, lifecycle.APPROVE)
    if not can_answer_approval(request.user, approval):
        raise NotAllowed(OWN)
    declines = request.POST.get("answer") == "decline"
    form = AnswerApprovalForm(request.POST if request.method == "POST" else None, declines=declines)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, approval, form.cleaned_data["words"])
        except (StaleDraft, Unacceptable) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("agreement-detail", agreement.number)
    text = agreement.filled_text()
    context = {"agreement": agreement, "approval": approval, "form": form, "text": text}
    context["is_outdated"] = text.digest != approval.digest
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "agreements/approval/answer.html", context, status=status)


def _answer(request: PersonRequest, approval: Approval, words: str) -> None:
    if request.POST.get("answer") == "approve":
        lifecycle.approve(approval, by=request.user, text_seen=request.POST.get("text", ""), words=words)
        messages.success(request, f"已同意，{approval.asked_by}等经办人已收到消息，可以继续办理。")
    elif request.POST.get("answer") == "decline":
        lifecycle.decline(approval, by=request.user, reason=words)
        messages.success(request, "已退回经办人，您写的原因已告诉他们。")
    else:
        raise Unacceptable("请选择“同意”或者“不同意，退回经办人”。")


@require_POST
@with_own_approval
def take_back(request: PersonRequest, approval: Approval) -> HttpResponse:
    """Take the request back, by a clerk of the side that asked."""
    lifecycle.take_back_approval(approval, by=request.user)
    messages.success(request, "已撤回审批申请，需要时可以重新申请。")
    return redirect("agreement-detail", approval.agreement.number)


@require_http_methods(["GET", "POST"])
@with_looked_after
def switch(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Want a leader's approval from now on, or no more: after saying what follows from it."""
    wanted = request.POST.get("to")
    if wanted in {"on", "off"}:
        lifecycle.switch_approval(institution, by=request.user, is_on=wanted == "on")
        words = "从现在起，文本送出或确认前须由负责人审批。" if wanted == "on" else "从现在起，不用负责人审批。"
        messages.success(request, words)
        return redirect("institution-detail", institution.pk)
    leaders = approvers_of(institution.pk)
    context = {
        "institution": institution,
        "waiting": waiting_at(institution).count(),
        "last": last_switched(institution),
        "has_leader": bool(leaders),
        "whom_to_ask": "" if leaders else way_to_a_leader(institution),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "agreements/approval/switch.html", context, status=status)
