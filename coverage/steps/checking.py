"""Steps are compared with the plain statement every night, and repaired loudly: a wrong one is a fault of the marks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from random import SystemRandom

from django.utils import timezone

from audit.log import append
from coverage import queries
from coverage.events import FiguresRepaired
from coverage.figures import Counts
from coverage.models import FoldedRegion
from coverage.obligations import open_book
from coverage.steps.folding import fold
from coverage.steps.reading import kept_on
from coverage.words import FIGURES
from regions.models import Region

logger = logging.getLogger(__name__)
SAMPLE = 60  # regions a night; at national scale each region comes up every seven weeks or so
FAR = 3_650  # days back from today within which the days are drawn
HOW_MANY_DAYS = 3


def check_sample() -> int:
    """Compare some regions on some days, repair what differs. Return how many regions were repaired."""
    random, today = SystemRandom(), timezone.localdate()
    known = list(FoldedRegion.objects.order_by("pk").values_list("pk", flat=True))
    days = [today, *(today - timedelta(days=random.randrange(1, FAR)) for _ in range(HOW_MANY_DAYS - 1))]
    return check(random.sample(known, min(SAMPLE, len(known))), days)


def check(regions: Sequence[int], days: Sequence[date]) -> int:
    """Compare what the steps of regions say on days with what the plain statement says; fold anew where they differ.

    Where one mark was missed others may have been, so that all regions of the sample are folded then. Regions that are
    marked just now are passed over: of them nobody reads the steps.
    """
    places = {each.pk: each for each in Region.objects.filter(pk__in=regions)}
    kept = kept_on(regions, days)
    true = queries.totals(open_book(places.values(), days))
    again = kept_on(regions, days)  # what was folded or marked in between is no fault
    wrong = {
        pk: (day, counts, true.get((pk, day), Counts()))
        for (pk, day), counts in kept.items()
        if again.get((pk, day)) == counts != true.get((pk, day), Counts())
    }
    for pk, (day, counts, meant) in wrong.items():
        logger.error("coverage of %s on %s: kept %s, is %s", places[pk].code, day, counts, meant)
        repaired = FiguresRepaired(on=day.isoformat(), kept=_told(counts, meant), true=_told(meant, counts))
        append(repaired, by=None, subject=places[pk])
    if wrong:
        fold(regions)
    return len(wrong)


def _told(counts: Counts, other: Counts) -> str:
    """Return the numbers that differ, in words."""
    pairs = zip(Counts.names(), counts.numbers, other.numbers, strict=True)
    return "；".join(f"{FIGURES[name]} {mine}" for name, mine, theirs in pairs if mine != theirs)
