"""First administrators: the public form, and the bureau's work list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from audit.log import append
from boundary.addresses import counted_address
from boundary.rates import POSTS, among_first, limited
from boundary.refused import UploadRefused
from duties import announcements, browsers, claims, enquiries, introducing, inviting, one_person, requesting
from duties.events import ContactsRead
from duties.forms import AnotherFileForm, CodeForm, FindForm, LetterForm, NumberForm, ReasonForm, RequestForm
from duties.models import AdministratorRequest, Introduction
from duties.permissions import confirms_administrators, has_administrator, requests_for
from institutions.models import Authority, Institution
from once.sending import sent_once
from uploads.models import Upload
from uploads.receiving import account, address
from uploads.shown import reload_of
from verbs.errors import Unacceptable

GET_AND_POST = ["GET", "POST"]
PER_PAGE = 20
# Files looked at for one institution, kept or refused, from whatever addresses; those kept the verb counts itself.
MOST_TRIED_A_DAY, DAY_SECONDS = 40, 24 * 60 * 60


@login_not_required
@limited("apply")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Find the institution by its exact code, which can stand for both of its sides, or by the code of a letter; or a
    request by its number.
    """
    form = FindForm(request.GET if "code" in request.GET else None)
    sought = NumberForm(request.GET if "number" in request.GET else None)
    if sought.is_valid():
        return redirect("administrator-asked", sought.cleaned_data["number"])
    by_letter = LetterForm(request.GET if "letter" in request.GET else None)
    if by_letter.is_valid():
        return redirect("administrator-letter", introducing.spelled(request.GET["letter"]))
    found: list[Institution] = []
    bureaus: list[Authority] = []
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
        known = Institution.objects.filter(uscc=code).exclude(uscc="")
        found = list(known.exclude(status=Institution.Status.CLOSED).select_related("region"))
        bureaus = [] if found else enquiries.to_call(code)
    context = {"form": form, "found": found, "bureaus": bureaus, "sought": sought, "by_letter": by_letter}
    context["wrong"] = [each for each in (form, by_letter, sought) if each.errors]
    return render(request, "duties/find.html", context)


@login_not_required
@limited("apply")
@require_GET
@never_cache
def by_letter(request: HttpRequest, code: str) -> HttpResponse:
    """Where the printed code of a letter leads: the form for its institution, with the code filled in, or one answer
    to every code that cannot be used.
    """
    form = LetterForm({"letter": code})
    if not form.is_valid():
        return _not_by_letter(request, form)
    institution = form.cleaned_data["letter"].institution
    typed = RequestForm(initial={"letter": introducing.spelled(code)}, institution=institution)
    return _ask_page(request, institution, typed, browsers.secret_of(request), by=form.cleaned_data["letter"])


