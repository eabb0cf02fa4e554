"""On a nation of made-up rows the clock reads what is due, and nothing of what is not."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

import jobs
from agreements import lifecycle
from agreements import reminders as of_agreements
from bench.national_pages import Found, explain, kept
from demo.national.load import load_nation
from eligibility import announcements, reviewing
from filing import opening
from filing import reminders as of_filings
from tests import factories
from tests.national.test_pages import COUNTIES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner", "published")]
BEFORE = date(2001, 1, 1)  # before any agreement: on this day nothing is due
SWEEPS: dict[str, Callable[[], object]] = {
    "reminders of agreements": lambda: of_agreements.sweep(on=BEFORE),
    "reminders of filings": lambda: of_filings.sweep(on=BEFORE),
    "agreements that expire": lambda: lifecycle.expire_due(on=BEFORE),
    "texts that lapse": lifecycle.lapse_due,
    "eligibility that ends": lambda: (reviewing.expire_due(on=BEFORE), announcements.sweep(on=BEFORE)),
    "what dead workers held": jobs.rescue,
    "filings that are missing": opening.open_missing,
}


def read_in(part: float, *, without: str = "") -> dict[str, int]:
    """Return how many rows of agreements and filings each sweep reads in a part of the nation, with nothing due.

    As in test_pages: a small table is read whole for it is cheap, so here it is not.
    """
    found = {}
    with transaction.atomic(), connection.cursor() as cursor:
        load_nation(scale=0.002 * part, seed=7, today=timezone.localdate(), counties=part)
        if without:
            cursor.execute(f"DROP INDEX {without}")
        opening.open_missing()  # once a day all are looked through
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
        for name, sweep in SWEEPS.items():
            read = Found()
            with kept(read.statements):
                sweep()
            read.statements = [each for each in read.statements if "institutions_authority" not in each[0]]
            explain(read, big=0, shows=False)
            found[name] = read.rows
        transaction.set_rollback(True)
    return found


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    settings.DEMO = True
    for code in COUNTIES:
        factories.region(code)


def test_a_sweep_reads_nothing_of_what_is_not_due() -> None:
    assert {name: rows for name, rows in read_in(0.25).items() if rows > 20} == {}


def test_a_sweep_that_lacks_its_index_is_found_out() -> None:
    assert read_in(0.25, without="filing_with_authority_by_day")["reminders of filings"] > 20
