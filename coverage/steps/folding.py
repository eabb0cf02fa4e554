"""Folding: from the register, agreements and filings to the steps of regions. Safe twice, and side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db import connection, transaction

from coverage.figures import Counts
from coverage.models import Mark
from coverage.steps import statements
from coverage.steps.spans import VERSION, asked
from institutions.models import Institution, Role
from regions.models import Region

AT_ONCE = 20  # regions of one transaction: a page that reads meanwhile waits for nobody, and a kill loses little
LOCK = 0x636F76  # the first key of the advisory locks; a region's own key is the second
Steps = dict[int, list[tuple[date, Counts]]]


@dataclass(frozen=True)
class Folded:
    """How much was folded: regions, their steps, and how many of these were written or taken away."""

    regions: int = 0
    steps: int = 0
    changed: int = 0

    def __add__(self, other: Folded) -> Folded:
        return Folded(self.regions + other.regions, self.steps + other.steps, self.changed + other.changed)


def fold_changed() -> Folded:
    """Fold every region that has a mark or was folded by another release. What changes meanwhile is marked again."""
    _forget_the_gone()
    return fold(_stale())


def fold_all() -> Folded:
    """Fold every region in which an elder-care institution is registered, and what was folded before."""
    homes = Institution.objects.filter(role=Role.ELDER_CARE).order_by().values("region")
    return fold(list(Region.objects.filter(pk__in=homes).values_list("pk", flat=True))) + fold_changed()


def fold(regions: Sequence[int]) -> Folded:
    """Fold regions, given by pk; a transaction for each few."""
    rest, total = iter(sorted(regions)), Folded()
    while some := list(islice(rest, AT_ONCE)):
        total += _store(some)
    return total


def folded(regions: Sequence[Region]) -> Steps:
    """Return the steps of regions as they would be folded now, by pk. Stores nothing."""
    found: Steps = {}
    with connection.cursor() as cursor:
        cursor.execute(statements.FOLDED + statements.STEPS, asked(regions))
        for pk, day, *numbers in cursor.fetchall():
            found.setdefault(pk, []).append((day, Counts(*numbers)))
    return found


@transaction.atomic
def _store(regions: Sequence[int]) -> Folded:
    """Fold and store. The locks come first, so that the statement sees what whoever held them has stored: never under
    REPEATABLE READ, where it would see what there was before it waited.

    Next the marks of whole regions, before codes and schemes are read: those are read by statements of their own, and
    what changes after them leaves a mark that the last statement would see, and take away, without its cause.
    """
    with connection.cursor() as cursor:
        for pk in sorted(regions):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, pk])
        cursor.execute(statements.SEEN, {"regions": list(regions)})
        cursor.execute(statements.FOLDED + statements.STORE, asked(list(Region.objects.filter(pk__in=regions))))
        steps, changed = cursor.fetchone()
    return Folded(len(regions), steps, changed)


def _stale() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statements.STALE, {"version": VERSION})
        return [pk for (pk,) in cursor.fetchall()]


def _forget_the_gone() -> None:
    """Take away marks of what is no more. What an institution left is marked by its region."""
    Mark.objects.filter(home__isnull=False).exclude(home__in=Institution.objects.all()).delete()
    Mark.objects.filter(region__isnull=False).exclude(region__in=Region.objects.all()).delete()
