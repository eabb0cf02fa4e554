"""The figures of a region on any days, read from its steps. What has changed since it was folded is counted afresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from coverage import queries
from coverage.days import is_month_end
from coverage.figures import Counts
from coverage.obligations import open_book
from coverage.steps import statements
from coverage.steps.spans import VERSION, asked
from regions.models import Region

MOST_DAYS = 40  # up to which a changed region is counted day by day; more days cost less by its steps


@dataclass(frozen=True)
class Read:
    """The figures on one day by the pk of each region that has any, and the sums of all regions by day."""

    on: date
    by_region: Mapping[int, Counts]
    by_day: Mapping[date, Counts]

    def of(self, region: Region) -> Counts:
        """Return the figures of one region without those below it, on the one day."""
        return self.by_region.get(region.pk, Counts())

    def sum_of(self, regions: Iterable[Region]) -> Counts:
        """Return the figures of several regions together, on the one day."""
        return Counts.total(self.by_region[each.pk] for each in regions if each.pk in self.by_region)


def read(region: Region, on: date, days: Sequence[date] = ()) -> Read:
    """Return the figures of a region and all below it on a day, and their sums on further days.

    One query, and two more when something has changed meanwhile. Stores nothing, so a standby answers as well.
    """
    others = sorted({*days} - {on})
    by_region: dict[int, Counts] = {}
    by_day: dict[date, Counts] = dict.fromkeys(others, Counts())
    changed: list[int] = []
    with connection.cursor() as cursor:
        months = [day for day in others if is_month_end(day)]
        odd = [day for day in others if not is_month_end(day)]
        given: dict[str, Any] = {
            "below": f"{region.prefix}%",
            "on": on,
            "days": odd,
            "months": months,
            "version": VERSION,
        }
        cursor.execute(statements.READ, given)
        for pk, day, *numbers in cursor.fetchall():
            if day is None:
                changed.append(pk)
            elif pk is None:
                by_day[day] = Counts(*map(int, numbers))
            else:
                by_region[pk] = Counts(*numbers)
    for (pk, day), counts in afresh(changed, [*others, on]).items():
        if day == on:
            by_region[pk] = counts
        else:
            by_day[day] += counts
    by_day[on] = Counts.total(by_region.values())
    return Read(on, by_region, by_day)


def afresh(regions: Sequence[int], days: Sequence[date]) -> Mapping[tuple[int, date], Counts]:
    """Return the figures of regions on days, by (pk, day), without regard to what is stored."""
    if not regions:
        return {}
    found = Region.objects.filter(pk__in=regions)
    if len(days) <= MOST_DAYS:
        return queries.totals(open_book(found, days))
    with connection.cursor() as cursor:
        cursor.execute(statements.FOLDED + statements.FOLDED_ON, {**asked(list(found)), "days": list(days)})
        return {(pk, day): Counts(*numbers) for pk, day, *numbers in cursor.fetchall()}


def kept_on(regions: Sequence[int], days: Sequence[date]) -> dict[tuple[int, date], Counts]:
    """Return what the steps of regions say on days, by (pk, day); nothing of those that have changed since."""
    with connection.cursor() as cursor:
        cursor.execute(statements.KEPT_ON, {"regions": list(regions), "days": list(days), "version": VERSION})
        return {(pk, day): Counts(*numbers) for pk, day, *numbers in cursor.fetchall()}
