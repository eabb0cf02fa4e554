"""The page of signing on paper: both sides' dates, the scans, and what is still missing."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.documents.renditions import copies_are_not_ready
from agreements.lifecycle.errors import EndsEarly, FarApart
from agreements.lifecycle.finding import place_by_code
from agreements.lifecycle.overlap import when_it_joins
from agreements.lifecycle.pages import PagesShown
from agreements.lifecycle.rescanning import NOT_WANTED
from agreements.lifecycle.scans import shown_of
from agreements.lifecycle.seen import text_shown
from agreements.lifecycle.ways import ways_in_words
from agreements.models import Agreement, Rendition, Scan, ScanPage
from agreements.models.states import BEING_SIGNED, HAS_BEEN_AGREED, HAS_BEEN_IN_FORCE
from agreements.models.ways import Way
from agreements.permissions import (
    can_act,
    can_sign_electronically,
    can_sign_for,
    reads_for_a_party,
    with_agreement,
    with_own_agreement,
)
from agreements.signing.forms import PlacingForm, ScanForm, SignedOnForm, blanks_seen
from agreements.signing.on_screen import may_sign_here, on_screen_of
from agreements.signing.progress import Progress, awaited_copies, progress_of, what_is_in_the_way
from agreements.signing.table import table_of
from agreements.text.attestation import TITLE
from boundary.refused import UploadRefused
from frame.guards import sent_from
from institutions.models import Role
from uploads.shown import under_way
from verbs.errors import Unacceptable, WrongState

CERTIFY, RECERTIFY = "agreement-certify", "agreement-recertify"


@require_GET
@with_agreement
def signing(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Lead through printing, sealing, dates and scan; afterwards the record of it."""
    return _page(request, agreement)


@with_own_agreement
@sent_from("agreement-signing", "number")
def record(request: PersonRequest, agreement: Agreement, role: str) -> HttpResponse:
    """Enter the day on which one's own side signed; the other side's day is the other side's to enter."""
    if role not in Role.values:
        raise Http404
    side = Role(role)
    if not can_sign_for(request.user, agreement, side):
        raise PermissionDenied
    if agreement.state in lifecycle.SIGN.sources and copies_are_not_ready(agreement):
        return _page(request, agreement, status=409)  # says why, and how far they are
    form = _signed_on_form(agreement, side, request)
    if form.is_valid():
        try:
            lifecycle.record_signing(
                agreement,
                by=request.user,
                role=side,
                on=form.cleaned_data["on"],
                days_lost_seen=form.cleaned_data["days_lost"] or 0,
                days_apart_seen=form.cleaned_data["days_apart"] or 0,
                text_seen=request.POST.get("text", ""),
            )
        except EndsEarly as early:
            form.ask_about(early)
        except FarApart as far:
            form.ask_about_the_other_day(far)
        except Unacceptable as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, "签章日期已登记。")
            return redirect("agreement-signing", agreement.number)
    return _page(request, agreement, refused={side: form}, status=422)


@with_own_agreement
@sent_from("agreement-signing", "number")
def attach(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Keep what can be kept, and say of each file that cannot why; one bad file costs no good one."""
    lifecycle.refuse_to_scan_voided(agreement)
    if agreement.state not in lifecycle.CERTIFY.sources:
        if agreement.state not in HAS_BEEN_IN_FORCE:
            raise WrongState(f"这份协议现在是“{agreement.state_words}”，不能上传扫描件。请先登记签章日期。")
        if not lifecycle.rescan_wanted(agreement):
            raise WrongState(NOT_WANTED)
    if copies_are_not_ready(agreement):
        return _page(request, agreement, status=409)
    form = ScanForm(request.POST, request.FILES, waiting=_own_waiting(request, agreement))
    taken = _send(request, agreement, form) if form.is_valid() else 0
    if taken:
        messages.success(request, f"收到 {taken} 个文件，正在检查。检查结果和还差什么，都写在本页。")
    if form.errors:
        return _page(request, agreement, scan_form=form, status=422)
    return redirect("agreement-signing", agreement.number)


@with_own_agreement
@sent_from("agreement-signing", "number")
def place(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Take down which pages of the copies the person's own pages are."""
    form = _placing_form(request, agreement, shown_of(agreement), request.POST)
    if form is None:
        raise WrongState("没有等您标明页码的扫描件，可能已经核验、退回或取回。请刷新查看。")
    if form.is_valid():
        try:
            lifecycle.place_pages(agreement, by=request.user, places=form.places, reason=form.cleaned_data["reason"])
        except Unacceptable as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "页码已标明。还差什么，写在本页。")
            return redirect("agreement-signing", agreement.number)
    return _page(request, agreement, placing=form, status=422)


