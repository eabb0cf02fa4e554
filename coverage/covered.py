"""Whether an institution is covered, as a facet for the register: the very figures of the coverage pages."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, Exists, OuterRef, Value, When

from accounts.models import User
from coverage import queries
from coverage.figures import Coverage
from coverage.obligations import open_book
from coverage.words import COVERAGE_CHIPS
from institutions.models import Institution, Role, authorities_of, remit_read_by
from institutions.register.facets import Facet
from regions.models import Region

WORDS = {
    Coverage.SIGNED.value: "已签约",
    Coverage.OWN_CLINIC.value: COVERAGE_CHIPS[Coverage.OWN_CLINIC].word,
    Coverage.UNCOVERED.value: "未覆盖",
}


WIDEST = Region.Level.PROVINCE  # a question over the whole nation takes seconds: first choose a province


def covered_facets(user: User, region: Region | None, on: date) -> list[Facet]:
    """Return the facet for the region in view, if that is a province or less; whoever acts for no bureau has none."""
    seats = Region.objects.filter(authorities__in=authorities_of(user))
    tops = [region] if region else list(seats)
    return [covered_facet(user, region, on)] if tops and all(top.level >= WIDEST for top in tops) else []


def covered_facet(user: User, region: Region | None, on: date) -> Facet:
    """Return the facet over the person's remit, within a region if one is in view; outside it nobody has a value.

    Those who need not be covered have no value either: medical institutions, and whom the region's rules leave out.
    """
    by_coverage: dict[Coverage, list[int]] = {coverage: [] for coverage in Coverage}
    for pk, coverage in queries.coverages(open_book(_regions(user, region), [on])).items():
        by_coverage[coverage].append(pk)

    def expression(_: date) -> Case:
        cases = [When(pk__in=pks, then=Value(coverage.value)) for coverage, pks in by_coverage.items() if pks]
        return Case(*cases, default=Value(""), output_field=CharField())

    return Facet("covered", "签约覆盖", WORDS, expression)


def _regions(user: User, region: Region | None) -> list[Region]:
    homes = Institution.objects.filter(region=OuterRef("pk"), role=Role.ELDER_CARE)
    found = remit_read_by(user).filter(Exists(homes))
    return list(found.filter(code__startswith=region.prefix) if region else found)
