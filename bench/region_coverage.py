"""Coverage of a province of 4,000 institutions and 10,000 agreements, against asking institution by institution.

Run: python -m bench.region_coverage. The rows are written in a transaction that is rolled back: the database is left as
it was found. The page's overview answers thirteen days and names what is missing; the naive loop counts one day only.
"""

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 -- the settings must be loaded first

from agreements.models import Agreement  # noqa: E402
from coverage import queries  # noqa: E402
from coverage.obligations import obligation_of, open_book  # noqa: E402
from coverage.overview import institutions, overview, regions_below, stocked  # noqa: E402
from database.roles import become_owner  # noqa: E402
from filing.models import Filing  # noqa: E402
from institutions.models import Authority, ElderCareProfile, Institution, MedicalProfile, Role  # noqa: E402
from regions.models import Region  # noqa: E402
from regions.schemes import rules_for  # noqa: E402
from tests import factories  # noqa: E402
from tests.agreements.rows import write_agreements  # noqa: E402
from tests.coverage.histories import Stage, moment, set_stage  # noqa: E402

HOMES, CLINICS, AGREEMENTS = 4_000, 800, 10_000
PREFECTURES, COUNTIES = 14, 9
ON = date(2026, 11, 22)
RUNS = 5
# Repeatable made-up data, not a secret.
CHANCE = random.Random(20261122)  # noqa: S311


def counties() -> list[Region]:
    codes = [f"43{p:02}{c:02}" for p in range(1, PREFECTURES + 1) for c in range(2, COUNTIES + 2)]
    return [factories.region(code) for code in codes]


def write_parties(regions: list[Region]) -> tuple[list[Institution], list[Institution]]:
    def rows(role: Role, count: int) -> list[Institution]:
        return Institution.objects.bulk_create(
            Institution(role=role, name=f"第{n}号机构", region=CHANCE.choice(regions), operator_name="镇人民政府")
            for n in range(count)
        )

    homes, clinics = rows(Role.ELDER_CARE, HOMES), rows(Role.MEDICAL, CLINICS)
    kinds = ElderCareProfile.Kind.values
    ElderCareProfile.objects.bulk_create(
        ElderCareProfile(
            institution=home,
            kind=CHANCE.choice(kinds),
            filed_on=date(2018, 1, 1) + timedelta(days=CHANCE.randrange(3000)),
            has_own_clinic=CHANCE.random() < 0.1,
        )
        for home in homes
    )
    kind = MedicalProfile.Kind.TOWNSHIP_HEALTH_CENTRE
    MedicalProfile.objects.bulk_create(
        MedicalProfile(institution=each, kind=kind, is_primary=CHANCE.random() < 0.7) for each in clinics
    )
    return homes, clinics


def agreement(number: int, home: Institution, clinic: Institution, stage: Stage) -> Agreement:
    starts_on = date(2021, 1, 1) + timedelta(days=CHANCE.randrange(2100))
    expires_on = starts_on + timedelta(days=365 * CHANCE.choice([1, 2, 3]))
    return Agreement(
        number=f"YY-BENCH-{number}",
        state="expired",  # of two in force of one pair the database would refuse one; the dates are what counts
        region=home.region,
        drafted_by=home,
        elder_care=home,
        medical=clinic,
        template_version=stage.version,
        template=stage.version.template,
        created_by=stage.by,
        certified_at=moment(starts_on),
        medical_signed_on=starts_on,
        elder_care_signed_on=starts_on,
        effective_on=starts_on,
        starts_on=starts_on,
        expires_on=expires_on,
    )


def write_province() -> Region:
    stage, regions = set_stage(), counties()
    homes, clinics = write_parties(regions)
    made = [agreement(n, CHANCE.choice(homes), CHANCE.choice(clinics), stage) for n in range(AGREEMENTS)]
    agreements = write_agreements(made, by=stage.by)
    authorities = {
        kind: factories.AuthorityFactory.create(region=factories.region("430000"), kind=kind) for kind in Authority.Kind
    }
    Filing.objects.bulk_create(
        Filing(
            agreement=each,
            authority=authority,
            state="accepted",
            due_on=ON,
            number=f"备{each.pk}",
            submitted_at=moment(ON),
            decided_at=moment(each.starts_on or ON),
            decided_by=stage.by,
        )
        for each in agreements
        for authority in authorities.values()
        if CHANCE.random() < 0.7
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return factories.region("430000")


def one_by_one(region: Region, on: date) -> int:
    """Count the institutions with enough partners as one would at first: rules, agreements, filings of each."""
    signed = 0
    for home in Institution.objects.filter(role=Role.ELDER_CARE, region__code__startswith=region.prefix):
        obligation = obligation_of(rules_for(home.region, on))
        running = Agreement.objects.in_force(on=on).filter(elder_care=home).exclude(kind="supplement")
        partners = {each.medical for each in running.select_related("medical__medical_profile")}
        for each in running:
            list(Filing.objects.filter(agreement=each, state="accepted").select_related("authority"))
        signed += home.elder_care_profile.kind in obligation.kinds and len(partners) >= obligation.partners
    return signed


def measured(question: Callable[[], Any], runs: int = RUNS) -> tuple[float, int]:
    """Return the median seconds and the number of queries."""
    asked, taken = 0, []

    def counting(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*args)

    for _ in range(runs):
        start = time.perf_counter()
        with connection.execute_wrapper(counting):
            question()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), asked // runs


def main() -> None:
    """Print the table."""
    become_owner()  # whose alone the planner's statistics are
    with transaction.atomic():
        start = time.perf_counter()
        province = write_province()
        print(f"{HOMES} institutions, {AGREEMENTS} agreements in {time.perf_counter() - start:.1f} s")
        rows = [
            ("overview, 13 days", *measured(lambda: overview(province, ON))),
            ("counts, 1 day", *measured(lambda: queries.totals(stocked(open_book(regions_below(province), [ON]))))),
            ("list of institutions", *measured(lambda: institutions(province, ON))),
            ("one by one, 1 day", *measured(lambda: one_by_one(province, ON), runs=1)),
        ]
        naive = rows[-1][1]
        print(f"{'question':<24}{'seconds':>10}{'queries':>10}{'ratio':>10}")
        for name, seconds, count in rows:
            print(f"{name:<24}{seconds:>10.3f}{count:>10}{naive / seconds:>10.1f}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
