"""Register, ledger and one agreement's page. Nothing here changes an agreement."""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import PersonRequest
from agreements import lifecycle
from agreements.documents import renditions
from agreements.documents.partner_letter import partner_letter_pdf
from agreements.documents.signed import signed_sides
from agreements.lifecycle.freezing import voided_texts
from agreements.lifecycle.letters import partner_standing, write_letter
from agreements.lifecycle.marks import renamings
from agreements.lifecycle.reminding import may_remind, reaches_anybody
from agreements.lifecycle.rounds import answered_remarks, changed_since_return, returned_round
from agreements.models import Agreement, AgreementKind, Rendition, Round
from agreements.models.states import GIVEN_UP, HAS_BEEN_IN_FORCE
from agreements.permissions import with_agreement, with_rounds, with_shown_to_party
from agreements.register.course import course_of
from agreements.register.filters import AgreementFilter
from agreements.register.parties import note_contacts_read, sides_of
from agreements.register.timeline import Line, lines
from agreements.register.turns import with_approvals, with_scans
from agreements.register.viewer import ViewedAgreement, Viewer
from agreements.signing.progress import progress_of
from agreements.sockets import PANELS, TOLD
from boundary.rates import limited
from boundary.serving import disposition, guarded
from boundary.turns import in_turn
from frame.following import page_of
from frame.panels import Panel, panels_of


@require_GET
@limited("search")
def agreement_list(request: PersonRequest) -> HttpResponse:
    register = AgreementFilter(request.GET, user=request.user)
    found = with_approvals(with_scans(register.qs.with_follower(request.user), request.user), request.user)
    page = page_of(found, request.GET)
    viewer = Viewer(request.user)
    context = {
        "filter": register,
        "page": page,
        "rows": viewer.of_page(list(page)),
        "of_one_side": bool(viewer.reads_for),
    }
    return render(request, "agreements/register.html", context)


def agreement_detail(request: PersonRequest, number: str) -> HttpResponseBase:
    """One agreement: all of it, or to whoever gave it back what they were shown."""
    try:
        return _seen_whole(request, number=number)
    except Http404:
        row = Agreement.objects.returned_by(request.user).with_parties().filter(number=number).first()
        if row is None:
            raise
    return _seen_as_sent(request, row)


