"""The people of the place that one looks after, and one of them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import PersonRequest
from duties import directory, enquiries, helping, introducing
from duties.confirmers import waiting_for, whom_to_ask
from duties.forms import PhoneForm
from duties.here import further_duties, looked_after, person_at
from duties.models import AdministratorRequest
from duties.permissions import requests_for
from duties.places import name_of
from institutions.models import Authority, Institution


@require_GET
@never_cache
def people_list(request: PersonRequest) -> HttpResponse:
    return _list_page(request)


@require_POST
@never_cache
def authority_phone(request: PersonRequest) -> HttpResponse:
    """Set the number that people call about requests, or show at the field what is wrong with it."""
    place = looked_after(request)
    if not isinstance(place, Authority):
        raise PermissionDenied("只有主管部门登记咨询电话。")
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form)
    enquiries.set_phone(place, form.cleaned_data["phone"], by=request.user)
    messages.success(request, "咨询电话已保存。")
    return redirect("people-list")


def _list_page(request: PersonRequest, refused: PhoneForm | None = None) -> HttpResponse:
    place = looked_after(request)
    form = PhoneForm(initial={"phone": place.phone}) if isinstance(place, Authority) else None
    context = {
        "form": refused or form,
        "place": place,
        "place_name": name_of(place),
        "people": directory.people_at(place),
        "invitations": directory.invitations_at(place),
        "holders": waiting_for(request.user),
        "introduced": introducing.introduced_to(place) if isinstance(place, Institution) else [],
        "requests": requests_for(request.user).filter(state=AdministratorRequest.State.WAITING),
    }
    return render(request, "duties/list.html", context, status=422 if refused else 200)


@require_GET
@never_cache
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """One person of the place: the duties held here, and what can be done about them."""
    place = looked_after(request)
    user = person_at(place, pk)
    shown = next(each for each in directory.people_at(place) if each.user.pk == user.pk)
    context = {
        "place_name": name_of(place),
        "person": shown,
        "is_self": user.pk == request.user.pk,
        "may_help": helping.may_help(request.user, user),
        "more": further_duties(request.user, place, user),
        "asks": next((whom_to_ask(held) for held in shown.held if not held.is_effective), ""),
    }
    return render(request, "duties/person.html", context)
