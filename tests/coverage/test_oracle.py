"""The figures in SQL, counted and kept, against a slow, plain count, on made-up histories and any as-of day."""

from datetime import date, time, timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import queries
from coverage.days import FIRST_DAY, LAST_DAY
from coverage.figures import Counts
from coverage.models import Mark
from coverage.obligations import open_book
from coverage.overview import overview
from coverage.steps.folding import fold_changed
from coverage.steps.reading import read
from institutions.models import ElderCareProfile
from regions.models import Region
from regions.schemes import RuleSet
from tests.coverage import oracle
from tests.coverage.histories import CIVIL_AFFAIRS, COUNTIES, HEALTH, Deal, Home, Stage, World, moment, write
from tests.factories import LONG_AGO
from tests.proving import examples

EXAMPLES = 200
# Few days, close to each other and to the days on which schemes begin and months end: boundaries meet often.
TURNS = [date(2020, 12, 17), date(2024, 2, 19), date(2024, 5, 31), date(2025, 2, 28), date(2026, 11, 22)]
DAYS = sorted({turn + timedelta(days=off) for turn in TURNS for off in (-1, 0, 1, 29, 30, 60, 90, 91)})
MOST_DAYS = 20
days = st.sampled_from(DAYS)
maybe = st.none() | days


@st.composite
def homes(draw: st.DrawFn) -> Home:
    has_clinic, since, until = draw(st.booleans()), draw(maybe), draw(maybe)
    if has_clinic or (since and until and until < since):
        until = None
    return Home(
        county=draw(st.sampled_from(COUNTIES)),
        kind=draw(st.just("residential_care") | st.sampled_from(ElderCareProfile.Kind.values)),
        filed_on=draw(st.just(LONG_AGO) | maybe),
        opened_on=draw(maybe),
        closed_on=draw(st.none() | maybe),
        is_closed=draw(st.sampled_from([False, False, False, True])),
        has_clinic=has_clinic,
        clinic_since=since,
        clinic_until=until,
        has_capacity=draw(st.booleans()),
    )


@st.composite
def deals(draw: st.DrawFn, homes: int, clinics: int) -> Deal:
    starts_on, expires_on = sorted([draw(days), draw(days)])
    moments = st.builds(moment, days, st.sampled_from([time.min, time(7, 59), time(8, 1), time(23, 59)]))
    return Deal(
        home=draw(st.integers(0, homes - 1)),
        clinic=draw(st.integers(0, clinics - 1)),
        starts_on=starts_on,
        expires_on=expires_on,
        state=draw(st.sampled_from(["in_force", "in_force", "expired", "terminated", "superseded"])),
        ended_on=draw(maybe),
        kind=draw(st.sampled_from(["original", "original", "renewal", "supplement"])),
        accepted=draw(st.dictionaries(st.sampled_from([HEALTH, CIVIL_AFFAIRS]), moments)),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    people = draw(st.lists(homes(), min_size=1, max_size=5))
    clinics = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    signed = draw(st.lists(deals(len(people), len(clinics)), max_size=8))
    return World(tuple(people), tuple(clinics), tuple(signed))


def turns(world: World) -> list[date]:
    """Return every day on which something changes in the world, the days beside it, and those that foresee an end."""
    found = {day for home in world.homes for day in (home.filed_on, home.opened_on, home.closed_on)}
    found |= {day for home in world.homes for day in (home.clinic_since, home.clinic_until)}
    found |= {day for deal in world.deals for day in (deal.starts_on, deal.expires_on, deal.ended_on)}
    found |= {at.date() for deal in world.deals for at in deal.accepted.values()}
    offsets = (0, -1, 1, -30, -60, -90)
    turned = [day + timedelta(days=off) for off in offsets for day in sorted(each for each in found if each)]
    return list(dict.fromkeys([*turned, FIRST_DAY, LAST_DAY]))


def check(region: Region, days: list[date], past: oracle.Past) -> int:
    """Compare what is said about a region on days; return how many sets of figures were compared."""
    book = open_book(Region.objects.under(region), days)
    counted = queries.totals(book)
    true = {day: past.counts(region, day) for day in days}
    for day in days:
        assert Counts.total(counts for (_, on), counts in counted.items() if on == day) == true[day], day
    # Everything was just written and is marked: the reader counts afresh, day by day or, of many days, by steps.
    assert read(region, days[0], days).by_day == true
    with patch("coverage.steps.reading.MOST_DAYS", 0):
        assert read(region, days[0], days).by_day == true
    fold_changed()
    assert not Mark.objects.exists()
    assert read(region, days[0], days).by_day == true
    overall = overview(region, days[0])
    assert {each.pk: each.last_end for each in overall.uncovered} == past.uncovered(region, days[0])
    for point in overall.months:
        assert point.counts == past.counts(region, point.on)
    for part in overall.parts:
        below = Region(code=part.code, level=region.level + 1)
        assert part.is_own_level or part.counts == past.counts(below, days[0])
    return 4 * len(days) + 1 + len(overall.months) + len(overall.parts)


@pytest.mark.django_db
def test_sql_says_what_the_oracle_says(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    tried = {"histories": 0, "figures": 0}
    known: dict[tuple[str, date], RuleSet] = {}
    places = list(Region.objects.filter(code__in=["000000", "330000", "330600", "330602", "430000"]))

    @settings(max_examples=examples(EXAMPLES), deadline=None, database=None)
    @given(worlds(), st.sampled_from(places), st.data())
    def histories_agree(world: World, region: Region, data: st.DataObject) -> None:
        asked = data.draw(st.lists(st.sampled_from(turns(world)), min_size=1, max_size=MOST_DAYS, unique=True))
        with transaction.atomic():
            write(world, stage)
            tried["figures"] += check(region, asked, oracle.Past(known))
            tried["histories"] += 1
            transaction.set_rollback(True)

    histories_agree()
    with capsys.disabled():
        print(f"\ncoverage oracle: {tried['histories']} histories, {tried['figures']} sets of figures compared")
    assert tried["histories"] >= examples(EXAMPLES)
