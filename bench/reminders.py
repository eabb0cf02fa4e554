"""The reminder sweep over up to 100,000 agreements. Run on a migrated database: python -m bench.reminders

The rows are made in a transaction that is rolled back: the database is left as it was found. Nine of ten agreements
are in force with ends spread over two years, the rest wait for an answer or for signing; two clerks to each side.
"steady" is the sweep that comes every ten minutes and finds nothing new, "next day" the first one of a day.
"""

import os
import time
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- the settings must be loaded first
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements import reminders  # noqa: E402
from agreements.models import Agreement, TemplateVersion  # noqa: E402
from database.roles import become_owner  # noqa: E402
from institutions.models import Authority, Institution, Membership, Role  # noqa: E402
from institutions.uscc import compose_uscc  # noqa: E402
from notifications.ladders import BATCH  # noqa: E402
from regions.models import Region  # noqa: E402
from tests import factories  # noqa: E402
from tests.agreements.rows import write_agreements  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
PARTNERS = 100  # medical institutions; every elder-care institution has an agreement with each
CLERKS = 2
TODAY = timezone.localdate()
NOW = timezone.now()
State = Agreement.State


def institutions(role: Role, count: int, region: Region) -> list[Institution]:
    """Make institutions, each with its clerks."""
    letter = "MB" if role is Role.MEDICAL else "MC"
    made = Institution.objects.bulk_create(
        Institution(
            role=role,
            name=f"{role.label}{number}",
            uscc=compose_uscc("12", region.code, f"{letter}{900000 + number}"),
            region=region,
            address="测试路 1 号",
            ownership=Institution.Ownership.PUBLIC,
        )
        for number in range(count)
    )
    people = User.objects.bulk_create(
        User(username=f"bench-{role.value[:4]}-{number}", full_name="测试员", email=f"b{number}@example.invalid")
        for number in range(count * CLERKS)
    )
    Membership.objects.bulk_create(
        Membership(user=person, institution=made[number // CLERKS], state=Membership.State.EFFECTIVE)
        for number, person in enumerate(people)
    )
    return made


def agreement(
    number: int, medical: Institution, elder_care: Institution, version: TemplateVersion, creator: User
) -> Agreement:
    """Return the numberth agreement; its number decides its state and dates."""
    row = Agreement(
        number=f"YY-BENCH-{number:06d}",
        state=State.IN_FORCE if number % 10 else State.NEGOTIATING if number % 20 else State.AGREED,
        region=elder_care.region,
        drafted_by=elder_care,
        medical=medical,
        elder_care=elder_care,
        template_version=version,
        created_by=creator,
        sent_at=NOW - timedelta(days=number % 37),
    )
    if row.state == State.AGREED:
        row.sent_at = NOW - timedelta(days=number % 41)  # agreed at once
    if row.state == State.IN_FORCE:
        ends = TODAY + timedelta(days=number * 7 % 730 - 5)
        starts = ends - timedelta(days=730)
        row.medical_signed_on = row.elder_care_signed_on = row.effective_on = row.starts_on = starts
        row.expires_on, row.template, row.certified_at = ends, version.template, NOW
    return row


def fill(count: int) -> None:
    """Make `count` agreements between institutions of one county."""
    region = factories.region("330602")
    for code in ("430000", "640323", "330600", "360826", "410100"):
        factories.region(code)
    call_command("load_templates", stdout=StringIO())
    version = TemplateVersion.objects.select_related("template").order_by("pk")[0]
    bureau = factories.AuthorityFactory.create(region=region, kind=Authority.Kind.CIVIL_AFFAIRS)
    reviewer = User.objects.create(username="bench-reviewer", full_name="测试员", email="r@example.invalid")
    Membership.objects.create(
        user=reviewer, authority=bureau, duty=Membership.Duty.REVIEWER, state=Membership.State.EFFECTIVE
    )
    medical = institutions(Role.MEDICAL, PARTNERS, region)
    homes = institutions(Role.ELDER_CARE, count // PARTNERS, region)
    pairs = ((number, medical[number % PARTNERS], homes[number // PARTNERS]) for number in range(count))
    write_agreements([agreement(*pair, version, reviewer) for pair in pairs], by=reviewer)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sweep(on: date) -> tuple[int, float, int]:
    """Return queries, seconds and new notices of one sweep."""
    queries = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        start = time.perf_counter()
        told = reminders.sweep(on=on)
        seconds = time.perf_counter() - start
    return queries, seconds, told


def main() -> None:
    """Print the table."""
    print(f"{'agreements':>10}  {'sweep':<10}{'queries':>8}{'seconds':>9}{'notices':>9}{'notices/s':>11}")
    for size in SIZES:
        become_owner()  # whose alone the planner's statistics are
        with transaction.atomic():
            fill(size)
            for name, on in (("first", TODAY), ("steady", TODAY), ("next day", TODAY + timedelta(days=1))):
                queries, seconds, told = sweep(on)
                print(f"{size:>10}  {name:<10}{queries:>8}{seconds:>9.2f}{told:>9}{told / seconds:>11.0f}")
            transaction.set_rollback(True)
    print(f"a batch is {BATCH} agreements; each full batch adds the same queries, whatever is behind it")


if __name__ == "__main__":
    main()
