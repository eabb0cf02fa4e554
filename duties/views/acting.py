"""The switch of place."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.onward import onward
from accounts.requests import PersonRequest
from institutions import acting


@require_POST
def switch(request: PersonRequest) -> HttpResponse:
    """Act for another of one's own places, and go to its work, or to the page that asked for the place."""
    wanted = request.POST.get("place", "")
    place = next((place for place in acting.places_of(request.user) if place.word == wanted), None)
    if place is None:
        raise Http404
    acting.switch(request.session, request.user, place)
    messages.success(request, f"现在您代表{place.name}（{place.duties}）。")
    return redirect(onward(request))
