"""Pages of who signs for an institution: the list, one of them, and each act on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts.confirming import confirmed_at, recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from boundary.rates import POSTS, limited
from boundary.refused import NotNow, UploadRefused
from boundary.turns import in_turn
from chinese.dates import cn_day
from frame.guards import Addressed
from frame.worklist import Group
from institutions.models import Institution, institutions_held_by
from once.sending import sent_once
from sealing import consent, ending, enrolling, importing, tokens, unlocking, worklist
from sealing.forms import (
    FORGOTTEN,
    AgainForm,
    AskForm,
    ChangePinForm,
    ImportForm,
    PinForm,
    ReasonForm,
    RevokeForm,
    TokenPinForm,
)
from sealing.lifecycle import ACTIVATE, CONFIRM, IDENTITY, REFUSE, REVOKE, VOUCH, WITHDRAW, not_founded
from sealing.models import Certificate, Level, SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY
from sealing.permissions import (
    confirms,
    is_legal_representative,
    is_theirs,
    levels_for,
    levels_to_ask,
    looks_after,
    may_bring_into_force,
    refuses,
    revokes,
    signs_for,
    visible_identities,
    vouches,
)
from uploads.shown import under_way
from verbs.errors import Unacceptable

GET_AND_POST = ["GET", "POST"]
OF_INSTITUTION = Addressed(institutions_held_by)
IDENTITIES = Addressed(visible_identities)
AGAIN_LATER = "现在同时办理的人太多，请过一会儿再试。"


@require_GET
def overview(request: PersonRequest) -> HttpResponse:
    """Where the person has a duty: one place leads to its page at once."""
    own = list(institutions_held_by(request.user).order_by("name", "pk"))
    if len(own) == 1:
        return redirect("signing-identities", own[0].pk)
    return render(request, "sealing/overview.html", {"institutions": own})


@require_GET
@OF_INSTITUTION.guard()
def identity_list(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Who signs for the institution, who has asked to, and who did."""
    own = visible_identities(request.user).filter(institution=institution)
    shown = own.order_by(F("ended_at").desc(nulls_first=True), "-pk")
    context = {
        "institution": institution,
        "identities": shown,
        "asks": signs_for(request.user, institution) and levels_to_ask(request.user, institution),
        "has_own": own.filter(person=request.user, state__in=[*ON_THE_WAY, *WITH_KEY]).exists(),
        "work": _work(request.user) if looks_after(request.user, institution) else [],
        "under_way": under_way(enrolling.MANDATE, institution.pk, for_user=request.user),
    }
    return render(request, "sealing/identities.html", context)


def _work(user: User) -> list[tuple[str, Group[Any]]]:
    """What waits for whoever looks after people: they may have no work list of their own."""
    return [
        *(("sealing/_work_group.html", group) for group in worklist.groups_for_house(user)),
        *(("sealing/_ending_group.html", group) for group in worklist.certificates_ending(user)),
        *(("sealing/_seals_group.html", group) for group in worklist.seals_for_house(user)),
        *(("sealing/_seals_group.html", group) for group in worklist.seals_without_keeper(user)),
    ]


