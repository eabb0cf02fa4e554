"""The signatory's page: read the frozen text page by page, then sign every copy, or say no."""

from contextlib import closing
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

import jobs
from accounts.confirming import confirmed_at, is_recently_confirmed
from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.documents.renditions import DRAW_TASK, copies_are_not_ready
from agreements.documents.returned import picture_of
from agreements.documents.signed import signed_sides
from agreements.lifecycle.electronic import on_behalf_of, paper_of, show_page, unread_pages
from agreements.lifecycle.errors import EndsEarly, FarApart
from agreements.lifecycle.handwriting import handwriting_of, offered_to
from agreements.lifecycle.pages import copies_made
from agreements.lifecycle.pens import pen_of
from agreements.lifecycle.seen import text_shown
from agreements.lifecycle.ways import not_in_turn
from agreements.lifecycle.windows import extend_window, window_of
from agreements.models import Agreement, Counterpart
from agreements.models.states import BEING_SIGNED
from agreements.permissions import side_signed_for, with_agreement_to_extend, with_agreement_to_sign
from agreements.signing.ceremony_forms import DeclineForm, ExtendForm, SignForm
from agreements.signing.hand_shown import hand_shown
from agreements.signing.on_screen import refuse_not_signed_here
from agreements.signing.progress import awaited_copies, what_is_in_the_way
from agreements.signing.seals_told import SealsTold, seals_told
from agreements.signing.who_signs import usable_identities, why_not
from boundary.refused import NotNow, UploadRefused
from boundary.serving import served
from frame.guards import sent_from
from sealing.pades.hands import CannotSign
from sealing.seals import seals_usable_by
from sealing.unlocking import WrongPin, unlock
from verbs.errors import Unacceptable, WrongState


