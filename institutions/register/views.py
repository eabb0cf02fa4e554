"""The register of institutions: one's own first, all open ones to search."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from institutions.models import Institution, institutions_of, institutions_read_by
from institutions.register.filters import InstitutionFilter

PER_PAGE = 25


@require_GET
def institution_list(request: PersonRequest) -> HttpResponse:
    visible = Institution.objects.visible_to(request.user).with_profiles()
    found = InstitutionFilter(request.GET, queryset=visible)
    context = {
        "filter": found,
        "page": Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page")),
        "own": institutions_read_by(request.user).select_related("region"),
    }
    return render(request, "institutions/institution_list.html", context)


@require_GET
def institution_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One institution: its facts, and what speaks against signing with it today."""
    visible = Institution.objects.visible_to(request.user).with_profiles()
    institution = get_object_or_404(visible, pk=pk)
    is_own = institutions_of(request.user).filter(pk=pk).exists()
    context = {
        "institution": institution,
        "is_own": is_own,
        "problems": institution.standing(timezone.localdate()),
        "warnings": institution.identifier_warnings() if is_own else [],
    }
    return render(request, "institutions/institution_detail.html", context)
