"""What `bench.national` measures; it needs the servers that that one starts."""

import argparse
import http.client
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

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
from embedded import folders, server, web  # noqa: E402
from embedded.waiting import wait_until  # noqa: E402
from filing.models import Filing  # noqa: E402
from yiyang import static  # noqa: E402

REFERENCE_RENDER, REFERENCE_UNIT = 0.18, 0.07  # seconds
BIG = 100_000  # rows of a table that no page of a clerk, a clinic or a county reads whole, at scale 1
MILLION = 1_000_000  # agreements, at scale 1
SHOWN = 5_000  # rows read from which --explain shows a statement
TIMES_THEIR_OWN = 50  # rows that a page of a clerk, a clinic or a county may read for each of their own
GROWTH = 1.2  # of what their pages read and take, as the nation around them doubles
FEW = 5_000  # rows that nobody minds, however few are one's own
READY_SECONDS = 120.0

EVERY = {"clerk": 2, "clinic": 2, "county": 2, "province": 2, "nation": 2}
LOCAL = ("clerk", "clinic", "county")
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
    "agreements, common two": ("/agreements/?q=医院", EVERY),
    "agreements, rare two": ("/agreements/?q=麓山", EVERY),
    "agreements, one character": ("/agreements/?q=星", EVERY),
    "agreements, by number": ("/agreements/?q={number}", EVERY),
    "agreement": ("/agreements/{number}/", EVERY),
    "filings": ("/filing/", FILERS),
    "filings, all": ("/filing/?group=all", FILERS),
    "filings, decided": ("/filing/?group=decided", FILERS),
    "filings, two characters": ("/filing/?group=all&q=福星", FILERS),
    "filings, common two": ("/filing/?group=all&q=医院", FILERS),
    "filing": ("/filing/{filing}/", FILERS),
    "coverage": ("/coverage/{region}/", OFFICIALS),
    "coverage, a year ago": ("/coverage/{region}/?on={year_ago}", OFFICIALS),
    "uncovered": ("/coverage/{region}/institutions/?coverage=uncovered", OFFICIALS),
    "institutions": ("/institutions/", EVERY),
    "institutions, everywhere": ("/institutions/?scope=all", EVERY),
    "institutions, two characters": ("/institutions/?q=福星&scope=all", EVERY),
    "institutions, by validity": ("/institutions/?sort=until", EVERY),
}


@dataclass
class Found:
    times: list[float] = field(default_factory=list)  # seconds
    statements: list[tuple[str, Any]] = field(default_factory=list)
    rows: int = 0
    whole: set[str] = field(default_factory=set)

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[max(0, round(len(self.times) * 0.95) - 1)]


@dataclass(frozen=True)
class Kept:
    """What one nation's page was found to cost, for another's to be held against."""

    median: float  # seconds
    rows: int
    own: int  # rows of the person's own


class Person:
    """Somebody signed in, and what of theirs the addresses name."""

    def __init__(self, who: str) -> None:
        self.who = who
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

    @property
    def own(self) -> int:
        """How many rows are theirs: the agreements and filings that they see."""
        seen = Agreement.objects.visible_to(self.user).order_by().count()
        return seen + Filing.objects.visible_to(self.user).order_by().count()

    def get(self, path: str) -> None:
        """Ask in this process. Raises RuntimeError for anything but a page."""
        response = self.client.get(path.format(**self.names), follow=True)
        answered = response.request["PATH_INFO"]
        if response.status_code != 200 or answered.startswith("/sign-in"):
            raise RuntimeError(f"{self.user}: {path} answers {response.status_code} at {answered}")

    def ask(self, port: int, path: str) -> float:
        """Ask the web server, as often as it leads on; return the seconds. Raises as `get` does."""
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.client.cookies[settings.SESSION_COOKIE_NAME].value}"
        address = quote(path.format(**self.names), safe="/?=&")
        begun = time.perf_counter()
        for _ in range(3):
            talk = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            talk.request("GET", address, headers={"Host": "127.0.0.1", "Cookie": cookie})
            answer = talk.getresponse()
            answer.read()
            talk.close()
            if answer.status not in {301, 302}:
                break
            address = answer.headers["Location"]
        if answer.status != 200 or "sign-in" in address:
            raise RuntimeError(f"{self.user}: {path} answers {answer.status} at {address}")
        return time.perf_counter() - begun


