"""The register of institutions and its ledger."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from boundary.rates import limited
from frame.following import page_of
from institutions.models import institutions_held_by
from institutions.permissions import can_add
from institutions.register.page import Register
from institutions.sockets import FACETS


@require_GET
@limited("search")
def institution_list(request: PersonRequest) -> HttpResponse:
    """What the person may see, one's own first; officials begin with their remit."""
    register = _register(request)
    page = page_of(register.rows, request.GET, count=register.count)
    context = {
        "register": register,
        "page": page,
        "rows": list(register.shown(page)),
        "own": institutions_held_by(request.user).select_related("region"),
        "can_add": can_add(request.user),
        "export_query": register.asked.without("page"),
    }
    return render(request, "institutions/register/list.html", context)


def _register(request: PersonRequest) -> Register:
    return Register(request.user, request.GET, on=timezone.localdate(), more=FACETS)
