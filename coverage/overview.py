"""One region on one day: the figures put together. Few queries, whatever the size and the level of the region."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef

from coverage import queries
from coverage.days import YEAR, months_up_to
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
from coverage.listing import Found, Places
from coverage.obligations import Book, open_book
from coverage.queries import Narrowed
from coverage.steps.reading import Read, read
from institutions.models import Institution, Role
from regions.models import Region
from regions.rules import CountyNamesMedical

# Which of a scheme's targets these figures answer, and with which number.
REACHED = {"signed_coverage": "covered", "medical_service_coverage": "served"}
# What the parts can be sorted by → the number.
ORDERS: dict[str, Callable[[Part], Any]] = {
    "code": lambda part: part.code,
    "obliged": lambda part: part.counts.obliged,
    "signed": lambda part: part.counts.signed,
    "own_clinic": lambda part: part.counts.own_clinic,
    "uncovered": lambda part: part.counts.uncovered,
    "rate": lambda part: part.counts.rate or 0,
}


def overview(region: Region, on: date, *, months: int = YEAR, most: int | None = None) -> Overview:
    """Return everything that is said about a region on a day, and its figures at the ends of the `months` before.

    `most`: how many of the uncovered are named (None: all). Raises nothing for days without data: zeros.
    """
    days = months_up_to(on, months)
    book = open_book(Region.objects.under(region), [on])
    figures = read(region, on, days)
    counts = figures.by_day[on]
    uncovered = Found(Places.within(book, figures), Narrowed(coverages=(Coverage.UNCOVERED,)))
    return Overview(
        code=region.code,
        name=region.full_name,
        on=on,
        counts=counts,
        populations=_populations(book, figures),
        targets=_targets(book, region, on, counts),
        designation=_designation(book, region, on),
        parts=_parts(book, region, figures),
        months=tuple(MonthPoint(day, figures.by_day[day]) for day in days),
        uncovered=tuple(islice(uncovered, most)),
    )


def institutions(region: Region, on: date) -> list[InstitutionFigure]:
    """Return every institution in the region that must be covered on the day. Three queries."""
    homes = Institution.objects.filter(region=OuterRef("pk"), role=Role.ELDER_CARE)
    return queries.institutions(open_book(Region.objects.under(region).filter(Exists(homes)), [on]))


def _populations(book: Book, figures: Read) -> tuple[Population, ...]:
    """Return who must be covered, in words' raw material: one entry for all regions of the same rules."""
    found: dict[Obligation, list[str]] = {}
    for region in book.regions:
        if region.pk in figures.by_region:
            found.setdefault(book.obligation(region, figures.on), []).append(region.name)
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


def _designation(book: Book, region: Region, on: date) -> Designation | None:
    """Return how many counties have named their medical institutions; None where no rule asks for it."""
    asked = {
        each: applied.rule.minimum
        for each in book.regions
        if each.level == Region.Level.COUNTY and not each.is_grouping and _is_valid(each, on)
        if (applied := book.rules[each.code, on].get(CountyNamesMedical))
    }
    if not asked:
        return None
    found = queries.designated(asked, on)
    # Many counties have one name, so each is called with what it lies in below the region asked about.
    above = region.full_name
    missing = [each.full_name.removeprefix(above) for each, minimum in asked.items() if found.get(each.pk, 0) < minimum]
    return Designation(max(asked.values()), len(asked), tuple(missing))


def _is_valid(region: Region, on: date) -> bool:
    """As `Region.objects.valid_on`, for a row at hand."""
    return (region.valid_from is None or region.valid_from <= on) and (region.valid_to is None or region.valid_to > on)


def _parts(book: Book, region: Region, figures: Read) -> tuple[Part, ...]:
    """Return the places directly below, a mere grouping replaced by what it groups; none for a county."""
    below = _directly_below(book.regions, region)
    under: dict[str, list[Region]] = {each.prefix: [] for each in below}
    own: list[Region] = []
    for one in book.regions:
        prefix = next((prefix for prefix in (one.code[:2], one.code[:4], one.code) if prefix in under), "")
        under.get(prefix, own).append(one)
    parts = []
    for each in below:
        counts = figures.sum_of(under[each.prefix])
        if _is_valid(each, figures.on) or counts != Counts():
            parts.append(Part(each.code, each.name, counts))
    counts = figures.sum_of(own)
    if parts and counts != Counts():
        parts.append(Part(region.code, f"{region.name}本级", counts, is_own_level=True))
    return tuple(parts)


def _directly_below(regions: Sequence[Region], region: Region) -> list[Region]:
    groupings = {each.pk for each in regions if each.is_grouping and each.parent_id == region.pk}
    parents = {region.pk} | groupings
    return [each for each in regions if each.parent_id in parents and not each.is_grouping]


def sorted_parts(parts: Sequence[Part], sort: str) -> list[Part]:
    """Return the parts in the order of one of their numbers, the largest first with "-" before its name, and by code
    for any other name. What belongs to none of them comes last, and so does where nobody must be covered."""
    number = ORDERS.get(sort.removeprefix("-"), ORDERS["code"])
    rows = sorted(parts, key=number, reverse=sort.startswith("-"))
    return sorted(rows, key=lambda part: (part.is_own_level, not part.counts.obliged))
