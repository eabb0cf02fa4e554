"""Many signed with one PIN: read what they say, choose, sign, and see what became of each."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts.confirming import confirmed_at, is_recently_confirmed
from accounts.requests import PersonRequest
from agreements.lifecycle import batches
from agreements.lifecycle.handwriting import handwriting_of, offered_to
from agreements.lifecycle.pens import Pen, pen_of
from agreements.lifecycle.reading import (
    blanks_of,
    differing_lines,
    empty_text,
    next_to_read,
    read_blanks,
    read_template,
    templates_read,
)
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, SigningBatch, TemplateVersion
from agreements.permissions import signs_anywhere, with_agreement_to_sign, with_own_batch, with_template_to_read
from agreements.signing.batch_forms import BatchForm, GoOnForm
from agreements.signing.choosing import Choosing
from agreements.signing.hand_shown import hand_shown
from agreements.signing.key_at_work import sign_in_the_background
from agreements.signing.on_screen import refuse_not_signed_here
from agreements.signing.seals_told import SealsTold, seals_told
from agreements.signing.who_signs import usable_identities, why_locked, why_not
from boundary.paths import asked_key
from boundary.refused import UploadRefused
from frame.guards import only_for, sent_from
from institutions.models import Institution, institutions_signed_for_by
from sealing.models import Seal, SigningIdentity
from sealing.unlocking import WrongPin, unlock
from verbs.errors import Unacceptable

DONE_SHOWN = 10  # batches that are over, whose results are led to


@require_GET
@only_for(signs_anywhere)
def choose(request: PersonRequest) -> HttpResponse:
    """List what waits for the person's signature, how far each was read, and where to sign what was."""
    choosing = _choosing(request, request.GET)
    return _page(request, choosing, _form(choosing))


@sensitive_post_parameters("pin")
@only_for(signs_anywhere)
@sent_from("signing-batch")
def begin(request: PersonRequest) -> HttpResponse:
    """Open the person's key with the PIN, write down what is chosen, and begin to sign it in the background."""
    choosing = _choosing(request, request.POST)
    form = _form(choosing, request.POST)
    if form.is_valid():
        try:
            batch = _begun(request, choosing.institution, form)
        except WrongPin as refusal:
            form.refuse_pin(refusal)
        except (Unacceptable, UploadRefused) as refusal:
            form.add_error(getattr(refusal, "field", None), str(refusal))
        else:
            return redirect("signing-batch-detail", batch.pk)
    if gone := choosing.gone(form.not_offered):
        form.add_error("texts", f"已经不等您签署，或者您还没有看过的：{gone}。")
    return _page(request, choosing, form, status=422)


@require_GET
@with_own_batch
def detail(request: PersonRequest, batch: SigningBatch) -> HttpResponse:
    """One batch: how far it is, what became of each agreement, and where to go on."""
    return _shown(request, batch, GoOnForm())


@sensitive_post_parameters("pin")
@with_own_batch
@sent_from("signing-batch-detail", "batch")
def go_on(request: PersonRequest, batch: SigningBatch) -> HttpResponse:
    """Open the key again and sign what still waits."""
    form = GoOnForm(request.POST)
    if form.is_valid():
        try:
            _sign(request, batch, form.cleaned_data["pin"])
        except (Unacceptable, UploadRefused) as refusal:
            form.add_error(getattr(refusal, "field", None), str(refusal))
        else:
            return redirect("signing-batch-detail", batch.pk)
    return _shown(request, batch, form, status=422)


@with_own_batch
@sent_from("signing-batch-detail", "batch")
def stop(request: PersonRequest, batch: SigningBatch) -> HttpResponse:
    """Stop before the next agreement."""
    batches.stop(batch, by=request.user)
    return redirect("signing-batch-detail", batch.pk)


@with_own_batch
@sent_from("signing-batch-detail", "batch")
def end(request: PersonRequest, batch: SigningBatch) -> HttpResponse:
    """Leave out what is not signed."""
    batches.end(batch, by=request.user)
    messages.success(request, "这一批已结束。没有签的协议还在“待我签署”里。")
    return redirect("signing-batch-detail", batch.pk)


@require_http_methods(["GET", "POST"])
@with_template_to_read
def template(request: PersonRequest, version: TemplateVersion) -> HttpResponse:
    """Show a template whole, and note that the person has read it."""
    if request.method == "POST":
        read_template(version, by=request.user)
        return redirect("signing-batch")
    context = {"version": version, "text": empty_text(version), "is_read": version.pk in templates_read(request.user)}
    return render(request, "agreements/signing/template.html", context)