@require_GET
@with_agreement_to_sign
def ceremony(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Show the pages, the seals that the person may use, and where to sign."""
    return _page(request, agreement, _form(request, agreement))


@sensitive_post_parameters("pin")
@with_agreement_to_sign
@sent_from("agreement-sign", "number")
def sign(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Open the person's key with the PIN and sign every copy. A wrong PIN is counted, and nothing else happens."""
    form = _form(request, agreement, request.POST)
    if not form.is_valid():
        return _page(request, agreement, form, status=422)
    try:
        moment = confirmed_at(request)
        hand = handwriting_of(request.user, form.cleaned_data["handwriting"], form.chosen_strokes)
        unlocked = unlock(form.chosen_identity, form.cleaned_data["pin"], by=request.user, confirmed_at=moment)
        with closing(unlocked):
            pen = pen_of(unlocked, confirmed_at=moment or timezone.now(), seal=form.chosen_seal, handwriting=hand)
            signed = lifecycle.sign_electronically(agreement, by=request.user, pen=pen, accepted=form.accepted)
    except WrongPin as refusal:
        form.refuse_pin(refusal)
    except (EndsEarly, FarApart) as question:
        form.ask_about(question)
    except (Unacceptable, CannotSign, UploadRefused, NotNow) as refusal:
        form.add_error(None, str(refusal))
    else:
        messages.success(request, _what_happened(signed))
        return redirect("agreement-detail", agreement.number)
    return _page(request, agreement, form, status=422)


@require_http_methods(["GET", "POST"])
@with_agreement_to_sign
def decline(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Say no with a reason: the text is voided and goes back to draft."""
    refuse_not_signed_here(request.user, agreement)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.decline_to_sign(
                agreement, by=request.user, reason=form.cleaned_data["reason"], text_seen=form.cleaned_data["text"]
            )
        except Unacceptable as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, "已拒绝签署，文本退回起草，双方都会收到消息和原因。")
            return redirect("home")
    status = 422 if request.method == "POST" else 200
    context = {"agreement": agreement, "form": form, "text": text_shown(agreement)}
    return render(request, "agreements/signing/decline.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_agreement_to_extend
def extend(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Put off the last day to sign."""
    window = window_of(agreement)
    if window is None or agreement.state not in BEING_SIGNED:
        raise WrongState(f"这份协议现在是“{agreement.state_words}”，没有等待电子签署的文本。")
    form = ExtendForm(request.POST or None, window=window)
    if request.method == "POST" and form.is_valid():
        try:
            extend_window(agreement, by=request.user, until=form.cleaned_data["until"])
        except Unacceptable as refusal:
            form.add_error("until", str(refusal))
        else:
            messages.success(request, "签署期限已延长，双方都会收到消息。")
            return redirect("agreement-signing", agreement.number)
    status = 422 if request.method == "POST" else 200
    context = {"agreement": agreement, "form": form, "window": window}
    return render(request, "agreements/signing/extend.html", context, status=status)


@require_GET
@with_agreement_to_sign
def copy_file(request: PersonRequest, agreement: Agreement, copy: int) -> HttpResponseBase:
    """Show a copy as it is to be signed, or as the other side has signed it."""
    found = next((made for made in copies_made(agreement) if made.number == copy), None)
    if found is None:
        raise Http404
    name = f"{agreement.number}-正本{copy}-{found.holder_label}.pdf"
    return served(found.newest.file, name=name, content_type="application/pdf", framed=True)


@require_GET
@with_agreement_to_sign
def page_picture(request: PersonRequest, agreement: Agreement, page: int) -> HttpResponse:
    """Show one page of the frozen text, and note that it was shown to this person."""
    copy = _first_copy(agreement)
    if copy is None or not 1 <= page <= copy.page_count:
        raise Http404
    try:
        with default_storage.open(picture_of(copy, page)) as stored:
            content = stored.read()
    except FileNotFoundError:
        raise Http404 from None
    if side_signed_for(request.user, agreement) is not None:
        show_page(agreement, by=request.user, page=page)
    kept = {"Cache-Control": "private, no-cache"}  # each time it is shown is asked for, and noted
    return HttpResponse(content, content_type="image/jpeg", headers=kept)


def _form(request: PersonRequest, agreement: Agreement, data: QueryDict | None = None) -> SignForm:
    side = refuse_not_signed_here(request.user, agreement)
    party = agreement.party(side)
    if party is None:
        raise Http404
    usable = seals_usable_by(request.user, party, on=timezone.localdate(), paper=paper_of(agreement))
    identities = usable_identities(request.user, party)
    seals, hands = [each.seal for each in usable], offered_to(request.user)
    return SignForm(data, institution=party, identities=identities, seals=seals, hands=hands)


def _page(request: PersonRequest, agreement: Agreement, form: SignForm, status: int = 200) -> HttpResponse:
    side = refuse_not_signed_here(request.user, agreement)
    not_ready, copy = copies_are_not_ready(agreement), _first_copy(agreement)
    is_drawn = copy is not None and default_storage.exists(picture_of(copy, copy.page_count))
    if copy is not None and not is_drawn:
        jobs.call_on_commit(DRAW_TASK, copy.rendition_id)
    context = {
        "agreement": agreement,
        "side": side,
        "party": agreement.party_name(side),
        "form": form,
        "text": text_shown(agreement),
        "pages": range(1, copy.page_count + 1) if copy and is_drawn else [],
        "copies": copies_made(agreement),
        "is_drawing": not not_ready and not is_drawn,
        "unread": unread_pages(agreement, by=request.user),
        "awaited": awaited_copies(agreement, not_ready),
        "in_the_way": what_is_in_the_way(agreement),
        "why_not": why_not(request.user, form, not_yet=not_in_turn(agreement, side)),
        "confirm_at": _confirm_at(agreement),
        "plain_text": agreement.filled_text(),
        "behalf": on_behalf_of(agreement, side, request.user),
        "window": window_of(agreement),
        "is_confirmed": is_recently_confirmed(request),
        "hand": hand_shown(request.user, here=reverse("agreement-sign", args=[agreement.number])),
        "brings": lifecycle.what_signing_brings(agreement, side),
        "signed": signed_sides(agreement),
        "seals_told": _seals_told(request, agreement, form),
    }
    return render(request, "agreements/signing/ceremony.html", context, status=status)


def _seals_told(request: PersonRequest, agreement: Agreement, form: SignForm) -> SealsTold:
    usable = {seal.pk for seal in form.seals.values()}
    return seals_told(request.user, form.institution, [agreement], papers=[paper_of(agreement)], usable=usable)


def _confirm_at(agreement: Agreement) -> str:
    """Return where the person proves who they are, and comes back to where one signs."""
    here = reverse("agreement-sign", args=[agreement.number])
    return f"{reverse('confirm')}?{urlencode({'next': here})}"


def _first_copy(agreement: Agreement) -> Counterpart | None:
    return next(iter(copies_made(agreement)), None)


def _what_happened(agreement: Agreement) -> str:
    if agreement.state == Agreement.State.IN_FORCE:
        return "签署完成，双方都已签署，协议已生效。"
    return "签署完成。等对方签署或者盖章以后，协议生效。"
