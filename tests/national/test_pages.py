"""On a nation of made-up rows no page of a clerk, a clinic or a county reads the nation's, and all ask as much."""

import re
from collections.abc import Iterable
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from agreements.models import Agreement, FrozenText
from bench.national_pages import PAGES, Person, explain, measured
from coverage.steps.folding import fold_changed
from demo.loading import DemoDataError
from demo.national.load import load_nation
from filing.models import Filing
from institutions.models import Institution
from tests import factories
from tests.filing.reckoning import assert_as_reckoned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner", "published")]
COUNTIES = [f"{province}{place:04}" for province in (33, 36, 43, 64) for place in (102, 103, 204, 205)]
LOCAL = ("clerk", "clinic", "county")
NATIONWIDE = ("institutions, everywhere", "institutions, two characters")  # as they are asked for
MORE = 5  # rows: of regions, bureaus and templates there are more in a larger nation


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    """Where they may sign in."""
    settings.DEMO = True
    for code in COUNTIES:
        factories.region(code)


def read_in(part: float, names: Iterable[str], *, without: str = "") -> dict[str, tuple[float, int]]:
    """Return how many rows each page reads for each of the person's agreements, and how many statements it asks, in a
    part of the nation.

    A small table is read whole for it is cheap, and a list in its order for soon enough is found. Here neither is:
    what has no index to go by stands out.
    """
    found = {}
    with transaction.atomic(), connection.cursor() as cursor:
        load_nation(scale=0.002 * part, seed=7, today=timezone.localdate(), counties=part)
        fold_changed()
        if without:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE %s", [f"%{without}%"])
            cursor.execute(f"DROP INDEX {cursor.fetchone()[0]}")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off; SET LOCAL jit = off; SET LOCAL enable_indexscan = off")
        for who in LOCAL:
            person = Person(who)
            own = Agreement.objects.visible_to(person.user).count()
            for name in names:
                path, shares = PAGES[name]
                if who in shares:
                    page = measured(person, path)
                    explain(page, big=0, shows=False)
                    found[f"{name} of the {who}"] = page.rows / own, len(page.statements)
        transaction.set_rollback(True)
    return found


def grown(small: dict[str, tuple[float, int]], large: dict[str, tuple[float, int]]) -> dict[str, tuple[float, float]]:
    """Return what a page reads in either where it is more than half as much again in the one four times as large.

    A list that is narrowed may find more in the one than in the other; it may read what the whole list reads.
    """
    lists = {name: small.get(re.sub(", .* of the ", " of the ", name), small[name]) for name in small}
    before = {name: max(rows, lists[name][0]) for name, (rows, _) in small.items()}
    return {name: (small[name][0], rows) for name, (rows, _) in large.items() if rows > before[name] * 1.5 + MORE}


def test_what_a_page_reads_does_not_grow_with_the_nation_around() -> None:
    local = [name for name in PAGES if name not in NATIONWIDE]
    small, large = read_in(0.25, local), read_in(1, local)
    # What anybody is still to act on is so little in a small nation that the database begins with it: bench.national.
    assert set(grown(small, large)) <= {"filings of the clinic", "filings of the clerk"}
    # Those ask more of some states, and a search or a list less where it finds nothing.
    alike = [name for name in small if not re.match("filings|home|uncovered|coverage|.*(two|character)", name)]
    assert [small[name][1] for name in alike] == [large[name][1] for name in alike]


def test_a_page_that_lacks_its_index_is_found_out() -> None:
    index = "agreements_agreement USING btree (elder_care_id)"
    small, large = (read_in(part, ["agreements", "agreement"], without=index) for part in (0.25, 1))
    assert "agreements of the clerk" in grown(small, large)


def test_the_rows_are_what_the_product_would_have_written() -> None:
    made = load_nation(scale=0.001, seed=7, today=timezone.localdate(), counties=1)
    assert (made.institutions, made.agreements, made.filings) == (81, 984, 1968)
    for row in Agreement.objects.select_related("frozen", "medical", "elder_care").order_by("?")[:40]:
        assert row.frozen is not None
        assert row.frozen.is_intact(row.number)
        assert row.frozen.text.plain.count("〖") == 0
        assert row.medical is not None
        assert row.medical.name in row.frozen.text.plain or row.medical.name[:-2] in row.frozen.text.plain
        assert set(row.concerns) >= {0, int(row.region.prefix), int(row.medical.region.prefix)}
    share = Agreement.objects.filter(state="in_force").count() / Agreement.objects.count()
    assert 0.08 < share < 0.15
    assert FrozenText.objects.count() == Agreement.objects.count()
    assert assert_as_reckoned() == made.filings
    names = dict(Agreement.objects.values_list("pk", "names"))
    Agreement.objects.update(names="")  # the database notes them again
    assert dict(Agreement.objects.values_list("pk", "names")) == names
    with pytest.raises(DemoDataError, match="已经有"):
        load_nation(scale=0.001, seed=7, today=timezone.localdate(), counties=1)


def test_the_same_seed_makes_the_same_rows_and_another_others() -> None:
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            load_nation(scale=0.0005, seed=seed, today=date(2026, 12, 1), counties=1)
            first = Institution.objects.order_by("pk")[0].pk
            facts = ("number", "elder_care_id", "medical_id", "starts_on", "state")
            rows = Agreement.objects.order_by("pk").values_list(*facts)
            found.append([(number, home - first, clinic - first, *rest) for number, home, clinic, *rest in rows])
            transaction.set_rollback(True)
    assert found[0] == found[1] != found[2]


def test_beside_real_rows_nothing_is_made(elder_care_institution: Institution) -> None:
    with pytest.raises(DemoDataError, match="已经有机构或协议"):
        load_nation(scale=0.001, seed=7, today=timezone.localdate())
    with pytest.raises(CommandError, match="--scale"):
        call_command("make_national", scale=0)
    assert Institution.objects.get() == elder_care_institution
    assert not Filing.objects.exists()
