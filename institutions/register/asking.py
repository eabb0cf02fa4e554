"""What is asked of the register, read from the address. What is no choice asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from django.http import QueryDict

from frame.following import AFTER
from institutions.register.facets import Facet
from regions.models import Region

LONGEST = 100  # characters of a search text
MOST_REGIONS = 60  # a text that fits more is no place name
REMIT, EVERYWHERE = "remit", "all"


class Near(Enum):
    """What of the register a person begins with, as it is called."""

    REMIT = "辖区内"
    COUNTY = "本县区"
    NOTHING = ""


SORTS = ("name", "region", "until")


@dataclass(frozen=True)
class Chip:
    """One thing asked for, and the address without it."""

    word: str
    query: str


class Asked:
    """The filters, as values. `facets` are those that may be asked for; `near` is what the person begins with."""

    def __init__(self, data: QueryDict, facets: Sequence[Facet], *, near: Near) -> None:
        self.data = data
        self.facets: tuple[Facet, ...] = ()
        self.chosen: dict[str, list[str]] = {}
        self.ask_by(facets)
        self.text = data.get("q", "").strip()[:LONGEST]
        self.place = data.get("region", "").strip()[:LONGEST]
        self.near = near
        self.scope = REMIT if self._is_near(data.get("scope", "")) else EVERYWHERE
        sort = data.get("sort", "")
        self.sort = sort if sort.removeprefix("-") in SORTS else ""

    def _is_near(self, scope: str) -> bool:
        """Whether only what is near is shown: an official's remit always, a clerk's county until they look for more."""
        if self.near is Near.REMIT:
            return scope != EVERYWHERE
        looks_for = self.text or self.place
        return self.near is Near.COUNTY and (scope == REMIT or (not scope and not looks_for))

    def ask_by(self, facets: Iterable[Facet]) -> None:
        """Let these be asked for too."""
        for facet in facets:
            self.facets += (facet,)
            self.chosen[facet.name] = [value for value in facet.words if value in self.data.getlist(facet.name)]

    @cached_property
    def regions(self) -> list[Region] | None:
        """The regions asked for, one where the text means one; None where none is asked for, [] where none is found."""
        if not self.place:
            return None
        found = list(Region.objects.search(self.place).select_related("parent")[:MOST_REGIONS])
        if found and all(each.code.startswith(found[0].prefix) for each in found):
            return found[:1]
        return found

    @property
    def region(self) -> Region | None:
        return self.regions[0] if self.regions and len(self.regions) == 1 else None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.place or any(self.chosen.values()))

    @property
    def chips(self) -> Iterator[Chip]:
        """Yield everything asked for, each with the address that leaves it out."""
        if self.text:
            yield Chip(f"名称或代码：{self.text}", self.without("q"))
        if self.place:
            name = self.region.full_name if self.region else self.place
            yield Chip(f"地区：{name}", self.without("region"))
        for facet in self.facets:
            for value in self.chosen[facet.name]:
                yield Chip(f"{facet.label}：{facet.words[value]}", self.without(facet.name, value))

    def in_words(self) -> str:
        """Return what was asked for, for the ledger's notes."""
        scope = self.near.value if self.scope == REMIT else "全部可见机构"
        return "；".join([scope, *(chip.word for chip in self.chips)])

    def without(self, name: str, value: str = "") -> str:
        """Return the address's query without one value, or without all of a name; always from the first page."""
        kept = [each for each in self.data.getlist(name) if value and each != value]
        return self._with(name, kept)

    def having(self, name: str, value: str, *, leaving_out: str = "") -> str:
        """Return the address's query with one value in place of what the name had."""
        return self._with(name, [value], leaving_out)

    def _with(self, name: str, values: list[str], leaving_out: str = "") -> str:
        query = self.data.copy()
        for gone in ("page", AFTER, leaving_out):
            query.pop(gone, None)
        query.setlist(name, values)
        return query.urlencode()
