"""One institution's page. Nothing here changes it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from frame.panels import panels_of
from institutions import sockets
from institutions.lifecycle import PERIOD
from institutions.models import Institution
from institutions.register.history import lines
from institutions.register.permissions import rights_of, with_institution
from institutions.validity import CHIPS, last_day_of, validity_of
from uploads.shown import under_way


@require_GET
@with_institution
def institution_detail(request: PersonRequest, institution: Institution) -> HttpResponse:
    """Its facts, what speaks against signing today, and its history for whoever belongs there or answers for it."""
    today, may = timezone.localdate(), rights_of(request.user, institution)
    context = {
        "institution": institution,
        "may": may,
        "problems": institution.problems(today),
        "warnings": institution.identifier_warnings() if may.edits else [],
        "validity": CHIPS[validity_of(institution, today)],
        "last_day": last_day_of(institution),
        "periods": institution.validity_periods.select_related("entered_by") if may.reads_history else [],
        "under_way": under_way(PERIOD, institution.pk, for_user=request.user) if may.enters_validity else None,
        "past_names": institution.past_names.all(),
        "contacts": panels_of(sockets.CONTACTS, institution, request.user),
        "panels": panels_of(sockets.PANELS, institution, request.user),
        "history": lines(institution) if may.reads_history else [],
    }
    return render(request, "institutions/register/detail.html", context)
