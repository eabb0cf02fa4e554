"""First administrators: the public form, and the bureau's work list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from audit.log import append
from boundary.pictures import answer_with_page
from boundary.rates import among_first, limited
from boundary.uploads import LARGEST_BYTES, UploadRefused, note_refused
from duties import announcements, browsers, claims, enquiries, requesting
from duties.events import ContactsRead
from duties.forms import CodeForm, FindForm, NumberForm, ReasonForm, RequestForm
from duties.models import AdministratorRequest
from duties.permissions import confirms_administrators, has_administrator, requests_for
from institutions.models import Authority, Institution
from once.sending import sent_once
from verbs.errors import Unacceptable

GET_AND_POST = ["GET", "POST"]
PER_PAGE = 20
# Files looked at for one institution, kept or refused, from whatever addresses; those kept the verb counts itself.
MOST_TRIED_A_DAY, DAY_SECONDS = 40, 24 * 60 * 60


@login_not_required
@limited("apply")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Find the institution by its exact code, which can stand for both of its sides, or a request by its number."""
    form = FindForm(request.GET if "code" in request.GET else None)
    sought = NumberForm(request.GET if "number" in request.GET else None)
    if sought.is_valid():
        return redirect("administrator-asked", sought.cleaned_data["number"])
    found: list[Institution] = []
    bureaus: list[Authority] = []
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
        known = Institution.objects.filter(uscc=code).exclude(uscc="")
        found = list(known.exclude(status=Institution.Status.CLOSED).select_related("region"))
        bureaus = [] if found else enquiries.to_call(code)
    context = {"form": form, "found": found, "bureaus": bureaus, "sought": sought}
    return render(request, "duties/find.html", context)


@login_not_required
@limited("apply")
@require_http_methods(GET_AND_POST)
@sent_once
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the request with the scan of the licence, and lead to its number."""
    findable = Institution.objects.exclude(status=Institution.Status.CLOSED).exclude(uscc="")
    institution = get_object_or_404(findable.select_related("region"), pk=pk)
    form = RequestForm(request.POST or None, request.FILES or None)
    secret = browsers.secret_of(request)  # given with the form, so that the form sent twice at once is sent once
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, institution, form, secret)
        if kept is not None:
            return _remembered(redirect("administrator-asked", kept.number), secret)
    context = {
        "form": form,
        "institution": institution,
        "authority": announcements.responsible_for(institution),
        "has_administrator": has_administrator(institution),
    }
    page = render(request, "duties/ask.html", context, status=422 if form.errors else 200)
    return _remembered(page, secret)


@login_not_required
@limited("apply")
@require_http_methods(GET_AND_POST)
@never_cache
@sensitive_post_parameters("code")
def asked(request: HttpRequest, number: str) -> HttpResponse:
    """How far a request has come, for whoever knows its number, without any name; and for whoever has its code, by
    their browser or typed, the link to accept."""
    found = get_object_or_404(AdministratorRequest.objects.select_related("institution__region"), number=number)
    browser = browsers.secret_of(request)
    own = claims.code_for(browser) if found.browser == browsers.digest_of(browser) else ""
    form = CodeForm(request.POST if request.method == "POST" else None, asked=found)
    typed = form.cleaned_data["code"] if form.is_valid() else ""
    code = own or typed
    secret = claims.opened_by(found, code)
    context = {
        "asked": found,
        "authority": announcements.responsible_for(found.institution),
        "code": own if claims.fits(found, own) else "",
        "form": form,
        "link": reverse("invitation", args=[secret]) if secret else "",
    }
    return render(request, "duties/asked.html", context, status=422 if form.errors and not own else 200)


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
    """One request with the licence in view, and the two decisions. It shows how to reach the person: that is logged."""
    found = get_object_or_404(requests_for(request.user), pk=pk)
    event = ContactsRead(place=found.institution.name, whose=[found.full_name], number=found.number)
    append(event, by=request.user, subject=found.institution)
    return _page(request, found)


@require_POST
@recently_confirmed
@never_cache
@sent_once
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide for the applicant. Their own page shows them the link; whoever decides never sees it."""
    found = get_object_or_404(requests_for(request.user), pk=pk)
    invitation = requesting.confirm(found, by=request.user)
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


@require_GET
def licence_page(request: PersonRequest, pk: int, page: int) -> HttpResponseBase:
    """Show one page of the licence, counted from 1, as a picture: no file acts in the browser."""
    found = get_object_or_404(requests_for(request.user), pk=pk)
    return answer_with_page(found.licence, page, is_large="large" in request.GET)


def _page(request: PersonRequest, found: AdministratorRequest, form: ReasonForm | None = None) -> HttpResponse:
    context = {
        "asked": found,
        "pages": range(1, found.page_count + 1),
        "has_administrator": has_administrator(found.institution),
        "form": form or ReasonForm(),
    }
    return render(request, "duties/request.html", context, status=422 if form else 200)


def _remembered(response: HttpResponse, secret: str) -> HttpResponse:
    browsers.keep(response, secret)
    return response


def _kept(
    request: HttpRequest, institution: Institution, form: RequestForm, secret: str
) -> AdministratorRequest | None:
    """Keep the request, or say at the file why it is refused."""
    if not among_first(MOST_TRIED_A_DAY, DAY_SECONDS, "licence", str(institution.pk)):
        form.add_error(None, requesting.ENOUGH)
        return None
    upload: UploadedFile[Any] = form.cleaned_data["licence"]
    content = upload.read(LARGEST_BYTES + 1)  # one byte more shows that it is too large
    typed = form.cleaned_data
    keeps = {"browser": browsers.digest_of(secret), "code": claims.code_for(secret)}
    applicant = requesting.Applicant(typed["full_name"], typed["mobile"], typed["email"], **keeps)
    try:
        return requesting.ask(institution, applicant, content, upload.name or "")
    except UploadRefused as refusal:
        by = request.user if isinstance(request.user, User) else None
        note_refused(refusal, by=by, subject=institution, name=upload.name or "", content=content)
        form.add_error("licence", str(refusal))
    except Unacceptable as enough:
        form.add_error(None, str(enough))
    return None
