"""Who must be covered, by the rules in force in each county on each day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from coverage.figures import Obligation
from institutions.models import ElderCareProfile
from regions.models import Region
from regions.rules import EligibleElderCare
from regions.schemes import RuleSet, rules_for_many

KINDS_TO_FILE = tuple(sorted(ElderCareProfile.KINDS_TO_FILE))


@dataclass(frozen=True)
class Book:
    """The regions of one question with their rules on each of its days."""

    regions: tuple[Region, ...]
    days: tuple[date, ...]
    rules: dict[tuple[str, date], RuleSet]

    def obligation(self, region: Region, day: date) -> Obligation:
        return obligation_of(self.rules[region.code, day])


def open_book(regions: Iterable[Region], days: Iterable[date]) -> Book:
    """Load the rules of all regions on all days, in one query."""
    regions, days = tuple(regions), tuple(days)
    return Book(regions, days, rules_for_many(regions, days))


def obligation_of(rules: RuleSet) -> Obligation:
    """Return whom the rules oblige. Where no scheme says who, institutions that must file: 养老机构 and 敬老院.

    One agreement is the least even where no rule is loaded: no agreement is no coverage.
    """
    applied = rules.get(EligibleElderCare)
    rule = applied.rule if applied else EligibleElderCare()
    return Obligation(
        kinds=tuple(sorted(rule.kinds)) or KINDS_TO_FILE,
        filed=rule.filed,
        civil_capacity=rule.civil_capacity,
        partners=max(1, rules.min_medical_partners),
        primary_partners=rules.min_primary_partners,
        clinic_exempts=rules.own_clinic_exempts,
    )
