"""What `bench.region_coverage` measures; it needs the servers that that one starts."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 -- the settings must be loaded first
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements.models import Agreement  # noqa: E402
from bench.national_pages import BIG, MILLION, Found, explain, kept  # noqa: E402
from coverage.overview import institutions, overview  # noqa: E402
from demo.national.people import PREFIX  # noqa: E402
from regions.models import Region  # noqa: E402

RUNS = 5
MOST = 1.2
ASKED_BY = ("county", "province", "nation")
QUESTIONS: dict[str, Callable[[Region], object]] = {
    "overview": lambda region: overview(region, timezone.localdate()),
    "institutions": lambda region: list(institutions(region, timezone.localdate())),
}


def region_of(who: str) -> Region:
    membership = User.objects.get(username=PREFIX + who).memberships.select_related("authority__region").get()
    assert membership.authority  # an official has one
    return membership.authority.region


def measured(question: Callable[[], object], runs: int, big: float) -> tuple[float, Found]:
    """Return the median of seconds on the wall, and what the statements of one more turn read."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        question()
        times.append(time.perf_counter() - begun)
    found = Found(times=times)
    with kept(found.statements):
        question()
    explain(found, big=big, shows=False)
    return found.median, found


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("--keep", type=Path, help="write what was read into this file")
    asked.add_argument("--against", type=Path, help="compare with what was kept in this file")
    options = asked.parse_args()
    rows = Agreement.objects.count()
    print(f"{rows:,} agreements; load {os.getloadavg()[0]:.1f}")
    print(f"{'question':<16}{'who':<10}{'agreements':>11}{'seconds':>9}{'queries':>9}{'rows read':>12}  whole tables")
    found: dict[str, dict[str, Any]] = {}
    for who in ASKED_BY:
        region = region_of(who)
        own = Agreement.objects.filter(concerns__contains=[int(region.prefix or 0)]).count()
        for name, question in QUESTIONS.items():
            # In a transaction: what is stored on the way is not kept, so that a second run asks the same.
            with transaction.atomic():
                seconds, read = measured(lambda: question(region), options.runs, BIG * rows / MILLION)  # noqa: B023 -- called at once
                transaction.set_rollback(True)
            connection.close()
            print(
                f"{name:<16}{who:<10}{own:>11,}{seconds:>9.3f}{len(read.statements):>9}{read.rows:>12,}"
                f"  {', '.join(sorted(read.whole))}",
                flush=True,
            )
            found[f"{name} of the {who}"] = {"seconds": seconds / own, "rows": read.rows / own}
    if options.keep:
        options.keep.write_text(json.dumps(found), encoding="utf-8")
    if not options.against:
        return 0
    return judged(found, json.loads(options.against.read_text(encoding="utf-8")))


def judged(found: dict[str, dict[str, Any]], against: dict[str, dict[str, Any]]) -> int:
    """Compare with a smaller nation, for each agreement of the region's own."""
    grown = 0
    for name, now in found.items():
        growth = {what: now[what] / against[name][what] for what in ("rows", "seconds") if against[name][what]}
        grown += not name.endswith("nation") and any(each > MOST for each in growth.values())
        print(f"{name:<28}{', '.join(f'{what} × {each:.2f}' for what, each in growth.items())}")
    print(f"{grown} questions cost more than {MOST} times as much in the larger nation")
    return int(bool(grown))


if __name__ == "__main__":
    sys.exit(main())
