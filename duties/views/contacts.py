"""Contacts, shown on request; every look is logged."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import PersonRequest
from duties import contacts
from duties.here import looked_after
from duties.places import name_of
from institutions.models import Institution


@require_POST
@never_cache
def people_contacts(request: PersonRequest) -> HttpResponse:
    """Show the contacts of one's own people; the look is logged."""
    found = contacts.read(request.user, looked_after(request))
    return render(request, "duties/contacts.html", {"contacts": found, "place_name": name_of(found.place)})


@require_POST
@never_cache
def institution_contacts(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the contacts of an institution, as a fragment of its page or as a page; the look is logged."""
    visible = Institution.objects.visible_to(request.user).select_related("region")
    found = contacts.read(request.user, get_object_or_404(visible, pk=pk))
    template = "_contacts_shown.html" if request.htmx else "contacts.html"
    return render(request, f"duties/{template}", {"contacts": found, "institution": found.place})
