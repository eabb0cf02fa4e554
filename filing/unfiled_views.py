"""Another scan of paper that is filed nowhere: wanted, and wanted no more. One act each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from agreements.models import Agreement
from agreements.permissions import with_own_agreement
from filing import rescans
from filing.forms import RescanForm
from filing.models import RescanCall
from once.sending import sent_once
from verbs.errors import WrongState


@require_http_methods(["GET", "POST"])
@with_own_agreement
@sent_once
def ask_for_rescan(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Say why the certified scan will not do, and go on to upload another."""
    rescans.check_asking_unfiled(agreement)
    form = RescanForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        rescans.ask_unfiled(agreement, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "已记下原因，现在可以上传新的扫描件；由没有上传的另一位经办人核验。")
        return redirect(reverse("agreement-signing", args=[agreement.number]) + "#scans")
    context = {"agreement": agreement, "form": form, "act": {"label": "重新扫描"}}
    return render(request, "filing/act/rescan_unfiled.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@with_own_agreement
def drop_rescan(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Take such a call back, after asking once."""
    call = RescanCall.objects.open().filter(agreement=agreement, filing=None).first()
    if call is None:
        raise WrongState("现在没有人要求重新扫描，可能已经核验了新的扫描件，或者已经撤销。请刷新查看。")
    if in_the_way := rescans.no_files_wait(call):
        raise WrongState(in_the_way)
    if request.method == "POST":
        rescans.drop(call, by=request.user)
        messages.success(request, "已撤销，不再要求重新扫描。")
        return redirect("agreement-detail", agreement.number)
    context = {"agreement": agreement, "call": call, "act": rescans.DROP}
    return render(request, "filing/act/rescan_unfiled_drop.html", context)