@login_not_required
@limited("apply")
@require_http_methods(GET_AND_POST)
@sent_once
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in the request with the scan of the licence, and lead to its number, where the verdict is told."""
    institution = _findable(pk)
    if not (institution.uscc or _is_introduced(request, institution)):
        if request.method == "POST":
            return _not_by_letter(request, LetterForm(request.POST))
        raise Http404
    form = RequestForm(request.POST or None, request.FILES or None, institution=institution)
    secret = browsers.secret_of(request)  # given with the form, so that the form sent twice at once is sent once
    if request.method == "POST" and form.is_valid():
        number = _number(request, institution, form, secret)
        if number:
            return _remembered(redirect("administrator-asked", number), secret)
    return _ask_page(request, institution, form, secret)


def _findable(pk: int) -> Institution:
    known = Institution.objects.exclude(status=Institution.Status.CLOSED).select_related("region")
    return get_object_or_404(known, pk=pk)


def _is_introduced(request: HttpRequest, institution: Institution) -> bool:
    """Whether a letter that can be used is sent along: what has no code of its own is found by that alone."""
    letter = introducing.opened_by(request.POST.get("letter", ""))
    return letter is not None and letter.institution_id == institution.pk


def _not_by_letter(request: HttpRequest, form: LetterForm) -> HttpResponse:
    """Answer to a code that cannot be used, with every other way to apply: who has typed a form finds no dead end."""
    form.is_valid()
    context = {"form": FindForm(), "sought": NumberForm(), "by_letter": form, "wrong": [form]}
    return render(request, "duties/find.html", context, status=422)


def _ask_page(
    request: HttpRequest, institution: Institution, form: RequestForm, secret: str, *, by: Introduction | None = None
) -> HttpResponse:
    """Show the form, with what stands in the letter `by` which they come."""
    context = {
        "form": form,
        "institution": institution,
        "authority": announcements.responsible_for(institution),
        "has_administrator": has_administrator(institution),
        "introduction": by or getattr(form, "cleaned_data", {}).get("letter"),
    }
    page = render(request, "duties/ask.html", context, status=422 if form.errors else 200)
    return _remembered(page, secret)


@login_not_required
@limited("apply", methods=POSTS)
@limited("asked")
@require_http_methods(GET_AND_POST)
@never_cache
@sensitive_post_parameters("code")
def asked(request: HttpRequest, number: str) -> HttpResponse:
    """How far a request has come, for whoever knows its number, without any name; and for whoever has its code, by
    their browser or typed, the link to accept.

    Before there is one: how far its file is. Where that was refused, the browser that sent it sends another one here.
    """
    found = AdministratorRequest.objects.select_related("institution__region").filter(number=number).first()
    if found is not None:
        return _request_asked(request, found)
    sent = requesting.under_number(number)
    if sent is None:
        raise Http404
    return _file_asked(request, number, sent)


def _request_asked(request: HttpRequest, found: AdministratorRequest) -> HttpResponse:
    """Answer about a request: what is known to all, and the link to whoever has its code."""
    if request.method == "POST" and "code" not in request.POST:
        return redirect("administrator-asked", found.number)  # its file was kept: there is nothing to send in its place
    browser = browsers.secret_of(request)
    own = claims.code_for(browser) if found.browser == browsers.digest_of(browser) else ""
    form = CodeForm(request.POST if request.method == "POST" else None, asked=found)
    typed = form.cleaned_data["code"] if form.is_valid() else ""
    code = own or typed
    secret = claims.opened_by(found, code)
    if secret and found.invitation and isinstance(request.user, User):
        inviting.note_opened(found.invitation, request.user)
    about = {
        "asked": found,
        "doubts": found.upload.pages.exclude(doubt=""),
        "code": own if claims.fits(found, own) else "",
        "code_form": form,
        "link": reverse("invitation", args=[secret]) if secret else "",
    }
    return _asked_page(request, found.number, found.institution, about, is_wrong=bool(form.errors and not own))


def _file_asked(request: HttpRequest, number: str, sent: Upload) -> HttpResponse:
    """Answer about a number under which only a file was sent so far."""
    form = AnotherFileForm(request.POST or None, request.FILES or None) if _is_theirs(request, sent) else None
    if form is not None and form.is_valid() and _sent_another(request, sent, form):
        return redirect("administrator-asked", number)
    institution = Institution.objects.select_related("region").get(pk=sent.subject)
    browser = browsers.secret_of(request)
    code = claims.code_for(browser) if sent.facts.get("browser") == browsers.digest_of(browser) else ""
    own = code if code and sent.facts.get("claim") == claims.digest_for(number, code) else ""
    about = {"sent": sent, "form": form, "code": own}
    return _asked_page(request, number, institution, about, is_wrong=form is not None and bool(form.errors))


def _asked_page(
    request: HttpRequest, number: str, institution: Institution, about: Mapping[str, object], *, is_wrong: bool
) -> HttpResponse:
    context = {"number": number, "institution": institution, "authority": announcements.responsible_for(institution)}
    context["reload"] = reload_of(request)
    return render(request, "duties/asked.html", context | dict(about), status=422 if is_wrong else 200)


@require_GET
def request_list(request: PersonRequest) -> HttpResponse:
    """The bureau's requests: what waits first, then what was decided, newest first."""
    if not confirms_administrators(request.user):
        raise PermissionDenied("只有主管部门的审核员和管理员可以核实机构管理员。")
    mine = requests_for(request.user)
    decided = mine.exclude(state=AdministratorRequest.State.WAITING).order_by("-decided_at", "-pk")
    context = {
        "waiting": mine.filter(state=AdministratorRequest.State.WAITING),
        "page": Paginator(decided, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "duties/requests.html", context)


@require_GET
@never_cache
def one_request(request: PersonRequest, pk: int) -> HttpResponse:
    """One request with the licence in view, and the two decisions."""
    return _page(request, get_object_or_404(requests_for(request.user), pk=pk))


@require_POST
@recently_confirmed
@never_cache
@sent_once
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide for the applicant. Their own page shows them the link; whoever decides never sees it."""
    found = get_object_or_404(requests_for(request.user), pk=pk)
    invitation = requesting.confirm(found, by=request.user, browser=browsers.brought_by(request))
    return redirect("invitation-sent", invitation.pk)


@require_POST
def refuse(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide against the applicant, with a reason."""
    found = get_object_or_404(requests_for(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    requesting.refuse(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"已答复{found.full_name}的申请：不予确认。")
    return redirect("administrator-requests")


def _page(request: PersonRequest, found: AdministratorRequest, form: ReasonForm | None = None) -> HttpResponse:
    """Show a request, whatever was asked for. It shows how to reach the person: that is logged."""
    event = ContactsRead(place=found.institution.name, whose=[found.full_name], number=found.number)
    append(event, by=request.user, subject=found.institution)
    context = {
        "asked": found,
        "has_administrator": has_administrator(found.institution),
        "form": form or ReasonForm(),
        "why_not": one_person.why_not_decided_by(found, request.user, browser=browsers.brought_by(request)),
    }
    return render(request, "duties/request.html", context, status=422 if form else 200)


def _remembered(response: HttpResponse, secret: str) -> HttpResponse:
    browsers.keep(response, secret)
    return response


def _number(request: HttpRequest, institution: Institution, form: RequestForm, secret: str) -> str:
    """Take the request in and return its number, or say at the file why it is refused and return ""."""
    typed = form.cleaned_data
    keeps = {"browser": browsers.digest_of(secret), "code": claims.code_for(secret)}
    applicant = requesting.Applicant(typed["full_name"], typed["mobile"], typed["email"], **keeps)
    return _said(
        institution.pk,
        form,
        lambda: requesting.send(
            institution, applicant, typed["licence"], sender=_sender(request), introduction=typed["letter"]
        ),
    )


def _sent_another(request: HttpRequest, refused: Upload, form: AnotherFileForm) -> bool:
    file = form.cleaned_data["licence"]
    return bool(_said(refused.subject, form, lambda: requesting.send_another(refused, file, sender=_sender(request))))


def _said(institution: int, form: forms.Form, send: Callable[[], str]) -> str:
    """Do what is asked, counted; what refuses it becomes errors of the form, and then the answer is ""."""
    if not among_first(MOST_TRIED_A_DAY, DAY_SECONDS, "licence", str(institution)):
        form.add_error(None, requesting.ENOUGH)
        return ""
    try:
        return send()
    except UploadRefused as refusal:
        form.add_error("licence", str(refusal))
    except Unacceptable as enough:
        form.add_error(None, str(enough))
    return ""


def _is_theirs(request: HttpRequest, sent: Upload) -> bool:
    """Whether this browser sent a file that was refused: a number may be known to others."""
    is_theirs = sent.facts.get("browser") == browsers.digest_of(browsers.secret_of(request))
    return sent.state == Upload.State.REFUSED and is_theirs


def _sender(request: HttpRequest) -> str:
    return account(request.user) if isinstance(request.user, User) else address(counted_address(request) or "")