@require_http_methods(["GET", "POST"])
@with_agreement_to_sign
def blanks(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Show what was filled into one agreement, note that the person has read it, and lead to the next."""
    side = refuse_not_signed_here(request.user, agreement)
    if request.method == "POST":
        try:
            read_blanks(agreement, by=request.user, text_seen=request.POST.get("text", ""))
        except Unacceptable as refusal:
            messages.error(request, str(refusal))
            return redirect("agreement-blanks", agreement.number)
        party = agreement.party(side)
        after = next_to_read(batches.waiting_for(request.user, party), by=request.user) if party else None
        return redirect("agreement-blanks", after.number) if after else redirect("signing-batch")
    context = {
        "agreement": agreement,
        "blanks": blanks_of(agreement),
        "changed": differing_lines(agreement),
        "text": text_shown(agreement),
        "has_template": agreement.chosen_version.pk in templates_read(request.user),
    }
    return render(request, "agreements/signing/blanks.html", context)


def _choosing(request: PersonRequest, asked: QueryDict) -> Choosing:
    """Return what waits at the institution that is asked for, else at the first for which the person signs."""
    mine = institutions_signed_for_by(request.user).order_by("pk")
    wanted = asked_key(asked.get("institution", ""))
    institution = mine.filter(pk=wanted).first() if wanted is not None else None
    return Choosing(request.user, institution or mine[0])


def _form(choosing: Choosing, data: QueryDict | None = None) -> BatchForm:
    return BatchForm(
        data,
        institution=choosing.institution,
        # A key in a token signs one agreement at a time: its session would stand open for the whole batch.
        identities=[each for each in usable_identities(choosing.user, choosing.institution) if not each.is_on_token],
        seals=choosing.seals,
        texts=[each.text for each in choosing.read],
        hands=offered_to(choosing.user, is_batch=True),
    )


def _page(request: PersonRequest, choosing: Choosing, form: BatchForm, status: int = 200) -> HttpResponse:
    here = f"{reverse('signing-batch')}?institution={choosing.institution.pk}"
    context = {
        "choosing": choosing,
        "form": form,
        "most": batches.MOST,
        "others": institutions_signed_for_by(request.user).exclude(pk=choosing.institution.pk).order_by("pk"),
        "unfinished": SigningBatch.objects.visible_to(request.user).unfinished().with_counts(),
        "done": SigningBatch.objects.visible_to(request.user).done().with_counts()[:DONE_SHOWN],
        "why_not": why_not(request.user, form),
        "seals_told": _seals_told(choosing, form),
        "hand": hand_shown(request.user, here=here),
        "is_confirmed": is_recently_confirmed(request),
        "confirm_at": f"{reverse('confirm')}?{urlencode({'next': here})}",
    }
    return render(request, "agreements/signing/batch.html", context, status=status)


def _seals_told(choosing: Choosing, form: BatchForm) -> SealsTold:
    usable = {seal.pk for seal in form.seals.values()}
    rows = [each.agreement for each in choosing.read]
    return seals_told(choosing.user, choosing.institution, rows, papers=choosing.papers, usable=usable)


def _shown(request: PersonRequest, batch: SigningBatch, form: GoOnForm, status: int = 200) -> HttpResponse:
    here = reverse("signing-batch-detail", args=[batch.pk])
    items = batch.items.select_related("agreement__medical", "agreement__elder_care", "agreement__frozen")
    context = {
        "batch": batch,
        "items": items.defer("agreement__frozen__body"),
        "done": batch.total - batch.waiting,
        "form": form,
        "why_locked": why_locked(SigningIdentity.objects.get(pk=batch.identity_id)),  # a wrong PIN may have locked it
        "is_confirmed": is_recently_confirmed(request),
        "confirm_at": f"{reverse('confirm')}?{urlencode({'next': here})}",
    }
    return render(request, "agreements/signing/batch_detail.html", context, status=status)


@sensitive_variables()
def _begun(request: PersonRequest, institution: Institution, form: BatchForm) -> SigningBatch:
    """Begin a batch. A wrong PIN is counted, and nothing is written down."""
    data, identity, seal = form.cleaned_data, form.chosen_identity, form.chosen_seal
    pen = _pen(request, identity, data["pin"], seal=seal, handwriting=data["handwriting"])
    batch = batches.begin_batch(
        institution, data["texts"], by=request.user, identity=identity, seal=seal, handwriting=data["handwriting"]
    )
    sign_in_the_background(batch, batches.take_up(batch, by=request.user), pen)
    return batch


@sensitive_variables()
def _sign(request: PersonRequest, batch: SigningBatch, pin: str) -> None:
    pen = _pen(request, batch.identity, pin, seal=batch.seal, handwriting=batch.handwriting)
    sign_in_the_background(batch, batches.take_up(batch, by=request.user), pen)


@sensitive_variables()
def _pen(request: PersonRequest, identity: SigningIdentity, pin: str, *, seal: Seal | None, handwriting: str) -> Pen:
    moment, hand = confirmed_at(request), handwriting_of(request.user, handwriting)
    unlocked = unlock(identity, pin, by=request.user, confirmed_at=moment)
    return pen_of(unlocked, confirmed_at=moment or timezone.now(), seal=seal, handwriting=hand)
