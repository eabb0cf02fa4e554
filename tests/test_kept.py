"""What is written again in place of a fixture is what the fixture wrote: every row, every column, every value."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from agreements.models import Scan
from filing.models import Filing
from institutions.models import Institution
from regions.models import Region
from tests import factories, kept
from tests.kept import Kept, Place, Plain


@pytest.fixture(autouse=True)
def of_this_module_alone(db: None) -> None:
    """Comes before all others, so that no other module's tests have made these worlds before."""


def rows() -> dict[str, list[str]]:
    """Return all that stands in the tables which this test has written to."""
    found = {}
    with connection.cursor() as cursor:
        for table in kept._changes():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 -- a table of ours
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def steps(place: Place) -> list[Kept]:
    """Return what was kept on the way to a place, in order."""
    known = [kept._known.get(place[:end]) for end in range(1, len(place) + 1)]
    return [each for each in known if isinstance(each, Kept)]


def write(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept.write(%s)", [statements])


def test_a_filing_and_all_before_it_come_back_row_by_row(filing: Filing) -> None:
    made, way = rows(), steps(kept._world.place)
    assert {"agreements_agreement", "agreements_scan", "audit_entry", "filing_filing"} <= made.keys()
    files = {name: content for step in way for name, content in step.files.items()}
    assert files.keys() >= set(Scan.objects.values_list("file", flat=True)) != set()
    write("UPDATE audit_strand SET place = 0, hash = repeat('0', 64);")  # made by the migration alone
    write("".join(f'DELETE FROM "{table}";' for table in made.keys() - {"audit_strand"}))  # noqa: S608 -- our tables
    for name in files:
        default_storage.delete(name)
    assert [table for table, left in rows().items() if left] == ["audit_strand"]
    for step in way:
        kept.write_again(step)
    assert rows() == made
    for name, content in files.items():
        with default_storage.open(name) as file:
            assert file.read() == content


@pytest.fixture
def neighbour(elder_care_institution: Institution) -> list[Institution]:
    """One that was given before, and one beside it."""
    return [elder_care_institution, factories.OpenElderCareFactory.create(region=elder_care_institution.region)]


@pytest.mark.parametrize("time", ["first", "again"])
def test_the_value_is_the_same_and_refers_to_the_rows_given_before(
    time: str, neighbour: list[Institution], elder_care_institution: Institution
) -> None:
    assert isinstance(kept._known[kept._world.place], Kept)
    assert neighbour[0] is elder_care_institution
    assert neighbour[1].region is elder_care_institution.region
    assert Institution.objects.get(pk=neighbour[1].pk).name == neighbour[1].name


@pytest.fixture
def renamed(county: Region) -> Region:
    """Changes a row that was given before, in the database and in the object."""
    county.name = "改名区"
    county.save(update_fields=["name"])
    return county


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize("time", ["first", "again"])
def test_a_row_given_before_is_changed_where_the_fixture_changed_it(time: str, county: Region) -> None:
    assert (county.name, Region.objects.get(pk=county.pk).name) == ("改名区", "改名区")


@pytest.fixture
def taken_away(elder_care_institution: Institution) -> int:
    """Deletes what stood there before it."""
    return Institution.objects.filter(pk=elder_care_institution.pk).delete()[0]


@pytest.mark.parametrize("time", ["first", "again"])
def test_one_that_deletes_is_run_each_time_and_so_is_what_follows(time: str, taken_away: int) -> None:
    assert taken_away
    assert not Institution.objects.exists()
    assert kept._known[kept._world.place] is Plain.WRITES


@pytest.fixture
def next_month() -> Iterator[None]:
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        yield


@pytest.fixture
def late(next_month: None, county: Region) -> Region:
    return factories.region("330604")


@pytest.mark.parametrize("time", ["first", "again"])
def test_what_has_a_clock_of_its_own_is_run_each_time(time: str, late: Region) -> None:
    assert Region.objects.filter(pk=late.pk).exists()
    assert kept._known[kept._world.place] is Plain.WRITES


@pytest.fixture
def whoever(request: pytest.FixtureRequest) -> list[Institution]:
    return [request.getfixturevalue(name) for name in ("elder_care_institution", "medical_institution")]


@pytest.mark.parametrize("time", ["first", "again"])
def test_what_may_ask_for_anything_is_run_each_time(time: str, whoever: list[Institution]) -> None:
    assert Institution.objects.filter(pk__in=[each.pk for each in whoever]).count() == 2
    assert not any(isinstance(known, Kept) for place, known in kept._known.items() if place[-1][0] == "whoever")
