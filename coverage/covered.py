"""Whether an institution is covered, as a facet for the register: the very figures of the coverage pages."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, Exists, OuterRef, Value, When

from accounts.models import User
from coverage import queries
from coverage.figures import Standing
from coverage.obligations import open_book
from coverage.overview import stocked
from coverage.words import STANDINGS
from institutions.models import Institution, Role, authorities_of, remit_of
from institutions.register.facets import Facet
from regions.models import Region

WORDS = {
    Standing.SIGNED.value: "已签约",
    Standing.OWN_CLINIC.value: STANDINGS[Standing.OWN_CLINIC].word,
    Standing.UNCOVERED.value: "未覆盖",
}


WIDEST = Region.Level.PROVINCE  # a question over the whole nation takes seconds: first choose a province


def covered_facets(user: User, region: Region | None, on: date) -> list[Facet]:
    """Return the facet for the region in view, if that is a province or less; who acts for no bureau has none."""
    seats = Region.objects.filter(authorities__in=authorities_of(user))
    tops = [region] if region else list(seats)
    return [covered_facet(user, region, on)] if tops and all(top.level >= WIDEST for top in tops) else []


def covered_facet(user: User, region: Region | None, on: date) -> Facet:
    """Return the facet over the person's remit, within a region if one is in view; outside it nobody has a value.

    Who need not be covered has no value either: medical institutions, and whom the region's rules leave out.
    """
    by_standing: dict[Standing, list[int]] = {standing: [] for standing in Standing}
    for pk, standing in queries.standings(stocked(open_book(_places(user, region), [on]))).items():
        by_standing[standing].append(pk)

    def expression(_: date) -> Case:
        cases = [When(pk__in=pks, then=Value(standing.value)) for standing, pks in by_standing.items() if pks]
        return Case(*cases, default=Value(""), output_field=CharField())

    return Facet("covered", "签约覆盖", WORDS, expression)


def _places(user: User, region: Region | None) -> list[Region]:
    homes = Institution.objects.filter(region=OuterRef("pk"), role=Role.ELDER_CARE)
    found = remit_of(user).annotate(has_elder_care=Exists(homes))
    return list(found.filter(code__startswith=region.prefix) if region else found)
