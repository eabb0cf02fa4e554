"""The register as one person asks for it: the rows, and how many stand behind every choice.

One query counts everything: it groups what search, scope and region leave by all facets and by the region below at
once. From these groups, of which there are few, follow the total, for each facet its counts under all the others, and
those of the regions. Nothing is read twice, however many rows there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, F, Q, Value
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import Coalesce, Left
from django.http import QueryDict

from accounts.models import User
from frame.chips import Chip
from institutions.models import Institution, InstitutionQuerySet, authorities_of, institutions_held_by
from institutions.register.asking import EVERYWHERE, REMIT, Asked, Near
from institutions.register.facets import FACETS, Facet
from institutions.validity import CHIPS, last_day_expression, last_day_of, validity_of
from regions.models import Region

MoreFacets = Callable[[User, Region | None, date], Sequence[Facet]]
NAME_ORDER: tuple[str, ...] = ("name", "id")
COUNTY_DIGITS = 6


@dataclass(frozen=True)
class Option:
    """One choice of a facet: how many rows it would show beside what else is asked for."""

    value: str
    word: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Part:
    """One region to drill into."""

    name: str
    count: int
    query: str


@dataclass(frozen=True)
class Heading:
    """A column; `query` sorts by it, or turns the order round. "" where it does not sort."""

    word: str
    query: str = ""
    order: str = ""


@dataclass(frozen=True)
class Row:
    """One institution as the register shows it; `more`: its words by the facets from above."""

    institution: Institution
    validity: Chip
    last_day: date | None
    former: str
    more: list[tuple[str, str]]


class Register:
    """What one person sees of the register. `more` gives further facets (`institutions.sockets.FACETS`)."""

    def __init__(self, user: User, data: QueryDict, *, on: date, more: Iterable[MoreFacets] = ()) -> None:
        self.on = on
        remit = list(Region.objects.filter(authorities__in=authorities_of(user)).distinct().order_by("code"))
        self.seats = remit or list(
            Region.objects.filter(institutions__in=institutions_held_by(user)).distinct().order_by("code")
        )
        self.user = user
        self.asked = Asked(data, FACETS, near=Near.REMIT if remit else Near.COUNTY if self.seats else Near.NOTHING)
        self.keeps_scope = bool(remit)  # whether what is looked for stays within it
        asked = more if remit else ()
        self.more = tuple(facet for facets in asked for facet in facets(user, self.region, on))
        self.asked.ask_by(self.more)

    @cached_property
    def rows(self) -> InstitutionQuerySet:
        """What is asked for, in its order, with region and profiles."""
        return self._complete(self._narrowed(self._base, self.asked.chosen)).order_by(*self._order)

    def whole(self, keys: Sequence[int]) -> InstitutionQuerySet:
        """Return the rows of these keys, which `rows` has found, with all that is shown of them."""
        return self._complete(Institution.objects.filter(pk__in=keys))

    def _complete(self, found: InstitutionQuerySet) -> InstitutionQuerySet:
        return found.annotate(**{facet.column: facet.expression(self.on) for facet in self.more}).with_profiles()

    def shown(self, institutions: Iterable[Institution]) -> Iterator[Row]:
        """Yield what the register says of each of its rows."""
        for each in institutions:
            chip = CHIPS[validity_of(each, self.on)]
            words = [(facet.label, facet.words.get(getattr(each, facet.column), "")) for facet in self.more]
            former = each.former_names.partition("\n")[0]
            yield Row(each, chip, last_day_of(each), former, words)

    @property
    def count(self) -> int:
        return sum(n for (_, *values), n in self._groups if self._fits(values, ""))

    def options(self, facet: Facet) -> list[Option]:
        """Return the choices of a facet that exist beside what else is asked for, and those chosen."""
        place = self.asked.facets.index(facet)
        counts: Counter[str] = Counter()
        for (_, *values), n in self._groups:
            if self._fits(values, facet.name):
                counts[values[place]] += n
        chosen = self.asked.chosen[facet.name]
        return [
            Option(value, word, counts[value], value in chosen)
            for value, word in facet.words.items()
            if counts[value] or value in chosen
        ]

    @property
    def headings(self) -> list[Heading]:
        sorting = [self._heading(*each) for each in (("name", "名称"), ("region", "所在地区"))]
        validity = self._heading("until", "许可/备案")
        return [sorting[0], Heading("机构类型"), sorting[1], validity, *(Heading(each.label) for each in self.more)]

    def _heading(self, field: str, word: str) -> Heading:
        order = {field: "ascending", f"-{field}": "descending"}.get(self.asked.sort, "")
        return Heading(word, self.asked.having("sort", f"-{field}" if order == "ascending" else field), order)

    @property
    def panels(self) -> Iterator[tuple[Facet, list[Option]]]:
        """Yield the facets that leave something to choose."""
        for facet in self.asked.facets:
            options = self.options(facet)
            if len(options) > 1 or self.asked.chosen[facet.name]:
                yield facet, options

    @cached_property
    def region(self) -> Region | None:
        """The region in view: the one asked for, else the only seat of an official; None for the whole nation."""
        if self.asked.place or self.asked.scope != REMIT:
            return self.asked.region
        return self.seats[0] if len(self.seats) == 1 else None

    @cached_property
    def above(self) -> list[Part]:
        """The regions between the nation, or the person's own seat, and the one in view."""
        if self.region is None:
            return []
        tops = {seat.level for seat in self.seats} if self.asked.scope == REMIT else set()
        chain = [each for each in self.region.chain()[:-1] if each.level and not each.is_grouping]
        shown = [each for each in chain if each.level >= min(tops, default=0)]
        return [Part(each.name, 0, self.asked.having("region", each.code)) for each in shown]

    @property
    def everywhere(self) -> str:
        """The address's query without any region."""
        return self.asked.without("region")

    @property
    def scopes(self) -> dict[str, str]:
        """The address's query within the remit and beyond it; the region is left out, it may lie outside."""
        return {scope: self.asked.having("scope", scope, leaving_out="region") for scope in (REMIT, EVERYWHERE)}

    @cached_property
    def parts(self) -> list[Part]:
        """The regions directly below the one in view, or those a place name may mean, with their numbers."""
        several = self.asked.regions if self.asked.place and not self.region else None
        if several is not None:
            return [Part(each.full_name, 0, self.asked.having("region", each.code)) for each in several]
        if not self._digits:
            return []
        counts: Counter[str] = Counter()
        for (part, *values), n in self._groups:
            if self._fits(values, ""):
                counts[part] += n
        names = Region.objects.filter(code__in=[part.ljust(6, "0") for part in counts])
        return [
            Part(each.name, counts[each.code[: self._digits]], self.asked.having("region", each.code))
            for each in names.exclude(code=self.region.code if self.region else "")
        ]

    @property
    def _digits(self) -> int:
        """By how many digits of their codes the regions below the one in view are told apart; 0 below a county."""
        digits = 2 * ((self.region.level if self.region else 0) + 1)
        return digits if digits <= COUNTY_DIGITS else 0

    @property
    def _base(self) -> InstitutionQuerySet:
        """What scope, region and search leave, before any facet; every facet's value stands ready by its name."""
        found = Institution.objects.visible_to(self.user)
        if self.asked.scope == REMIT:
            found = found.filter(_below(self.seats))
        if self.asked.regions is not None:
            found = found.filter(_below(self.asked.regions))
        return found.search(self.asked.text)

    @cached_property
    def _groups(self) -> list[tuple[tuple[str, ...], int]]:
        """How many there are of each region below and each facet's value, in this order."""
        part: Combinable = Left("region__code", self._digits) if self._digits else Value("")
        values = {"part": part} | {facet.column: facet.expression(self.on) for facet in self.asked.facets}
        grouped = self._base.annotate(**values).order_by().values_list(*values).annotate(n=Count("pk"))
        return [(row[:-1], row[-1]) for row in grouped]

    def _fits(self, values: Sequence[str], besides: str) -> bool:
        """Whether a group is among what is asked for by every facet but one."""
        pairs = zip(self.asked.facets, values, strict=True)
        return all(
            facet.name == besides or not self.asked.chosen[facet.name] or value in self.asked.chosen[facet.name]
            for facet, value in pairs
        )

    def _narrowed(self, found: InstitutionQuerySet, chosen: dict[str, list[str]]) -> InstitutionQuerySet:
        asked = [facet for facet in self.asked.facets if chosen[facet.name]]
        found = found.alias(**{f"asked_{facet.name}": facet.expression(self.on) for facet in asked})
        return found.filter(**{f"asked_{facet.name}__in": chosen[facet.name] for facet in asked})

    @property
    def _order(self) -> list[str | OrderBy | Combinable]:
        name = self.asked.sort.removeprefix("-")
        columns: dict[str, F | Coalesce] = {
            "name": F("name"),
            "region": F("region__code"),
            "until": last_day_expression(),
        }
        if not name:
            return [*NAME_ORDER]
        column = columns[name]
        down = self.asked.sort.startswith("-")
        order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
        return [F("name").desc(), "-id"] if (name, down) == ("name", True) else [order, *NAME_ORDER]


def _below(regions: Iterable[Region]) -> Q:
    """Return the condition of lying in one of these regions or below it."""
    below = Q(pk__in=[])
    for region in regions:
        if not region.prefix:  # the nation
            return Q()
        below |= Q(region__code__startswith=region.prefix)
    return below
