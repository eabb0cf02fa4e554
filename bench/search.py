"""Search over 100,000 institutions against looking at every row with ILIKE. Run: python -m bench.search

The rows are loaded in a transaction that is rolled back: the database is left as it was found. Medians of
milliseconds for the first 20 open elder-care institutions, and the ratio to ILIKE.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 -- the settings must be loaded first

from database.roles import become_owner  # noqa: E402
from institutions.models import Institution, InstitutionQuerySet, Role  # noqa: E402
from tests.institutions import crowd  # noqa: E402

COUNT = 100_000
RUNS = 15
TEXTS = ["福星", "堃", "院", "养老院", "社区卫生服务中心", "长沙 夕阳", "没有这家", "52330007"]


def elder_care(found: InstitutionQuerySet) -> InstitutionQuerySet:
    return found.open().of_role(Role.ELDER_CARE).order_by("name", "id").only("name")[:20]


def median_ms(queryset: InstitutionQuerySet) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        list(queryset.all())
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def by_looking_at_every_row(text: str) -> float:
    """ILIKE on the name alone, as a plain icontains search does it, with indexes put out of reach."""
    words = text.split()
    queryset = elder_care(Institution.objects.all())
    queryset.query.clear_limits()
    for word in words:
        queryset = queryset.filter(name__icontains=word)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
        taken = median_ms(queryset[:20])
        cursor.execute("SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = on")
    return taken


def main() -> None:
    """Print the table."""
    become_owner()  # whose alone the planner's statistics are
    with transaction.atomic():
        start = time.perf_counter()
        crowd.copy_in(crowd.make_rows(COUNT))
        print(f"{COUNT} rows in {time.perf_counter() - start:.1f} s")
        print(f"{'text':<20}{'search ms':>12}{'ILIKE ms':>12}{'ratio':>9}")
        for text in TEXTS:
            ours, theirs = median_ms(elder_care(Institution.objects.search(text))), by_looking_at_every_row(text)
            print(f"{text:<20}{ours:>12.2f}{theirs:>12.2f}{ours / theirs:>9.3f}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
