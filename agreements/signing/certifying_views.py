"""The second person's page: compare the scan with the text, then certify it or turn it down."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.documents.renditions import copies_are_not_ready
from agreements.documents.signed import signed_sides
from agreements.lifecycle.rescanning import NOT_WANTED
from agreements.lifecycle.scans import shown_of, text_scanned, waiting
from agreements.lifecycle.seen import Point, Seen, days_of, placing_of
from agreements.lifecycle.ways import side_on_paper, unsigned_on_screen
from agreements.models import Agreement, Scan
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.permissions import with_own_agreement
from agreements.signing.forms import RejectScanForm, scans_bad, scans_seen, what_was_seen
from agreements.signing.looks import looked_at
from agreements.signing.progress import awaited_copies, what_is_in_the_way
from agreements.signing.strangers import pages_hidden
from agreements.signing.table import table_of
from agreements.sockets import NOTES_ON_FORCE
from frame.guards import sent_from
from uploads.shown import waits
from verbs.errors import Unacceptable, WrongState


@require_http_methods(["GET", "POST"])
@with_own_agreement
def certify(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Show the scan beside the text; on POST bring the agreement into force and open its filings."""
    if agreement.state in HAS_BEEN_IN_FORCE:
        return _was_certified(request, agreement)
    if agreement.state not in lifecycle.CERTIFY.sources:
        raise WrongState(f"这份协议现在是“{agreement.state_words}”，不能核验。请刷新查看。")
    if request.method == "GET":
        return _page(request, agreement, RejectScanForm(None))
    if copies_are_not_ready(agreement):
        return _page(request, agreement, RejectScanForm(None), status=409)  # says why, and how far they are
    seen = what_was_seen(request.POST)
    try:
        certified = lifecycle.certify(agreement, by=request.user, seen=seen)
    except Unacceptable as refusal:
        messages.error(request, f"没有核验：{refusal}")
        return _page(request, agreement, RejectScanForm(None), seen=seen, status=422)
    except WrongState:  # of two who certify at once the second may find it done
        agreement.refresh_from_db(fields=["state"])
        if agreement.state not in HAS_BEEN_IN_FORCE:
            raise
        return _was_certified(request, agreement)
    _tell(request, certified)
    return redirect("agreement-detail", agreement.number)


@require_http_methods(["GET", "POST"])
@with_own_agreement
def recertify(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Show new scans of what is in force beside its text; on POST they stand in place of the old ones."""
    if not lifecycle.rescan_wanted(agreement):
        raise WrongState(NOT_WANTED)
    if request.method == "GET":
        return _page(request, agreement, RejectScanForm(None))
    seen = what_was_seen(request.POST)
    try:
        lifecycle.certify_rescan(agreement, by=request.user, seen=seen)
    except Unacceptable as refusal:
        messages.error(request, f"没有核验：{refusal}")
        return _page(request, agreement, RejectScanForm(None), seen=seen, status=422)
    messages.success(request, "重新上传的扫描件已核验。有备案的，请到备案页面重新报送或者补报。")
    return redirect("agreement-detail", agreement.number)


@with_own_agreement
@sent_from("agreement-certify", "number")
def reject_scan(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Turn the scan down with a reason; a new one is awaited."""
    if agreement.state not in lifecycle.CERTIFY.sources and not lifecycle.rescan_wanted(agreement):
        raise WrongState(f"这份协议现在是“{agreement.state_words}”，没有等待核验的扫描件。请刷新查看。")
    if agreement.state in lifecycle.CERTIFY.sources and copies_are_not_ready(agreement):
        return _page(request, agreement, RejectScanForm(None), status=409)
    form = RejectScanForm(request.POST)
    if not form.is_valid():
        return _page(request, agreement, form, status=422)
    try:
        lifecycle.reject_scan(
            agreement,
            by=request.user,
            reason=form.cleaned_data["reason"],
            seen=scans_seen(request.POST),
            bad=scans_bad(request.POST),
        )
    except Unacceptable as refusal:
        form.add_error(None, str(refusal))
        return _page(request, agreement, form, status=422)
    messages.success(request, "已退回有问题的扫描件，请上传的一方重新扫描；没有退回的继续有效。")
    return redirect("agreement-detail", agreement.number)


def _page(
    request: PersonRequest, agreement: Agreement, form: RejectScanForm, *, seen: Seen | None = None, status: int = 200
) -> HttpResponse:
    """Show what is to be compared. What was confirmed stays so only while the very same is still there to be seen."""
    agreement.refresh_from_db(fields=["state", *lifecycle.SIGNED_ON.values()])
    is_checking = waits(lifecycle.SCAN, agreement.pk, text_scanned(agreement))
    shown = shown_of(agreement)
    scans = waiting(agreement)
    placing = placing_of(agreement)
    still = (frozenset(scan.pk for scan in scans), placing, days_of(agreement))
    is_same = seen is not None and (seen.scans, seen.placing, seen.days) == still
    wanted = lifecycle.rescan_wanted(agreement)
    is_uploader = any(scan.uploaded_by_id == request.user.pk for scan in scans)
    not_ready = copies_are_not_ready(agreement)
    looked = looked_at(shown.sheets, by=request.user)
    context = {
        "agreement": agreement,
        "scans": scans,
        "looked": looked,
        "left": [each for each in looked if each.is_left],
        "hidden": pages_hidden(shown.sheets, request.user),
        "table": table_of(agreement, shown, for_user=request.user),
        "pages_expected": shown.expected,
        "pages_wrong": shown.words,
        "placing": placing,
        "rescan_wanted": wanted,
        "certify_at": reverse("agreement-recertify" if wanted else "agreement-certify", args=[agreement.number]),
        "bad": scans_bad(request.POST) if request.method == "POST" else frozenset(),
        "points": Point,
        "seen": seen if is_same else None,
        "is_uploader": is_uploader,
        "may_decide": bool(scans) and not is_uploader and not not_ready and not is_checking,
        "is_checking": is_checking,
        "brings": "" if wanted else lifecycle.what_certifying_brings(agreement),
        "on_paper": side_on_paper(agreement),
        "unsigned": "" if wanted else unsigned_on_screen(agreement),
        "signed": signed_sides(agreement),
        "in_the_way": what_is_in_the_way(agreement),
        "awaited": awaited_copies(agreement, not_ready),
        "acts": True,  # the guard of this page lets nobody else in
        "text": agreement.filled_text(),
        "form": form,
    }
    return render(request, "agreements/signing/certify.html", context, status=status)


def _was_certified(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Lead whoever comes late to the agreement, and say who was there before."""
    if lifecycle.rescan_wanted(agreement):
        return redirect("agreement-recertify", agreement.number)
    first = agreement.scans.filter(state=Scan.State.CERTIFIED).order_by("checked_at", "pk").first()
    by = f"由{first.checked_by}" if first else ""
    messages.info(request, f"扫描件已经{by}核验，协议已经生效，不用再核验。您没有改动什么。")
    return redirect("agreement-detail", agreement.number)


def _tell(request: PersonRequest, agreement: Agreement) -> None:
    messages.success(request, "已核验，协议生效。请在期限内向备案部门报送各自的一份正本。")
    for notes in NOTES_ON_FORCE:
        for note in notes(agreement):
            messages.warning(request, note)
