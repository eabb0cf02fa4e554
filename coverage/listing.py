"""The institutions behind a figure, over any region: no more regions are asked than the rows that are shown stand in.

How many there are of each kind of coverage, the figures of each region say; so a page far down the nation's list is
found without looking at those before it. What the figures do not say (a name, a kind, who files with whom) is looked
for region by region, and counted up to a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator

from coverage import queries
from coverage.figures import Counts, Coverage, InstitutionFigure
from coverage.obligations import Book, open_book
from coverage.queries import ALL, Narrowed
from coverage.steps.reading import Read, read
from regions.models import Region

PER_PAGE = 25
MOST_COUNTED = 1_000
AT_ONCE = 400  # institutions, roughly, whose regions are asked in one query: some tens of milliseconds


@dataclass(frozen=True)
class Places:
    """Where there are institutions that must be covered on a day: regions by code, with their figures."""

    book: Book
    figures: Read

    @classmethod
    def of(cls, region: Region, on: date) -> Places:
        return cls.within(open_book(Region.objects.under(region), [on]), read(region, on))

    @classmethod
    def within(cls, book: Book, figures: Read) -> Places:
        """Return those of a book whose regions are read already."""
        stocked = tuple(each for each in book.regions if figures.of(each).obliged)
        return cls(Book(stocked, (figures.on,), book.rules), figures)

    def only(self, code: str) -> Places:
        """Return the one region of this code."""
        one = tuple(each for each in self.book.regions if each.code == code)
        return replace(self, book=replace(self.book, regions=one))

    def ask(self, regions: list[Region], narrowed: Narrowed) -> list[InstitutionFigure]:
        return queries.institutions(replace(self.book, regions=tuple(regions)), narrowed)


class Found:
    """The institutions of a list, by region and name, looked up as far as they are asked for."""

    def __init__(self, places: Places, narrowed: Narrowed = ALL) -> None:
        self.places, self.narrowed = places, narrowed

    def __iter__(self) -> Iterator[InstitutionFigure]:
        """Yield all of them, a few regions at a time."""
        yield from self._walk(0)

    def __len__(self) -> int:
        known = self.known
        return sum(known) if known is not None else sum(1 for _ in self)

    def __getitem__(self, rows: slice) -> list[InstitutionFigure]:
        """Return the rows from `start` up to `stop`, both given and neither below zero."""
        known = self.known
        if known is None:
            return self._first[rows]
        place = passed = 0
        while place < len(known) and passed + known[place] <= rows.start:
            passed += known[place]
            place += 1
        return list(islice(self._walk(place), rows.start - passed, rows.stop - passed))

    @cached_property
    def known(self) -> list[int] | None:
        """How many rows each region has, where its figures say so."""
        if replace(self.narrowed, coverages=None) != ALL:
            return None
        return [_number(self.places.figures.of(each), self.narrowed.coverages) for each in self.places.book.regions]

    @property
    def agreements(self) -> int | None:
        """How many agreements the figures count of what is asked for, where it is nothing but how agreements are filed
        or when they end: one institution may have several. None for any other question."""
        filed, ending = self.narrowed.filed, self.narrowed.ending
        if self.narrowed not in (Narrowed(filed=filed), Narrowed(ending=ending)) or self.narrowed == ALL:
            return None
        name = f"filed_{filed}" if filed else f"ending_{ending}"
        number: int = sum(getattr(self.places.figures.of(each), name) for each in self.places.book.regions)
        return number

    def counted_up_to(self, most: int) -> int:
        """Return how many there are; where it has to be counted `most` at most, and one more than is numbered."""
        return len(self) if self.known is not None else len(self._first[:most])

    @cached_property
    def _first(self) -> list[InstitutionFigure]:
        """What has to be counted, looked up once: as many as pages are numbered for, and one that says of more."""
        return list(islice(self, MOST_COUNTED + 1))

    def _walk(self, first: int) -> Iterator[InstitutionFigure]:
        """Yield the rows of the regions from a place on."""
        some: list[Region] = []
        weight = 0
        known = self.known
        enough = AT_ONCE if known is None else PER_PAGE  # a page first; whoever goes on wants many
        for place, region in enumerate(self.places.book.regions[first:], first):
            here = known[place] if known is not None else self.places.figures.of(region).obliged
            if not here:
                continue
            some.append(region)
            weight += here
            if weight >= enough:
                yield from self.places.ask(some, self.narrowed)
                some, weight, enough = [], 0, min(2 * enough, AT_ONCE)
        if some:
            yield from self.places.ask(some, self.narrowed)


def _number(counts: Counts, coverages: tuple[Coverage, ...] | None) -> int:
    if coverages is None:
        return counts.obliged
    return sum(getattr(counts, each.value) for each in coverages)


class Pages(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Pages of what was found; numbered up to a thousand rows where these had to be counted."""

    object_list: Any

    @cached_property
    def _counted(self) -> int:
        found: int = self.object_list.counted_up_to(MOST_COUNTED + 1)
        return found

    @property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED) if self.object_list.known is None else self._counted

    @property
    def is_more(self) -> bool:
        return self.count < self._counted

    @property
    def count_in_words(self) -> str:
        return f"{self.count} 多" if self.is_more else str(self.count)


def page_of(found: Found, number: str | None) -> Page:  # type: ignore[type-arg]  # generic in the stubs only
    return Pages(found, PER_PAGE).get_page(number)  # type: ignore[arg-type]  # a sequence as far as pages ask