@contextmanager
def served() -> Iterator[int]:
    """Start the product's own web server, and no worker and no clock beside it; yield its port."""
    static.publish()
    host, port = web.address()
    found = folders.find()
    with web.reserve(host, port) as held:
        website = server.programs(found, web.without_owner(dict(os.environ)), held.fileno())[0]
        website.start()
        try:
            if not wait_until(lambda: web.is_healthy(host, port), READY_SECONDS):
                raise RuntimeError(f"the web server does not answer: {website.log}")
            yield port
        finally:
            website.stop()


def measured(person: Person, path: str) -> Found:
    """Ask once warm with every statement kept."""
    found = Found()
    person.get(path)
    with kept(found.statements):
        person.get(path)
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


def unit() -> float:
    """Return U in seconds: today's page of one agreement on the machine that it was set on, scaled to this one."""
    return REFERENCE_UNIT * plain_render() / REFERENCE_RENDER


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=15)
    asked.add_argument("--only", default="", help="pages whose name begins with this")
    asked.add_argument("--who", default="", help="clerk, clinic, county, province or nation")
    asked.add_argument("--explain", action="store_true", help="show the statements that read much")
    asked.add_argument("--keep", type=Path, help="where what is found is written")
    asked.add_argument("--against", type=Path, help="what was found on a nation half as large")
    options = asked.parse_args()
    u = unit()
    before = {name: Kept(**each) for name, each in _read(options.against).items()}
    rows = Agreement.objects.count()
    print(f"{rows:,} agreements; U = {u * 1000:.0f} ms; load {os.getloadavg()[0]:.1f}")
    print(f"{'page':<30}{'who':<10}{'p50 ms':>8}{'p95':>7}{'U':>7}{'most':>6}{'queries':>9}{'rows':>12}{'growth':>12}")
    people = {who: Person(who) for who in EVERY if options.who in who}
    own = {who: person.own for who, person in people.items() if who in LOCAL}
    kept_now: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    with served() as port:
        for name, (path, shares) in PAGES.items():
            for who, most in shares.items():
                if who not in people or not name.startswith(options.only):
                    continue
                person = people[who]
                found = measured(person, path)
                explain(found, big=BIG * rows / MILLION, shows=options.explain)
                person.ask(port, path)
                person.ask(port, path)  # each of the two workers is warm
                found.times = [person.ask(port, path) for _ in range(options.runs)]
                page = f"{name} of the {who}"
                now = Kept(found.median, found.rows, own.get(who, 1))
                wrong = faults_of(found, now, before.get(page), most=most * u, is_local=who in LOCAL)
                faults += [f"{page}: {each}" for each in wrong]
                kept_now[page] = asdict(now)
                print(
                    f"{name:<30}{who:<10}{found.median * 1000:>8.0f}{found.p95 * 1000:>7.0f}{found.median / u:>7.1f}"
                    f"{most:>6}{len(found.statements):>9}{found.rows:>12,}{grown_in_words(now, before.get(page)):>12}"
                    f"{'  !' if wrong else ''}",
                    flush=True,
                )
    if options.keep:
        options.keep.write_text(json.dumps(kept_now, ensure_ascii=False), encoding="utf-8")
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    print("\n".join(faults) or "nothing takes more than its share")
    return int(bool(faults))


def _read(path: Path | None) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path else {}
    return found


def faults_of(found: Found, now: Kept, before: Kept | None, *, most: float, is_local: bool) -> list[str]:
    """Say by what a page breaks the rules; `most` are the seconds it may take."""
    faults = []
    if found.median > most:
        faults.append(f"{found.median * 1000:.0f} ms, of {most * 1000:.0f}")
    if not is_local:
        return faults
    if found.whole:
        faults.append(f"reads the whole of {', '.join(sorted(found.whole))}")
    if found.rows > max(now.own * TIMES_THEIR_OWN, FEW):
        faults.append(f"reads {found.rows:,} rows for {now.own:,}")
    if before and (growth(now, before)[0] > GROWTH or growth(now, before)[1] > GROWTH):
        faults.append(f"has grown: {grown_in_words(now, before)}")
    return faults


def growth(now: Kept, before: Kept) -> tuple[float, float]:
    """Return by how much a page's time and rows are more than on the smaller nation, for each of the person's own."""
    fewer = max(before.own, 1) / max(now.own, 1)
    rows = now.rows / max(before.rows, 1) * min(fewer, 1) if now.rows > FEW else 1.0
    return now.median / before.median, rows


def grown_in_words(now: Kept, before: Kept | None) -> str:
    if before is None:
        return ""
    seconds, rows = growth(now, before)
    return f"{seconds:.2f}/{rows:.2f}"


if __name__ == "__main__":
    sys.exit(main())
