"""The register over 100,000 institutions: facets, rows and ledger. Run: python -m bench.register

The rows stand in 200 counties of ten provinces, with profiles; the database is left as it was found. Medians of
milliseconds for the whole register (all counts, regions and the first page) and the number of its queries.
"""

import os
import statistics
import time
from io import BytesIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 -- the settings must be loaded first
from django.http import QueryDict  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from database.roles import become_owner  # noqa: E402
from institutions.models import Authority, Duty  # noqa: E402
from institutions.register.ledger import LISTED  # noqa: E402
from institutions.register.page import Register  # noqa: E402
from institutions.sockets import FACETS  # noqa: E402
from tests import factories  # noqa: E402
from tests.institutions import crowd  # noqa: E402

COUNT = 100_000
RUNS = 5
QUERIES = ["", "q=福星", "role=medical&validity=lapsed", "kind=residential_care&sort=-until", "region=110000"]
SPREAD = """
UPDATE institutions_institution SET region_id = (%(regions)s::bigint[])[1 + id %% %(count)s];
INSERT INTO institutions_medicalprofile (institution_id, kind, level, is_primary, licence_number, licence_valid_from,
    licence_valid_to, is_insurance_designated)
SELECT id, (ARRAY['clinic', 'general_hospital', 'township_health_centre'])[1 + id %% 3], 1, id %% 3 = 0, 'X',
    DATE '2020-01-01', CURRENT_DATE + (id %% 900)::int - 90, true
FROM institutions_institution WHERE role = 'medical' ON CONFLICT DO NOTHING;
INSERT INTO institutions_eldercareprofile (institution_id, kind, beds, residents, residents_60, residents_65,
    residents_80, has_own_clinic, filing_number, filed_on)
SELECT id, (ARRAY['residential_care', 'township_elderly_home', 'day_care_centre'])[1 + id %% 3], 50, 0, 0, 0, 0,
    id %% 5 = 0, 'X', DATE '2020-01-01'
FROM institutions_institution WHERE role = 'elder_care' ON CONFLICT DO NOTHING;
ANALYZE;
"""


def spread() -> None:
    """Give the crowd counties and profiles."""
    codes = [f"{11 + p}{1 + c // 10:02}{1 + c % 10:02}" for p in range(10) for c in range(20)]
    regions = [factories.region(code).pk for code in codes]
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, {"regions": regions, "count": len(regions)})


def official(code: str) -> User:
    """Return a reviewer of the health authority of a region."""
    authority = factories.AuthorityFactory.create(region=factories.region(code), kind=Authority.Kind.HEALTH)
    return factories.MembershipFactory.create(authority=authority, duty=Duty.REVIEWER).user


def show(user: User, query: str) -> Register:
    """Do what the page does."""
    today = timezone.localdate()
    register = Register(user, QueryDict(query), on=today, more=FACETS)
    list(register.panels)
    list(register.shown(register.rows[:25]))
    list(register.parts)
    return register


def measure(user: User, query: str) -> tuple[float, int, int]:
    """Return the median of milliseconds, the queries and the rows found."""
    with CaptureQueriesContext(connection) as captured:
        count = show(user, query).count
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        show(user, query)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000, len(captured), count


def main() -> None:
    """Print the table."""
    become_owner()  # whose alone the planner's statistics are
    with transaction.atomic():
        crowd.copy_in(crowd.make_rows(COUNT))
        spread()
        clerk = factories.UserFactory.create()
        people = {
            "anybody": clerk,
            "county": official("110101"),
            "province": official("110000"),
            "nation": official("000000"),
        }
        print(f"{'person':<10}{'asked':<36}{'rows':>8}{'ms':>8}{'queries':>9}")
        for name, user in people.items():
            for query in QUERIES:
                taken, queries, count = measure(user, query)
                print(f"{name:<10}{query or '-':<36}{count:>8}{taken:>8.0f}{queries:>9}")
        start = time.perf_counter()
        asked = LISTED.ask(people["province"], QueryDict())
        asked.write(BytesIO(), lambda rows: iter(rows))
        print(f"ledger of {asked.count(None)} rows: {time.perf_counter() - start:.1f} s")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
