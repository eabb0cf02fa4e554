"""What `bench.national` measures; it needs the servers that that one starts."""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import weasyprint

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- the settings must be loaded first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements.models import Agreement  # noqa: E402
from demo.national.people import PREFIX  # noqa: E402
from filing.models import Filing  # noqa: E402

REFERENCE_RENDER, REFERENCE_UNIT = 0.18, 0.07  # seconds
BIG = 100_000  # rows of a table that no page of a clerk, a clinic or a county reads whole, at scale 1
MILLION = 1_000_000  # agreements, at scale 1
SHOWN = 5_000  # rows read from which --explain shows a statement

EVERY = {"clerk": 2, "clinic": 2, "county": 2, "province": 2, "nation": 2}
FILERS = {who: most for who, most in EVERY.items() if who != "nation"}
OFFICIALS = {"county": 2, "province": 3, "nation": 6}
# Name → address and, by who asks, how many U it may take.
PAGES: dict[str, tuple[str, dict[str, int]]] = {
    "home": ("/", EVERY),
    "agreements": ("/agreements/", EVERY),
    "agreements, in force": ("/agreements/?state=in_force", EVERY),
    "agreements, by end": ("/agreements/?sort=expires_on", EVERY),
    "agreements, page 40": ("/agreements/?page=40", EVERY),
    "agreements, two characters": ("/agreements/?q=福星", EVERY),
    "agreements, by number": ("/agreements/?q={number}", EVERY),
    "agreement": ("/agreements/{number}/", EVERY),
    "filings": ("/filing/", FILERS),
    "filings, all": ("/filing/?group=all", FILERS),
    "filings, decided": ("/filing/?group=decided", FILERS),
    "filing": ("/filing/{filing}/", FILERS),
    "coverage": ("/coverage/{region}/", OFFICIALS),
    "coverage, a year ago": ("/coverage/{region}/?on={year_ago}", OFFICIALS),
    "uncovered": ("/coverage/{region}/institutions/?coverage=uncovered", OFFICIALS),
    "institutions": ("/institutions/", EVERY),
}


@dataclass
class Found:
    seconds: float = 0.0
    statements: list[tuple[str, Any]] = field(default_factory=list)
    rows: int = 0
    whole: set[str] = field(default_factory=set)


class Person:
    """Somebody signed in, and what of theirs the addresses name."""

    def __init__(self, who: str) -> None:
        self.user = User.objects.get(username=PREFIX + who)
        self.client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
        self.client.force_login(self.user)
        membership = self.user.memberships.select_related("institution__region", "authority__region").get()
        running = Agreement.objects.filter(state="in_force").order_by("pk")
        if institution := membership.institution:
            region = institution.region
            agreement = running.filter(**{institution.role: institution})[0]
        else:
            assert membership.authority  # whoever holds a duty of none is not here
            region = membership.authority.region
            agreement = running.filter(concerns__contains=[int(region.prefix or 0)])[0]
        self.names = {
            "region": region.code,
            "number": agreement.number,
            "filing": Filing.objects.filter(agreement=agreement).order_by("pk")[0].pk,
            "year_ago": timezone.localdate() - timedelta(days=365),
        }

    def get(self, path: str) -> None:
        response = self.client.get(path.format(**self.names), follow=True)
        answered = response.request["PATH_INFO"]
        if response.status_code != 200 or answered.startswith("/sign-in"):
            raise RuntimeError(f"{self.user}: {path} answers {response.status_code} at {answered}")


def measured(person: Person, path: str, *, runs: int) -> Found:
    """Ask once warm with every statement kept, then `runs` times by the clock."""
    found = Found()
    person.get(path)
    with kept(found.statements):
        person.get(path)
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        person.get(path)
        times.append(time.perf_counter() - begun)
    found.seconds = statistics.median(times or [0])
    return found


@contextmanager
def kept(statements: list[tuple[str, Any]]) -> Iterator[None]:
    def keeping(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((sql, params))
        return execute(sql, params, *more)

    with connection.execute_wrapper(keeping):
        yield


def explain(found: Found, *, big: float, shows: bool) -> None:
    """Ask the database what each statement reads."""
    for sql, params in found.statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            [answer] = cursor.fetchone()[0]
        rows, whole = 0, set[str]()
        for node in nodes(answer["Plan"]):
            if "Relation Name" in node:
                read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                rows += round(read * node["Actual Loops"])
                if node["Node Type"] == "Seq Scan" and read * node["Actual Loops"] > big:
                    whole.add(node["Relation Name"])
        found.rows += rows
        found.whole |= whole
        if shows and (rows > SHOWN or answer["Execution Time"] > 20):
            print(f"    {answer['Execution Time']:.0f} ms, {rows:,} rows: {sql[:3000]}\n    {str(params)[:300]}\n")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plain_render() -> float:
    """Return the seconds of the processor of one plain render of the bench's text."""
    html = Path(__file__).with_name("plain.html").read_text(encoding="utf-8")
    times = []
    for _ in range(5):
        begun = time.process_time()
        weasyprint.HTML(string=html).write_pdf()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--only", default="", help="pages whose name contains this")
    asked.add_argument("--who", default="", help="clerk, clinic, county, province or nation")
    asked.add_argument("--explain", action="store_true", help="show the statements that read much")
    options = asked.parse_args()
    unit = REFERENCE_UNIT * plain_render() / REFERENCE_RENDER
    rows = Agreement.objects.count()
    print(f"{rows:,} agreements; U = {unit * 1000:.0f} ms; load {os.getloadavg()[0]:.1f}")
    print(f"{'page':<28}{'who':<10}{'ms':>8}{'U':>7}{'most':>6}{'queries':>9}{'rows read':>12}  whole tables")
    people = {who: Person(who) for who in EVERY}
    slow = 0
    for name, (path, shares) in PAGES.items():
        for who, most in shares.items():
            if options.only not in name or options.who not in who:
                continue
            found = measured(people[who], path, runs=options.runs)
            explain(found, big=BIG * rows / MILLION, shows=options.explain)
            is_slow = found.seconds > most * unit
            slow += is_slow
            print(
                f"{name:<28}{who:<10}{found.seconds * 1000:>8.0f}{found.seconds / unit:>6.1f}{'!' if is_slow else ' '}"
                f"{most:>6}{len(found.statements):>9}{found.rows:>12,}  {', '.join(sorted(found.whole))}",
                flush=True,
            )
    print(f"{slow} pages take more than their share")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