@require_GET
def _seen_as_sent(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    last = agreement.rounds.select_related("sent_by", "returned_by").filter(returned_at__isnull=False).last()
    context = {
        "agreement": agreement,
        "round": last,
        "title": last.text.title if last else "",
        "unsigned": agreement.unsigned_in_words,
        **_other_side(agreement, request.user, acts=True),
        "voided_texts": voided_texts(agreement),
        "rounds": _rounds_of(agreement),
    }
    return render(request, "agreements/returned.html", context)


@require_GET
@with_rounds
def round_detail(request: PersonRequest, agreement: Agreement, round_number: int) -> HttpResponse:
    """One round of a negotiation, for the two sides: the text as it was sent, and what was said of it."""
    rounds = agreement.rounds.select_related("sent_by", "returned_by")
    context = {"agreement": agreement, "round": get_object_or_404(rounds, number=round_number)}
    return render(request, "agreements/round.html", context)


def _rounds_of(agreement: Agreement) -> list[Round]:
    """The rounds of a negotiation, without their texts; none, and no query, while nothing was ever sent."""
    return list(agreement.rounds.select_related("returned_by").defer("body")) if agreement.sent_at else []


@require_GET
@with_agreement
def _seen_whole(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """Everything about one agreement. It shows how to reach both sides: that is logged."""
    viewed = Viewer(request.user).of(agreement)
    panels, successors = panels_of(PANELS, agreement, request.user), _successors(request, agreement)
    note_contacts_read(agreement, by=request.user)
    context = {
        "agreement": agreement,
        "viewed": viewed,
        "sides": sides_of(agreement),
        "renamings": renamings(agreement),
        "text": agreement.filled_text() if agreement.template_version_id else None,
        "changed": changed_since_return(agreement) if agreement.state == Agreement.State.NEGOTIATING else None,
        "answered": answered_remarks(agreement) if agreement.state == Agreement.State.NEGOTIATING else [],
        "rounds": _rounds_of(agreement) if viewed.is_of_a_side else [],  # nobody else reads how they came to terms
        "successors": successors,
        "panels": panels,
        "signed": signed_sides(agreement),
        "history": _history(agreement, request.user, viewed),
        **_acts(agreement, request.user, viewed, panels, successors),
        "taken_back": _taken_back(agreement),
        "unsigned": agreement.unsigned_in_words,
        **_other_side(agreement, request.user, acts=viewed.acts),
        "voided_texts": voided_texts(agreement) if agreement.sent_at and viewed.is_of_a_side else None,
        **_copies(agreement, viewed, request.user),
    }
    return render(request, "agreements/detail.html", context)


def _history(agreement: Agreement, user: User, viewed: ViewedAgreement) -> list[Line]:
    told = [] if viewed.is_of_a_side else [each(agreement, user) for each in TOLD]  # the two sides see all of it
    return lines(agreement, for_drafting_side=viewed.beside_drafter, sides=viewed.belongs_to, told=told)


def _acts(
    agreement: Agreement, user: User, viewed: ViewedAgreement, panels: Sequence[Panel], successors: Iterable[Agreement]
) -> dict[str, object]:
    """What the page's acts go by, whether they come with the page or again with its copies."""
    return {
        "follower": next((each for each in successors if _takes_its_place(each)), None),
        "course": course_of(agreement, panels),
        **_approval(agreement, user),
        **_scanned(agreement, user, viewed),
    }


def _approval(agreement: Agreement, user: User) -> dict[str, object]:
    """How it stands with the own leader's approval, for the people of the side whose turn it is."""
    standing = lifecycle.standing_for(agreement, user)
    if standing is None:
        return {"standing": None}
    last = standing.last if standing.stage == "waiting" else None
    return {
        "standing": standing,
        "asks_approval": lifecycle.asks_for(agreement, user) is not None,
        "answers_approval": last is not None and lifecycle.APPROVAL.allows(last, lifecycle.APPROVE, by=user),
    }


def _other_side(agreement: Agreement, user: User, *, acts: bool) -> dict[str, object]:
    """Whether the person may turn to the side whose turn it is, and how far that one is from having anybody here."""
    reminds = acts and may_remind(user, agreement)
    return {
        "reminds": reminds,
        "reaches": reminds and reaches_anybody(agreement),
        "partner_standing": partner_standing(agreement) if reminds else "",
    }


def _taken_back(agreement: Agreement) -> Round | None:
    """Return the round that was withdrawn, of a draft that came back so and not with the other side's reason."""
    if agreement.state != Agreement.State.DRAFT or agreement.return_reason or agreement.sent_at is None:
        return None
    last = returned_round(agreement)
    return last if last is not None and last.is_withdrawn else None


def _successors(request: PersonRequest, agreement: Agreement) -> list[Agreement]:
    """The renewals and supplements that the person may see, in the order in which they were begun."""
    if agreement.state not in HAS_BEEN_IN_FORCE:
        return []
    return list(agreement.successors.visible_to(request.user).order_by("pk"))


def _takes_its_place(successor: Agreement) -> bool:
    """Whether it is under way or in force in the place of what it follows: nothing else can be begun beside it."""
    return successor.kind in AgreementKind.taking_a_place() and successor.state not in GIVEN_UP


def _scanned(agreement: Agreement, user: User, viewed: ViewedAgreement) -> dict[str, bool]:
    """Whether scans wait for this person to certify them, and whether dates and scans are all in."""
    to_certify = is_in = False
    if viewed.acts and agreement.state in HAS_BEEN_IN_FORCE:
        waits = Agreement.objects.filter(pk=agreement.pk).to_recertify_by(user).exists()
        to_certify = waits and bool(lifecycle.rescan_wanted(agreement))
    elif viewed.acts and agreement.state in lifecycle.CERTIFY.sources and not agreement.rescission_side:
        progress = progress_of(agreement, for_user=user)
        to_certify, is_in = progress.may_certify(user), agreement.both_signed and progress.is_scanned
    return {"to_certify": to_certify, "scan_is_in": is_in}


@require_GET
@in_turn()
@limited("render")
@with_shown_to_party
def partner_letter(request: PersonRequest, agreement: Agreement) -> HttpResponseBase:
    """Print one page to the side whose turn it is. Made within the request, one at a time, and stored nowhere."""
    pdf = partner_letter_pdf(write_letter(agreement, by=request.user))
    name = disposition(f"{agreement.number}-给对方的函.pdf")
    return guarded(HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": name}))


@require_GET
@with_agreement
def copies_panel(request: PersonRequest, agreement: Agreement) -> HttpResponse:
    """The copies as they stand now, and the page's acts with them; the page asks again while the worker is at it."""
    viewed = Viewer(request.user).of(agreement)
    context: dict[str, object] = {"agreement": agreement, "viewed": viewed}
    panels = panels_of(PANELS, agreement, request.user)
    context |= _acts(agreement, request.user, viewed, panels, _successors(request, agreement))
    context |= _copies(agreement, viewed, request.user)
    return render(request, "agreements/_copies_polled.html", context)


def _copies(agreement: Agreement, viewed: ViewedAgreement, user: User) -> dict[str, object]:
    """The newest run of the renderer, and whether the person may order the copies that the present text lacks."""
    of_no_voided_text = renditions.shown_to(user, agreement).filter(frozen__voided_at__isnull=True)
    rendition = of_no_voided_text.prefetch_related("counterparts__issued").first()
    is_current = (
        rendition is not None
        and rendition.state != Rendition.State.FAILED
        and (rendition.revision, rendition.frozen_id) == (agreement.revision, agreement.frozen_id)
    )
    over = agreement.state in GIVEN_UP
    can_render = agreement.partner is not None and agreement.template_version_id is not None
    return {"rendition": rendition, "needs_copies": viewed.acts and can_render and not over and not is_current}
