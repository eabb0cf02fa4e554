"""The people of the place that one looks after, and one of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from institutions.models import AdministratorRequest
from institutions.people import directory, helping
from institutions.people.here import further_duties, looked_after, person_at
from institutions.people.places import name_of
from institutions.people.requesting import requests_for


@require_GET
@never_cache
def people_list(request: PersonRequest) -> HttpResponse:
    place = looked_after(request)
    context = {
        "place": place,
        "place_name": name_of(place),
        "people": directory.people_at(place),
        "invitations": directory.invitations_at(place),
        "requests": requests_for(request.user).filter(state=AdministratorRequest.State.WAITING),
    }
    return render(request, "institutions/people/list.html", context)


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
    }
    return render(request, "institutions/people/person.html", context)