@require_http_methods(GET_AND_POST)
@OF_INSTITUTION.guard(signs_for)
@sent_once
def ask(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Ask for a certificate for oneself, with a mandate unless one is the legal representative."""
    by_law = is_legal_representative(request.user, institution)
    levels = levels_for(institution)
    form = AskForm(request.POST or None, request.FILES or None, levels=levels, by_law=by_law)
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, institution, form, by_law=by_law)
        except UploadRefused as refusal:
            form.add_error("mandate", str(refusal))
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {"institution": institution, "form": form, "by_law": by_law, "consent": consent.TEXT}
    return render(request, "sealing/ask.html", context, status=422 if form.errors else 200)


def _asked(request: PersonRequest, institution: Institution, form: AskForm, *, by_law: bool) -> HttpResponse:
    if by_law:
        made = enrolling.request(institution, form.asked, by=request.user)
        messages.success(request, "申请已提交，等待本单位另一位人员确认。")
        return redirect("signing-identity", made.pk)
    upload = enrolling.send_mandate(institution, form.asked, by=request.user, file=form.cleaned_data["mandate"])
    return redirect("upload-state", upload.pk)


@require_GET
@never_cache
@IDENTITIES.guard()
def identity(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """One of them: by whose word, with which certificate, and what can be done."""
    by = request.user
    steps = {"confirm": CONFIRM, "vouch": VOUCH, "refuse": REFUSE, "withdraw": WITHDRAW, "revoke": REVOKE}
    may = {name: IDENTITY.allows(row, step, by=by) for name, step in steps.items()}
    may["activate"] = IDENTITY.allows(row, ACTIVATE, by=by)
    may["pin"] = row.state == SigningIdentity.State.ACTIVE and is_theirs(by, row) and not row.is_on_token
    beside = _beside(row)
    may["again"] = row.has_key and is_theirs(by, row) and beside is None
    context = {
        "identity": row,
        "certificates": row.certificates.select_related("key", "revoked_by"),
        "may": may,
        "brings_into_force": may_bring_into_force(row),
        "in_the_way": unlocking.why_not_for_its_institution(row) if row.has_key else "",
        "not_founded": not_founded(row) if row.is_on_the_way else "",
        "is_licensed": row.level == Level.LICENSED,
        "prepared": enrolling.prepared_in_token(row),
        "beside": beside,
        "standing": _standing(row),
    }
    return render(request, "sealing/identity.html", context)


def _beside(row: SigningIdentity) -> SigningIdentity | None:
    """Return what the person signs with until the asked one takes its place, and of that the one that is asked for."""
    if row.state not in {*ON_THE_WAY, *WITH_KEY}:
        return None
    others = WITH_KEY if row.state in ON_THE_WAY else ON_THE_WAY
    same = SigningIdentity.objects.filter(institution=row.institution_id, person=row.person_id, level=row.level)
    return same.filter(state__in=others).first()


def _standing(row: SigningIdentity) -> str:
    """Say what its authority's list says of a certificate that was brought in and is used; "" for any other."""
    found = row.certificate
    if found is None or found.is_ours or not row.has_key:
        return ""
    told = enrolling.standing_of(found)
    return f"{told.words}（清单日期{cn_day(timezone.localdate(told.on))}）" if told.on else told.words


@require_http_methods(GET_AND_POST)
@recently_confirmed
@IDENTITIES.guard(confirms)
def confirm(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Show what is confirmed, and on the level `agreed` to what the institution consents with it."""
    IDENTITY.check(row, CONFIRM)
    if request.method == "POST":
        enrolling.confirm(row, by=request.user)
        messages.success(request, f"已确认{row.person.full_name}为{row.institution.name}的签约人。")
        return redirect("signing-identity", row.pk)
    text = consent.TEXT if row.level == Level.AGREED else ""
    return _act(request, row, CONFIRM.label, "sealing/confirm.html", consent=text)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@IDENTITIES.guard(vouches)
def vouch(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Give the bureau's word, where the scheme asks for it."""
    IDENTITY.check(row, VOUCH)
    if request.method == "POST":
        enrolling.vouch(row, by=request.user)
        messages.success(request, f"已核实{row.person.full_name}为{row.institution.name}的签约人。")
        return redirect("signing-identity", row.pk)
    return _act(request, row, VOUCH.label, "sealing/confirm.html")


@require_http_methods(GET_AND_POST)
@recently_confirmed
@IDENTITIES.guard(refuses)
def refuse(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Ask why, then turn the request down."""
    IDENTITY.check(row, REFUSE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        enrolling.refuse(row, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已答复{row.person.full_name}：不予确认。")
        return redirect("signing-identities" if signs_here(request, row) else "home", *_place(request, row))
    return _act(request, row, REFUSE.label, "sealing/act.html", form=form, is_grave=True)


@require_http_methods(GET_AND_POST)
@IDENTITIES.guard(is_theirs)
def withdraw(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Take one's own request back."""
    IDENTITY.check(row, WITHDRAW)
    if request.method == "POST":
        enrolling.withdraw(row, by=request.user)
        messages.success(request, "申请已撤回，需要时可以重新申请。")
        return redirect("signing-identities", row.institution_id)
    sentence = "撤回后，已办的确认也不再有效；以后要用，重新申请。"
    return _act(request, row, WITHDRAW.label, "sealing/act.html", sentence=sentence, is_grave=True)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@sensitive_post_parameters("pin", "again")
@IDENTITIES.guard(is_theirs)
def activate(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Choose the PIN; with it key and certificate are made. Where a key in a token waits, enter the token's."""
    IDENTITY.check(row, ACTIVATE)
    if enrolling.prepared_in_token(row) is not None:
        return _take_up(request, row)
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            enrolling.activate(row, form.cleaned_data["pin"], by=request.user)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "签名密码已设置，签约证书现在可以使用。请记住签名密码：忘记了只能换发新证书。")
            return redirect("signing-identity", row.pk)
    return _act(request, row, ACTIVATE.label, "sealing/pin.html", form=form)


def _take_up(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    form = TokenPinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            tokens.take_up(row, form.cleaned_data["pin"], by=request.user)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "签约证书现在可以使用。签名时输入密码设备的 PIN 码。")
            return redirect("signing-identity", row.pk)
    prepared = enrolling.prepared_in_token(row)
    return _act(request, row, "启用密码设备里的密钥", "sealing/token.html", form=form, certificate=prepared)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@in_turn(POSTS)
@limited("render", methods=POSTS)
@sensitive_post_parameters("password", "pin", "again")
@IDENTITIES.guard(is_theirs)
def bring_in(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Bring in a certificate of a licensed authority with its key."""
    IDENTITY.check(row, ACTIVATE)
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid() and _brought_in(request, row, form):
        messages.success(request, "证书已导入，现在可以使用。证书文件和它的密码没有保存。")
        return redirect("signing-identity", row.pk)
    return _act(request, row, "导入证书", "sealing/import.html", form=form)


@sensitive_variables("entered")
def _brought_in(request: PersonRequest, row: SigningIdentity, form: ImportForm) -> bool:
    entered = form.cleaned_data
    try:
        content = entered["file"].read(importing.LARGEST + 1)
        importing.bring_in(row, content, entered["password"], entered["pin"], by=request.user)
    except Unacceptable as refusal:
        form.add_error(refusal.field, str(refusal))
    except NotNow:
        form.add_error(None, AGAIN_LATER)
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
    return not form.errors


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@sensitive_post_parameters("before", "pin", "again")
@IDENTITIES.guard(is_theirs)
def change_pin(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Ask for the present PIN, then seal the key under the new one."""
    form = ChangePinForm(request.POST if request.method == "POST" else None)
    proved = confirmed_at(request)
    if request.method == "GET":
        unlocking.refuse_unusable(row, by=request.user, confirmed_at=proved)
    elif form.is_valid() and _changed(request, row, form):
        messages.success(request, "签名密码已修改。")
        return redirect("signing-identity", row.pk)
    return _act(request, row, "修改签名密码", "sealing/pin.html", form=form)


@sensitive_variables("entered")
def _changed(request: PersonRequest, row: SigningIdentity, form: ChangePinForm) -> bool:
    entered = form.cleaned_data
    proved = confirmed_at(request)
    try:
        unlocking.change_pin(row, entered["before"], entered["pin"], by=request.user, confirmed_at=proved)
    except unlocking.WrongPin as refusal:
        form.add_error("before", str(refusal))
    except Unacceptable as refusal:
        form.add_error(refusal.field, str(refusal))
    return not form.errors


@require_http_methods(GET_AND_POST)
@recently_confirmed
@IDENTITIES.guard(is_theirs)
@sent_once
def again(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Ask for another certificate: the PIN is forgotten, or the present one ends soon."""
    form = AgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_forgotten = form.cleaned_data["why"] == FORGOTTEN
        made = enrolling.ask_again(row, by=request.user, is_forgotten=is_forgotten)
        messages.success(request, "换发申请已提交，等待本单位另一位人员确认。")
        return redirect("signing-identity", made.pk)
    sentence = "换发的证书同样要由另一位人员确认，之后由您设置新的签名密码。"
    return _act(request, row, "申请换发证书", "sealing/act.html", form=form, sentence=sentence)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@IDENTITIES.guard(revokes)
def revoke(request: PersonRequest, row: SigningIdentity) -> HttpResponse:
    """Ask why, then revoke the certificate for good."""
    IDENTITY.check(row, REVOKE)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = Certificate.Reason(form.cleaned_data["why"])
        ending.revoke(row, why, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "签约证书已吊销，不能再用来签名；以前签的协议不受影响。")
        return redirect("signing-identity", row.pk)
    sentence = "吊销后不能恢复：这张证书再也不能签名。吊销以前签的协议不受影响。"
    return _act(request, row, "吊销签约证书", "sealing/act.html", form=form, sentence=sentence, is_grave=True)


def signs_here(request: PersonRequest, row: SigningIdentity) -> bool:
    """Whether the list of the institution is the person's to see."""
    return institutions_held_by(request.user).filter(pk=row.institution_id).exists()


def _place(request: PersonRequest, row: SigningIdentity) -> list[int]:
    return [row.institution_id] if signs_here(request, row) else []


def _act(request: PersonRequest, row: SigningIdentity, title: str, template: str, **more: Any) -> HttpResponse:
    context = {"identity": row, "institution": row.institution, "title": title, **more}
    form = more.get("form")
    return render(request, template, context, status=422 if form is not None and form.errors else 200)
