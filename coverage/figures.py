"""The figures of coverage as plain data: what was counted, for which region, on which day. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import attrgetter

TENTH = Decimal("0.1")
ALMOST_ALL = Decimal("99.9")


class Coverage(StrEnum):
    """Whether an institution that must be covered is covered on a day, and by what."""

    SIGNED = "signed"
    OWN_CLINIC = "own_clinic"
    UNCOVERED = "uncovered"


class FiledWith(StrEnum):
    """Who has accepted an agreement by a day."""

    BOTH = "both"
    HEALTH = "health"
    CIVIL_AFFAIRS = "civil_affairs"
    NEITHER = "neither"


ENDING_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class Counts:
    """Numbers that add up: of one region, or of several together."""

    obliged: int = 0  # institutions that must be covered: the denominator
    signed: int = 0  # … with the agreements in force that the region's rules ask for
    own_clinic: int = 0  # … without them, but exempt by an own clinic
    uncovered: int = 0
    clinic_unexempt: int = 0  # uncovered ones with an own clinic, where the rules do not exempt it
    agreements: int = 0  # in force on the day, of institutions that must be covered
    filed_both: int = 0
    filed_health: int = 0  # with health only
    filed_civil_affairs: int = 0  # with civil affairs only
    filed_neither: int = 0
    ending_30: int = 0  # agreements whose term ends within 30 days of the day
    ending_60: int = 0  # includes ending_30
    ending_90: int = 0  # includes ending_60
    # Elder-care institutions that are registered but not counted on the day, by the first reason that holds.
    left_closed: int = 0
    left_closed_undated: int = 0
    left_other_kind: int = 0
    left_unfiled: int = 0
    left_not_yet: int = 0
    left_no_capacity: int = 0
    # Of those counted: facts without a date, taken to hold on every day.
    undated_opening: int = 0
    undated_clinic: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts.total((self, other))

    @classmethod
    def total(cls, counts: Iterable[Counts]) -> Counts:
        """Return the sum of any number of counts; zeros of none."""
        return cls(*map(sum, zip(*(each.numbers for each in counts), strict=True)))

    @staticmethod
    def names() -> tuple[str, ...]:
        return tuple(each.name for each in fields(Counts))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The counts in the order of the fields."""
        return _numbers(self)

    @property
    def covered(self) -> int:
        return self.signed + self.own_clinic

    @property
    def rate(self) -> Decimal | None:
        """Percent covered with one decimal; None when nobody must be covered."""
        return percent(self.covered, self.obliged)

    @property
    def served(self) -> int:
        """Those with medical service in any form: covered, or with an own clinic that does not exempt."""
        return self.covered + self.clinic_unexempt

    @property
    def left_out(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self) if each.name.startswith("left_"))


_numbers = attrgetter(*Counts.names())


def percent(part: int, whole: int) -> Decimal | None:
    """Return the share with one decimal, never 100.0 unless it is all; None of nothing."""
    if not whole:
        return None
    share = (Decimal(100 * part) / whole).quantize(TENTH, ROUND_HALF_UP)
    return share if part == whole else min(share, ALMOST_ALL)


@dataclass(frozen=True)
class InstitutionFigure:
    """One institution that must be covered, as it stands on the day."""

    pk: int
    name: str
    region_code: str
    region_name: str
    region_full_name: str
    kind: str
    coverage: Coverage
    has_clinic: bool
    partners: int  # medical institutions with an agreement in force
    primary_partners: int
    partners_asked: int
    primary_asked: int
    agreements: int
    filed_both: int
    filed_health: int
    filed_civil_affairs: int
    filed_neither: int
    next_end: date | None  # the earliest end of a term among those in force
    last_end: date | None  # the last day in force of the latest agreement that has ended

    @property
    def is_covered(self) -> bool:
        return self.coverage is not Coverage.UNCOVERED

    def filed(self, how: FiledWith) -> int:
        """Return how many of its agreements in force are filed so."""
        count: int = getattr(self, f"filed_{how}")
        return count


@dataclass(frozen=True)
class Part:
    """A region directly below the one asked about, or the part of it that stands in none of them."""

    code: str
    name: str
    counts: Counts
    is_own_level: bool = False


@dataclass(frozen=True)
class MonthPoint:
    on: date
    counts: Counts


@dataclass(frozen=True)
class TargetFigure:
    """A scheme's target beside what was reached on the day."""

    label: str
    population: str
    metric: str
    value: int  # percent
    due: date | None
    quote: str
    reached: int
    whole: int
    on: date

    @property
    def rate(self) -> Decimal | None:
        return percent(self.reached, self.whole)

    @property
    def is_met(self) -> bool:
        return 100 * self.reached >= self.value * self.whole

    @property
    def is_late(self) -> bool:
        return not self.is_met and self.due is not None and self.due < self.on


@dataclass(frozen=True)
class Designation:
    """How many counties have the medical institutions that their rules ask them to name."""

    minimum: int
    counties: int
    missing: tuple[str, ...]  # names of counties

    @property
    def met(self) -> int:
        return self.counties - len(self.missing)


@dataclass(frozen=True)
class Obligation:
    """Who must be covered in a region on a day, and by how much: its rules, as far as coverage goes."""

    kinds: tuple[str, ...]
    filed: bool  # only institutions filed (备案) by the day, whatever their kind
    civil_capacity: bool
    partners: int
    primary_partners: int
    clinic_exempts: bool


@dataclass(frozen=True)
class Population:
    """An obligation and the regions that have it."""

    obligation: Obligation
    places: tuple[str, ...]  # names


@dataclass(frozen=True)
class Overview:
    """Everything that is said about one region on one day."""

    code: str
    name: str
    on: date
    counts: Counts
    populations: tuple[Population, ...]
    targets: tuple[TargetFigure, ...]
    designation: Designation | None
    parts: tuple[Part, ...]
    months: tuple[MonthPoint, ...]
    uncovered: tuple[InstitutionFigure, ...]

    @property
    def parts_without(self) -> list[str]:
        """The names of the regions below where nobody must be covered: told in one line, not row by row."""
        return [part.name for part in self.parts if not part.counts.obliged]
