"""Coverage of a region on any day: the figures, the institutions behind them, and one institution's agreements."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from agreements.models import Agreement, AgreementKind
from agreements.models.states import BEING_SIGNED, HAS_BEEN_IN_FORCE, State
from boundary.rates import limited
from coverage import words
from coverage.charts import chart_data
from coverage.days import span_of
from coverage.forms import AsOfForm, InstitutionsForm
from coverage.listing import Places, page_of
from coverage.on_day import AgreementOnDay
from coverage.overview import institutions, overview, sorted_parts
from coverage.permissions import RegionPath, own_regions, with_path
from institutions.models import Institution, Role

WAITS = {State.AGREED: "文本已定，待签章", State.SIGNING: "签章中，还没有生效"}
NAMED = 20  # uncovered institutions on the first page; the rest are on the list


@require_GET
def coverage_home(request: PersonRequest) -> HttpResponse:
    """Lead to the widest region of one's own; 403 for whoever answers for none."""
    own = own_regions(request.user)
    if not own:
        raise PermissionDenied
    return redirect("coverage-region", own[0].code)


@require_GET
@with_path
def coverage_region(request: PersonRequest, path: RegionPath) -> HttpResponse:
    form, on = AsOfForm.asked(request.GET)
    span = span_of(request.GET.get("span", ""))
    sort = request.GET.get("sort", "")
    figures = overview(path.region, on, months=span.months, most=NAMED)
    context = {
        **_on_every_page(path, form, on),
        "figures": figures,
        "span": span,
        "parts": sorted_parts(figures.parts, sort),
        "sort": sort,
        "named": figures.uncovered,
        "charts": chart_data(figures),
        "left_out": words.left_out(figures.counts),
        "undated": list(words.undated(figures.counts, on)),
        "own_regions": own_regions(request.user),
    }
    return render(request, "coverage/region.html", context)


@require_GET
@limited("search")
@with_path
def coverage_institutions(request: PersonRequest, path: RegionPath) -> HttpResponse:
    """The institutions behind a figure."""
    form, on = AsOfForm.asked(request.GET)
    filters = InstitutionsForm(request.GET, Places.of(path.region, on), path.region)
    page = page_of(filters.found, request.GET.get("page"))
    context = {**_on_every_page(path, form, on), "filters": filters, "page": page}
    return render(request, "coverage/institutions.html", context)


@require_GET
@with_path
def coverage_institution(request: PersonRequest, path: RegionPath, pk: int) -> HttpResponse:
    """One institution on the day, with every agreement that has been in force."""
    form, on = AsOfForm.asked(request.GET)
    homes = Institution.objects.of_role(Role.ELDER_CARE).with_profiles()
    institution = get_object_or_404(homes, pk=pk, region__code__startswith=path.region.prefix)
    agreements = (
        Agreement.objects.visible_to(request.user)
        .filter(elder_care=institution, state__in=HAS_BEEN_IN_FORCE)
        .with_parties()
        .prefetch_related("filings__authority")
        .order_by("-starts_on", "-id")
    )
    figure = next((each for each in institutions(institution.region, on) if each.pk == pk), None)
    context = {
        **_on_every_page(path, form, on),
        "institution": institution,
        "figure": figure,
        "rows": [AgreementOnDay(agreement, on) for agreement in agreements],
        "under_way": _under_way(institution) if on == timezone.localdate() else [],
    }
    return render(request, "coverage/institution.html", context)


def _under_way(institution: Institution) -> list[tuple[str, int]]:
    """Return how many agreements wait for their signatures, by state in words; with whom is not told before force."""
    waiting = institution.agreements_as_elder_care.filter(state__in=BEING_SIGNED).exclude(kind=AgreementKind.SUPPLEMENT)
    counts = dict(waiting.order_by().values_list("state").annotate(number=Count("pk")))
    return [(word, counts[state]) for state, word in WAITS.items() if state in counts]


def _on_every_page(path: RegionPath, form: AsOfForm, on: date) -> dict[str, object]:
    return {"path": path, "region": path.region, "form": form, "on": on}
