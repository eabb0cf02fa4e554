"""Regions to look up, and the policy in force in each: open to every signed-in person."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from regions.models import Region, Scheme
from regions.schemes import rules_for
from regions.wording import in_words, target_in_words

PER_PAGE = 25
LONGEST_QUERY = 60


@require_GET
def region_list(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = Region.objects.search(query) if query else Region.objects.filter(level=Region.Level.PROVINCE)
    context = {
        "query": query,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "schemes": Scheme.objects.filter(is_withdrawn=False).select_related("region"),
    }
    return render(request, "regions/region_list.html", context)


@require_GET
def region_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One region: the rules in force there today, each with the sentence it rests on."""
    region = get_object_or_404(Region.objects.select_related("parent", "successor"), code=code)
    rules = rules_for(region, timezone.localdate())
    context = {
        "region": region,
        "chain": [above for above in region.chain() if above != region and not above.is_grouping],
        "children": region.children.order_by("code"),
        "rules": [(applied, in_words(applied.rule)) for applied in rules],
        "targets": [(target, target_in_words(target)) for target in rules.targets],
        "deadlines": rules.deadlines,
        "schemes": rules.schemes,
    }
    return render(request, "regions/region_detail.html", context)
