"""One region on one day: the figures put together. Five queries, whatever the size and the level of the region."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef

from coverage import queries
from coverage.days import year_up_to
from coverage.figures import (
    Counts,
    Coverage,
    Designation,
    InstitutionFigure,
    MonthPoint,
    Obligation,
    Overview,
    Part,
    Population,
    TargetFigure,
)
from coverage.obligations import Book, open_book
from institutions.models import Institution, Role
from regions.models import Region
from regions.rules import CountyNamesMedical

# Which of a scheme's targets these figures answer, and with which number.
REACHED = {"signed_coverage": "covered", "medical_service_coverage": "served"}
Totals = Mapping[tuple[int, date], Counts]


def overview(region: Region, on: date) -> Overview:
    """Return everything that is said about a region on a day. Raises nothing for days without data: zeros."""
    days = year_up_to(on)
    book = open_book(regions_below(region), days)
    counties = stocked(book)
    counted = queries.totals(counties)
    counts = _sum(counted, on, book.regions)
    return Overview(
        code=region.code,
        name=region.full_name,
        on=on,
        counts=counts,
        populations=_populations(counties, counted, on),
        targets=_targets(book, region, on, counts),
        designation=_designation(book, on, queries.designated(region, on)),
        parts=_parts(book, region, on, counted),
        months=tuple(MonthPoint(day, _sum(counted, day, book.regions)) for day in days),
        uncovered=tuple(queries.institutions(_on_one_day(counties, on), coverage=Coverage.UNCOVERED)),
    )


def institutions(region: Region, on: date) -> list[InstitutionFigure]:
    """Return every institution in the region that must be covered on the day. Three queries."""
    return queries.institutions(stocked(open_book(regions_below(region), [on])))


def regions_below(region: Region) -> list[Region]:
    """Return the region and all below it, each knowing whether an elder-care institution stands in it."""
    homes = Institution.objects.filter(region=OuterRef("pk"), role=Role.ELDER_CARE)
    return list(Region.objects.under(region).annotate(has_elder_care=Exists(homes)))


def stocked(book: Book) -> Book:
    """Return the book without the regions in which nobody can be counted."""
    return Book(tuple(each for each in book.regions if getattr(each, "has_elder_care", True)), book.days, book.rules)


def _on_one_day(book: Book, on: date) -> Book:
    return Book(book.regions, (on,), book.rules)


def _sum(counted: Totals, day: date, regions: Iterable[Region]) -> Counts:
    return sum((counted[each.pk, day] for each in regions if (each.pk, day) in counted), Counts())


def _populations(book: Book, counted: Totals, on: date) -> tuple[Population, ...]:
    """Return who must be covered, in words' raw material: one entry for all regions of the same rules."""
    found: dict[Obligation, list[str]] = {}
    for region in book.regions:
        if (region.pk, on) in counted:
            found.setdefault(book.obligation(region, on), []).append(region.name)
    return tuple(Population(obligation, tuple(names)) for obligation, names in found.items())


def _targets(book: Book, region: Region, on: date, counts: Counts) -> tuple[TargetFigure, ...]:
    targets = book.rules[region.code, on].targets
    return tuple(
        TargetFigure(
            label=target.label,
            population=target.population,
            metric=target.metric,
            value=target.value,
            due=target.due,
            quote=target.quote,
            reached=getattr(counts, REACHED[target.metric]),
            whole=counts.obliged,
            on=on,
        )
        for target in targets
        if target.metric in REACHED
    )


def _designation(book: Book, on: date, found: Mapping[int, int]) -> Designation | None:
    """Return how many counties have named their medical institutions; None where no rule asks for it."""
    missing = []
    minimum = counties = 0
    for region in book.regions:
        applied = book.rules[region.code, on].get(CountyNamesMedical)
        if applied and region.level == Region.Level.COUNTY and not region.is_grouping and _is_valid(region, on):
            counties += 1
            minimum = max(minimum, applied.rule.minimum)
            if found.get(region.pk, 0) < applied.rule.minimum:
                missing.append(region.name)
    return Designation(minimum, counties, tuple(missing)) if counties else None


def _is_valid(region: Region, on: date) -> bool:
    """As `Region.objects.valid_on`, for a row at hand."""
    return (region.valid_from is None or region.valid_from <= on) and (region.valid_to is None or region.valid_to > on)


def _parts(book: Book, region: Region, on: date, counted: Totals) -> tuple[Part, ...]:
    """Return the places directly below, a mere grouping replaced by what it groups; none for a county."""
    parts = []
    own = {each.pk: each for each in book.regions}
    for each in _directly_below(book.regions, region):
        under = _under(book.regions, each)
        counts = _sum(counted, on, under)
        if _is_valid(each, on) or counts != Counts():
            parts.append(Part(each.code, each.name, counts))
        for one in under:
            own.pop(one.pk)
    counts = _sum(counted, on, own.values())
    if parts and counts != Counts():
        parts.append(Part(region.code, f"{region.name}本级", counts, is_own_level=True))
    return tuple(parts)


def _directly_below(regions: Sequence[Region], region: Region) -> list[Region]:
    groupings = {each.pk for each in regions if each.is_grouping and each.parent_id == region.pk}
    parents = {region.pk} | groupings
    return [each for each in regions if each.parent_id in parents and not each.is_grouping]


def _under(regions: Iterable[Region], part: Region) -> list[Region]:
    return [each for each in regions if each.code.startswith(part.prefix)]
