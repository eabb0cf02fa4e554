"""What `bench.reminders` measures; it needs the servers that that one starts."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402 -- the settings must be loaded first
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements import reminders as of_agreements  # noqa: E402
from agreements.models import Agreement  # noqa: E402
from bench.national_pages import BIG, MILLION, Found, explain, kept  # noqa: E402
from database.roles import become_owner  # noqa: E402
from filing import reminders as of_filings  # noqa: E402
from institutions.models import Authority, Duty, Membership  # noqa: E402
from jobs.rounds import Slice  # noqa: E402
from notifications.models import Notice  # noqa: E402

CLERKS = 2  # of each institution
MOST, LEAST = 10, 0.5  # times the next day's seconds; of a small nation's notices in a second

# Each agreement that is over was told of to the home's clerks.
PAST = """
INSERT INTO notifications_notice (kind, subject_type, subject_id, recipient_id, period, title, body, url, state,
    attempts, failure, created_at, sent_at, read_at)
SELECT 'agreement_ends', 'agreements.agreement', a.id, m.user_id, a.expires_on || ' +1',
    '协议已到期：' || a.number, '需要继续合作的，请尽快续签。', '/agreements/' || a.number || '/', 'sent', 1, '',
    a.expires_on + 1, a.expires_on + 1, a.expires_on + 2
FROM agreements_agreement a JOIN institutions_membership m ON m.institution_id = a.elder_care_id
WHERE a.expires_on < %s
"""


@dataclass(frozen=True)
class Swept:
    seconds: float
    slices: int
    longest: float  # seconds of one slice
    told: int
    statements: list[tuple[str, Any]]


def copies(row: models.Model, source: str, **columns: str) -> None:
    """Insert a row like this one for each of a query's, with other expressions for some columns."""
    fields = [str(field.column) for field in row._meta.local_concrete_fields if not field.primary_key]
    chosen = ", ".join(columns.get(column, f"t.{column}") for column in fields)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(fields)}) SELECT {chosen} FROM {table} t, ({source}) s WHERE t.id = %s",  # noqa: S608 -- constants
            [row.pk],
        )


def load_people() -> None:
    """Give every institution its clerks and every bureau somebody for each duty.

    Where there is nobody to tell, a row is looked at by every sweep.
    """
    person = User.objects.create(username="bench-person", full_name="测试员", email="bench@example.invalid")
    name = "'bench-' || s.kind || s.place || '-' || s.n"
    clerks = f"SELECT 'c' AS kind, i.id AS place, n FROM institutions_institution i, generate_series(1, {CLERKS}) n"  # noqa: S608 -- a constant
    bureaus = "SELECT 'b' AS kind, id AS place, 1 AS n FROM institutions_authority WHERE closed_on IS NULL"
    for source in (clerks, bureaus):
        copies(person, source, username=name, email=f"{name} || '@example.invalid'")
    held = {"state": Membership.State.EFFECTIVE, "user": person}
    clerk = Membership.objects.create(institution=_any_institution(), **held)
    copies(clerk, _of("c"), user_id="s.id", institution_id="s.place")
    bureau = Authority.objects.order_by("pk")[0]
    for duty in (Duty.REVIEWER, Duty.ADMINISTRATOR, Duty.SUPERVISOR):
        official = Membership.objects.create(authority=bureau, duty=duty, **held)
        copies(official, _of("b"), user_id="s.id", authority_id="s.place")
    Membership.objects.filter(user=person).delete()


def _any_institution() -> Any:
    return Agreement.objects.order_by("pk")[0].drafted_by


def _of(kind: str) -> str:
    place = f"substring(username from '^bench-{kind}([0-9]+)-')::bigint"
    return f"SELECT id, {place} AS place FROM accounts_user WHERE username LIKE 'bench-{kind}%%'"  # noqa: S608 -- constants


def sweep(on: date) -> Swept:
    """Tell what is due on a day, slice by slice, as the clock and the worker do."""
    statements: list[tuple[str, Any]] = []
    told, longest, slices, begun = 0, 0.0, 0, time.perf_counter()
    with kept(statements):
        for each in (of_agreements, of_filings):
            is_cut = True
            while is_cut:
                part, since = Slice(), time.perf_counter()
                told += each.sweep(on=on, within=part)
                longest, slices = max(longest, time.perf_counter() - since), slices + 1
                is_cut = part.is_cut
    return Swept(time.perf_counter() - begun, slices, longest, told, statements)


def measured(today: date) -> Iterator[tuple[str, Swept]]:
    for name, on in (("first", today), ("steady", today), ("next day", today + timedelta(days=1))):
        yield name, sweep(on)


def read_whole(swept: Swept, big: float) -> Found:
    found = Found(statements=swept.statements)
    explain(found, big=big, shows=False)
    return found


def judged(found: dict[str, Swept], steady: Found, against: dict[str, Any] | None) -> list[str]:
    """Return what is worse than it may be."""
    faults = []
    ratio = found["first"].seconds / found["next day"].seconds
    more = found["first"].told / max(found["next day"].told, 1)
    print(f"first / next day: {ratio:.1f} times the seconds, {more:.1f} times the notices")
    if ratio > MOST:
        faults.append(f"the first sweep takes {ratio:.1f} times as long as the next day's")
    if steady.whole:
        faults.append(f"a sweep that finds nothing reads {', '.join(sorted(steady.whole))} whole")
    if against:
        share = rate(found["first"]) / against["rate"]
        print(f"notices in a second: {share:.2f} of those at {against['agreements']:,} agreements")
        if share < LEAST:
            faults.append(f"a nation is told {share:.2f} times as fast as a small one")
    return faults


def rate(swept: Swept) -> float:
    return swept.told / swept.seconds


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--keep", type=Path, help="write how fast it was into this file")
    asked.add_argument("--against", type=Path, help="compare with what was kept in this file")
    options = asked.parse_args()
    become_owner()  # whose alone the planner's statistics are
    today = timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        rows = Agreement.objects.count()
        load_people()
        cursor.execute(PAST, [today - timedelta(days=40)])
        past = cursor.rowcount
        for table in (Notice, User, Membership):
            cursor.execute(f"ANALYZE {table._meta.db_table}")
        counties = Agreement.objects.order_by().values("region").distinct().count()
        print(
            f"{rows:,} agreements of {counties:,} counties, {past:,} notices of before; load {os.getloadavg()[0]:.1f}"
        )
        print(f"{'sweep':<10}{'seconds':>9}{'slices':>8}{'longest':>9}{'queries':>9}{'notices':>9}{'notices/s':>11}")
        found = {}
        for name, swept in measured(today):
            found[name] = swept
            print(
                f"{name:<10}{swept.seconds:>9.2f}{swept.slices:>8}{swept.longest:>9.2f}{len(swept.statements):>9}"
                f"{swept.told:>9}{rate(swept):>11.0f}",
                flush=True,
            )
        steady = read_whole(found["steady"], BIG * rows / MILLION)
        print(f"steady reads {steady.rows:,} rows")
        transaction.set_rollback(True)
    if options.keep:
        options.keep.write_text(json.dumps({"agreements": rows, "rate": rate(found["first"])}), encoding="utf-8")
    against = json.loads(options.against.read_text(encoding="utf-8")) if options.against else None
    faults = judged(found, steady, against)
    print("\n".join(faults) or "as it should be")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
