"""What `bench.exports` measures; it needs the servers that that one starts."""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

import xlsxwriter  # noqa: E402 -- the settings must be loaded first
from django.conf import settings  # noqa: E402 -- as above
from django.http import QueryDict  # noqa: E402 -- as above

from accounts.models import User  # noqa: E402 -- as above
from agreements.register import ledger  # noqa: E402 -- as above
from agreements.register.filters import AgreementFilter  # noqa: E402 -- as above
from bench.national_pages import Person  # noqa: E402 -- as above
from boundary.workbooks.cells import Cell  # noqa: E402 -- as above
from demo.national.people import PREFIX  # noqa: E402 -- as above
from exports.reading import at_one_moment  # noqa: E402 -- as above

RUNS = 3
LEAST_SHARE = 0.4  # of XlsxWriter's rows a second
MOST_GROWTH = 1.1  # of memory, from a quarter of the rows to the last
MOST_NOTICED = 1.5  # times the 95th of a hundred requests of others
PAGE = 4096
T = TypeVar("T")


def official(who: str) -> User:
    user = User.objects.get(username=PREFIX + who)
    return user.at("authority", user.memberships.get().authority_id or 0)


def resident() -> int:
    """Return how many bytes this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def written(user: User, held: list[int] | None = None) -> tuple[int, float, float]:
    """Write the list as the worker does; return rows, seconds by the clock and of this process."""
    number = 0

    def counted(rows: Iterable[T]) -> Iterator[T]:
        nonlocal number
        for row in rows:
            yield row
            number += 1
            if held is not None and number % 500 == 0:
                held.append(resident())

    begun, worked = time.perf_counter(), time.process_time()
    with at_one_moment(), tempfile.TemporaryFile() as file:
        asked = ledger.LISTED.ask(user, QueryDict())
        asked.count(None)
        asked.write(file, counted)
    return number, time.perf_counter() - begun, time.process_time() - worked


def alone(rows: Sequence[Sequence[Cell]]) -> tuple[float, float]:
    """Let XlsxWriter write these cells; return seconds by the clock and of this process."""
    begun, worked = time.perf_counter(), time.process_time()
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        sheet, as_day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, as_day)
                elif isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif cell is not None:
                    sheet.write_number(number, place, cell)
        book.close()
    return time.perf_counter() - begun, time.process_time() - worked


def cells(user: User) -> list[list[Cell]]:
    with at_one_moment():
        asked = AgreementFilter(QueryDict(), user=user)
        return list(ledger.rows(asked.qs, reader=user))


def p95(person: Person, requests: int) -> float:
    times = []
    for _ in range(requests):
        begun = time.perf_counter()
        person.get("/agreements/")
        times.append(time.perf_counter() - begun)
    return statistics.quantiles(times, n=20)[-1] * 1000


def noticed(who: str, requests: int) -> tuple[float, float]:
    """Return the 95th of a hundred times of a county's list in ms, alone and while another process writes."""
    settings.RATE_LIMITS = {
        what: dict.fromkeys(by, "1000000 per 1 second") for what, by in settings.RATE_LIMITS.items()
    }
    person = Person("county")
    p95(person, 5)
    before = p95(person, requests)
    with subprocess.Popen([sys.executable, "-m", "bench.exports_inside", "--who", who, "--write-on"]) as writing:
        try:
            time.sleep(5)  # it starts
            during = p95(person, requests)
        finally:
            writing.terminate()
    return before, during


def told(words: str, ratio: float, bound: float, *, is_least: bool = False) -> bool:
    fits = ratio >= bound if is_least else ratio <= bound
    print(f"{words}: {ratio:.2f}, must be {'≥' if is_least else '≤'} {bound} {'' if fits else '✗'}")
    return fits


def write_on(user: User) -> None:
    while True:
        written(user)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--who", default="province")
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--write-on", action="store_true", help="write without end, for whoever measures beside")
    asked: Any = parser.parse_args()
    user = official(asked.who)
    if asked.write_on:
        write_on(user)
    held: list[int] = []
    number = written(user, held)[0]
    growth = held[-1] / held[len(held) // 4]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = cells(user)
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(written(user)[1:])
        theirs.append(alone(rows))
    print(f"load {os.getloadavg()[0]:.1f}, {number:,} rows of {len(rows[0])} cells, {peak:.0f} MB")
    rates = []
    for words, place in (("by the clock", 0), ("of the process", 1)):
        own, alone_ = (number / statistics.median(run[place] for run in runs) for runs in (ours, theirs))
        rates.append(own / alone_)
        print(f"{words}: {own:,.0f} rows/s, XlsxWriter alone {alone_:,.0f} rows/s, share {own / alone_:.2f}")
    before, during = noticed(asked.who, asked.requests)
    print(f"a county's list, p95: {before:.0f} ms, meanwhile {during:.0f} ms")
    fits = [
        told("rows/s of XlsxWriter's", rates[0], LEAST_SHARE, is_least=True),
        told("memory at the last row of that at a quarter", growth, MOST_GROWTH),
        told("p95 meanwhile", during / before, MOST_NOTICED),
    ]
    return 0 if all(fits) else 1


if __name__ == "__main__":
    sys.exit(main())
