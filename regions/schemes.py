"""The rules in force in a region: what nation, province, prefecture and county set, the lower over the upper.

rules = rules_for(region)
rules.min_primary_partners                     # 1, or 0 where no rule sets it
applied = rules.get(MinPrimaryPartners)        # the rule, its scheme and its sentence, or None
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, pairwise
from operator import itemgetter
from typing import Generic, TypeVar, cast

from regions.models import Region, Scheme
from regions.rule import Rule
from regions.rules import (
    KINDS,
    EligibleElderCare,
    EligibleMedical,
    MinMedicalPartners,
    MinPrimaryPartners,
    OwnClinicExempts,
)
from regions.scheme_body import Deadline, SchemeBody, SetRule, Target

R = TypeVar("R", bound=Rule, covariant=True)


@dataclass(frozen=True)
class Citation:
    """Where a rule comes from. `quote` is the sentence of the source, "" for a platform default."""

    scheme_slug: str
    scheme_title: str
    title_in_source: bool
    document_number: str
    region_code: str
    quote: str

    @property
    def platform_default(self) -> bool:
        return not self.quote

    def __str__(self) -> str:
        if self.platform_default:
            return "平台默认"
        number = f"（{self.document_number}）" if self.document_number else ""
        title = f"《{self.scheme_title}》" if self.title_in_source else self.scheme_title
        return f"{title}{number}：“{self.quote}”"


@dataclass(frozen=True)
class Applied(Generic[R]):
    """A rule in force, with its source and whether a lower region may set it otherwise."""

    rule: R
    citation: Citation
    lower_may_change: bool
    remark: str = ""


@dataclass(frozen=True)
class RuleSet:
    """The rules in force in one region on one day."""

    schemes: tuple[SchemeBody, ...]  # upper regions first
    applied: dict[type[Rule], Applied[Rule]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Applied[Rule]]:
        return iter(self.applied.values())

    def get(self, kind: type[R]) -> Applied[R] | None:
        """Return the rule of this kind with its citation, or None when no level sets it."""
        return cast("Applied[R] | None", self.applied.get(kind))

    @property
    def min_medical_partners(self) -> int:
        applied = self.get(MinMedicalPartners)
        return applied.rule.minimum if applied else 0

    @property
    def min_primary_partners(self) -> int:
        applied = self.get(MinPrimaryPartners)
        return applied.rule.minimum if applied else 0

    @property
    def own_clinic_exempts(self) -> bool:
        applied = self.get(OwnClinicExempts)
        return applied is not None and applied.rule.exempts

    def medical_may_sign(self, *, kind: str, level: int, is_private: bool) -> bool:
        """Tell whether a medical institution of this kind and level (0 to 3) is eligible here.

        The sources name them as a rule with exceptions (主要指): a no is a doubt to show, never a bar by itself.
        """
        applied = self.get(EligibleMedical)
        if applied is None:
            return True
        rule = applied.rule
        return (
            (not rule.kinds or kind in rule.kinds) and level >= rule.minimum_level and (rule.private or not is_private)
        )

    def elder_care_may_sign(self, *, kind: str) -> bool:
        """Tell whether an elder-care institution of this kind is eligible here; as above, a no is a doubt."""
        applied = self.get(EligibleElderCare)
        return applied is None or not applied.rule.kinds or kind in applied.rule.kinds

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(target for scheme in self.schemes for target in scheme.targets)

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        return tuple(deadline for scheme in self.schemes for deadline in scheme.deadlines)


def rules_for(region: Region, on: date | None = None) -> RuleSet:
    """Return the rules in force in a region on a day (None: all that were ever loaded and not withdrawn).

    One query. Within one region a later scheme prevails over an earlier one.
    """
    schemes = Scheme.objects.above(region)
    if on is not None:
        schemes = schemes.in_force(on)
    return merged(scheme.parsed for scheme in schemes)


def rules_for_many(regions: Iterable[Region], days: Iterable[date]) -> dict[tuple[str, date], RuleSet]:
    """Return the rules in force in each region on each day, by (code, day): as `rules_for`, in one query for all.

    Regions under the same schemes share one RuleSet object.
    """
    days = list(days)
    chains = {region.code: region.chain_codes for region in regions}
    schemes = Scheme.objects.filter(
        region__code__in=set(chain.from_iterable(chains.values())), is_withdrawn=False
    ).upper_first()
    # Of the thousands of regions few have schemes of their own: they are looked up by place, and put in their order.
    by_place: dict[str, list[tuple[int, date | None, SchemeBody]]] = {}
    for number, scheme in enumerate(schemes):
        body = scheme.parsed
        by_place.setdefault(body.region, []).append((number, scheme.in_force_from, body))
    known: dict[tuple[str, ...], RuleSet] = {}
    found = {}
    for code, above_it in chains.items():
        places = [by_place[each] for each in above_it if each in by_place]
        above = [(since, body) for _, since, body in sorted(chain.from_iterable(places), key=itemgetter(0))]
        for day in days:
            bodies = [body for since, body in above if since is None or since <= day]
            slugs = tuple(body.slug for body in bodies)
            if slugs not in known:
                known[slugs] = merged(bodies)
            found[code, day] = known[slugs]
    return found


def days_of_change() -> list[tuple[date, date]]:
    """Return the spans of days, each with the day after its last, within which no region's rules change. One query."""
    begun = Scheme.objects.filter(is_withdrawn=False, in_force_from__isnull=False).values_list(
        "in_force_from", flat=True
    )
    return list(pairwise([date.min, *sorted(filter(None, set(begun))), date.max]))


def merged(schemes: Iterable[SchemeBody]) -> RuleSet:
    """Merge schemes, given upper regions first; a locked rule of an upper region stays as it is.

    The rules come in the order of `rules.KINDS`.
    """
    bodies = tuple(schemes)
    applied: dict[type[Rule], Applied[Rule]] = {}
    for scheme in bodies:
        for rule in scheme.rules:
            upper = applied.get(type(rule.rule))
            if upper is None or upper.lower_may_change or upper.citation.region_code == scheme.region:
                applied[type(rule.rule)] = _applied(rule, scheme)
    return RuleSet(bodies, {kind: applied[kind] for kind in KINDS.values() if kind in applied})


def _applied(rule: SetRule, scheme: SchemeBody) -> Applied[Rule]:
    citation = Citation(
        scheme_slug=scheme.slug,
        scheme_title=scheme.title,
        title_in_source=scheme.title_in_source,
        document_number=scheme.document_number,
        region_code=scheme.region,
        quote=rule.quote,
    )
    return Applied(rule.rule, citation, rule.lower_may_change, rule.remark)