@with_own_agreement
@sent_from("agreement-signing", "number")
def set_blanks_aside(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Take down of all the person's empty backs at once that they are no pages of the copies."""
    try:
        count = lifecycle.set_blanks_aside(agreement, by=request.user, pages=blanks_seen(request.POST))
    except Unacceptable as refusal:
        messages.error(request, f"没有标明：{refusal}")
        return _page(request, agreement, status=422)
    messages.success(request, f"已标明 {count} 张空白页都不是协议页。还差什么，写在本页。")
    return redirect("agreement-signing", agreement.number)


@with_own_agreement
@sent_from("agreement-signing", "number")
def take_back(request: PersonRequest, agreement: Agreement, scan: int) -> HttpResponse:
    """Take back one of the person's own files that nobody has decided."""
    found = get_object_or_404(agreement.scans, pk=scan)
    try:
        lifecycle.take_back_scan(agreement, by=request.user, scan=found.pk)
    except Unacceptable as late:
        raise WrongState(str(late)) from late
    messages.success(request, f"已取回 {found.original_name}，其余文件不受影响。")
    return redirect("agreement-signing", agreement.number)


def _placing_form(
    request: PersonRequest, agreement: Agreement, shown: PagesShown, data: QueryDict | None
) -> PlacingForm | None:
    """Return the form for the person's own pages of which somebody has to say what they are, None without any."""
    own = [sheet for sheet in shown.sheets if sheet.scan.uploaded_by_id == request.user.pk and not sheet.sent_back_at]
    open_ = [sheet for sheet in own if _is_open(sheet, shown)]
    coded = {sheet.pk: place for sheet in open_ if (place := place_by_code(agreement, sheet.picture.seen)) is not None}
    return PlacingForm(data, sheets=open_, shown=shown, coded=coded) if open_ else None


def _is_open(sheet: ScanPage, shown: PagesShown) -> bool:
    is_doubled = sheet.counts and (sheet.copy, sheet.page) in shown.doubled
    return sheet.is_by_hand or is_doubled or sheet.finding == ScanPage.Finding.UNREADABLE


def _own_waiting(request: PersonRequest, agreement: Agreement) -> list[Scan]:
    return list(agreement.scans.filter(state=Scan.State.UPLOADED, uploaded_by=request.user))


def _send(request: PersonRequest, agreement: Agreement, form: ScanForm) -> int:
    """Take in each file on its own and return how many; what is refused at once becomes errors of the form."""
    taken, waiting = 0, agreement.scans.filter(state=Scan.State.UPLOADED)
    for upload in form.cleaned_data["scans"]:
        try:
            sent = lifecycle.send_scan(
                agreement,
                by=request.user,
                file=upload,
                text_seen=request.POST.get("text", ""),
                replaces=form.to_replace,
            )
        except (UploadRefused, Unacceptable) as refusal:
            form.add_error(None, f"{upload.name}：{refusal}")
        else:
            taken += 1
            if same := waiting.filter(sha256=sent.sha256).first():
                messages.info(request, f"{upload.name} 和已经上传的 {same.original_name} 是同一个文件，只算一个。")
    return taken


def _page(
    request: PersonRequest,
    agreement: Agreement,
    *,
    refused: dict[Role, SignedOnForm] | None = None,
    scan_form: ScanForm | None = None,
    placing: PlacingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    lifecycle.refuse_to_scan_voided(agreement)
    if agreement.state not in HAS_BEEN_AGREED:
        raise WrongState(f"这份协议现在是“{agreement.state_words}”，文本定稿以后才能签章。")
    agreement.refresh_from_db(fields=["state", *lifecycle.SIGNED_ON.values()])
    reads, acts = reads_for_a_party(request.user, agreement), can_act(request.user, agreement)
    sent = under_way(lifecycle.SCAN, agreement.pk, for_user=request.user) if reads else None
    progress = progress_of(agreement, for_user=request.user)
    may_date = agreement.state in lifecycle.SIGN.sources and not progress.not_ready
    voids = agreement.rescission_side and agreement.state in BEING_SIGNED  # nobody certifies before it is answered
    is_scanning = _takes_scans(agreement, progress)
    dates = _forms(request, agreement, refused or {}) if may_date else {}
    context = {
        "agreement": agreement,
        "text": text_shown(agreement),
        "progress": progress,
        "under_way": sent,
        "sides": [(side, dates.get(side.role)) for side in progress.sides],
        "rendition": agreement.renditions.final().filter(state=Rendition.State.READY).first(),
        "may_go_on": (agreement.state in BEING_SIGNED or bool(progress.rescan_wanted)) and not progress.not_ready,
        "in_the_way": what_is_in_the_way(agreement),
        "joins": when_it_joins(agreement, on=timezone.localdate()) if may_date else "",
        "awaited": awaited_copies(agreement, progress.not_ready),
        "may_upload": is_scanning and acts and not progress.not_ready,
        "may_certify": is_scanning and not voids and progress.may_certify(request.user),
        "certify_at": reverse(RECERTIFY if progress.rescan_wanted else CERTIFY, args=[agreement.number]),
        "placing": placing or (_placing_form(request, agreement, progress.shown, None) if acts else None),
        "table": table_of(agreement, progress.shown, for_user=request.user) if reads and is_scanning else None,
        "acts": acts,
        "on_screen": on_screen_of(agreement),
        "may_sign_here": may_sign_here(request.user, agreement) and not progress.not_ready,
        "may_extend": acts or can_sign_electronically(request.user, agreement),
        "ways": ways_in_words(agreement, agreement.frozen.ways) if agreement.frozen else [],
        "scan_form": scan_form or ScanForm(waiting=_own_waiting(request, agreement)),
        "errors": _errors(dates, scan_form, placing),
    }
    return render(request, "agreements/signing/signing.html", context, status=status)


def _takes_scans(agreement: Agreement, progress: Progress) -> bool:
    """Whether the paper is being scanned: for its signing, or because somebody wants it scanned again."""
    return agreement.state in lifecycle.CERTIFY.sources or bool(progress.rescan_wanted)


def _forms(request: PersonRequest, agreement: Agreement, refused: dict[Role, SignedOnForm]) -> dict[Role, SignedOnForm]:
    """One form for each side that the person acts for."""
    ways = agreement.frozen.ways if agreement.frozen else {}
    on_paper = [role for role in Role if ways.get(role) is Way.PAPER]
    own = [role for role in on_paper if can_sign_for(request.user, agreement, role)]
    return {role: refused.get(role) or _signed_on_form(agreement, role) for role in own}


def _signed_on_form(agreement: Agreement, role: Role, request: PersonRequest | None = None) -> SignedOnForm:
    entered = {"on": getattr(agreement, lifecycle.SIGNED_ON[role])}
    form = SignedOnForm(request.POST if request else None, initial=entered, auto_id=f"id_{role.value}_%s")
    if agreement.template_version and agreement.template_version.parsed.needs_attestation:
        form.fields["on"].help_text = f"以正本最后一页（{TITLE}）上手写的日期为准。"
    return form


def _errors(dates: dict[Role, SignedOnForm], *others: ScanForm | PlacingForm | None) -> list[forms.Form]:
    return [form for form in (*dates.values(), *others) if form is not None and form.errors]
