"""What `bench.figures` measures; it needs the servers that that one starts."""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- the settings must be loaded first
from django.utils import timezone  # noqa: E402

from bench.national_pages import unit  # noqa: E402
from coverage.days import FIVE_YEARS, months_up_to  # noqa: E402
from coverage.models import Mark, Step  # noqa: E402
from coverage.overview import overview  # noqa: E402
from coverage.steps.folding import fold, fold_changed  # noqa: E402
from coverage.steps.reading import read  # noqa: E402
from institutions.models import Role  # noqa: E402
from regions.models import Region  # noqa: E402
from regions.schemes import RuleSet  # noqa: E402
from tests.coverage.oracle import Past  # noqa: E402

FASTER = 20  # times, than counting a province plainly
BACK = 3_650  # days back from today within which the days are drawn
SHARES = {  # U, at most
    "overview of a county": 2,
    "overview of a province": 3,
    "overview of the nation": 6,
    "five years of the nation by month": 10,
    "overview of the nation, 100 counties changed": 8,
}
CHANGED = 100  # counties
RUNS = 7
T = TypeVar("T")


def timed(act: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = act()
    return time.perf_counter() - begun, found


def median(act: Callable[[], object]) -> float:
    return statistics.median(timed(act)[0] for _ in range(RUNS))


def compared(pairs: int, draw: random.Random) -> bool:
    """Compare random regions on random days; return whether all were equal and a province fast enough."""
    rules: dict[tuple[str, date], RuleSet] = {}
    stocked = list(Region.objects.filter(institutions__role=Role.ELDER_CARE).distinct())
    wrong, ratios = 0, []
    for number in range(pairs):
        county = draw.choice(stocked)
        level = draw.choices(range(4), [1, 12, 12, 25])[0]
        region = Region.objects.get(code=county.chain_codes[min(level, county.level)])
        on = timezone.localdate() - timedelta(days=draw.randrange(-365, BACK))
        plainly, true = timed(lambda: Past(rules, about=(region, on)).counts(region, on))  # noqa: B023 -- asked at once
        fast, said = timed(lambda: read(region, on).by_day[on])  # noqa: B023 -- asked at once
        wrong += said != true
        if region.level == Region.Level.PROVINCE:
            ratios.append(plainly / fast)
        print(f"{number + 1:4} {region.full_name:20} {on} {true.covered:6} / {true.obliged:6} "
              f"{'equal' if said == true else 'DIFFERENT'} {plainly / fast:8.0f} times faster", flush=True)  # fmt: skip
    least = min(ratios, default=0)
    print(f"{pairs - wrong} of {pairs} equal; provinces at least {least:.0f} times faster (wanted: {FASTER})")
    return not wrong and least >= FASTER


def measured() -> bool:
    """Show what a reader waits for; return whether every share is kept."""
    today = timezone.localdate()
    nation = Region.objects.get(code="000000")
    stocked = list(Region.objects.filter(institutions__role=Role.ELDER_CARE).distinct().order_by("code"))
    county = stocked[len(stocked) // 2]
    province = Region.objects.get(code=county.chain_codes[1])
    u = unit()
    print(
        f"U = {u * 1000:.0f} ms, load {os.getloadavg()[0]:.1f}, {Step.objects.count()} steps of {len(stocked)} regions"
    )
    took = {
        "overview of a county": median(lambda: overview(county, today, most=20)),
        "overview of a province": median(lambda: overview(province, today, most=20)),
        "overview of the nation": median(lambda: overview(nation, today, most=20)),
        "five years of the nation by month": median(lambda: read(nation, today, months_up_to(today, FIVE_YEARS))),
    }
    every = max(1, len(stocked) // CHANGED)
    with transaction.atomic():
        Mark.objects.bulk_create(Mark(region=region) for region in stocked[::every][:CHANGED])
        took["overview of the nation, 100 counties changed"] = median(lambda: overview(nation, today, most=20))
        transaction.set_rollback(True)
    for what, seconds in took.items():
        print(f"{what:46} {seconds * 1000:8.1f} ms {seconds / u:6.1f} U of {SHARES[what]}")
    fold_changed()
    folds = sorted(timed(lambda: fold([region.pk]))[0] for region in stocked[::every])  # noqa: B023 -- asked at once
    print(f"folding a county: median {folds[len(folds) // 2] * 1000:.0f} ms, longest {folds[-1] * 1000:.0f} ms")
    return all(seconds <= SHARES[what] * u for what, seconds in took.items())


def main() -> int:
    parser = argparse.ArgumentParser("python -m bench.figures")
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    is_fast = measured()
    is_equal = compared(asked.pairs, random.Random(asked.seed))  # noqa: S311 -- repeatable, not a secret
    return 0 if is_fast and is_equal else 1


if __name__ == "__main__":
    sys.exit(main())
