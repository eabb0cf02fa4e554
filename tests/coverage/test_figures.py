"""What is counted for a region on a day: each rule once, with its boundary days."""

from dataclasses import fields
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from coverage.days import FIRST_DAY, LAST_DAY, is_askable, months_up_to
from coverage.figures import (
    Counts,
    Coverage,
    Designation,
    FiledWith,
    InstitutionFigure,
    Overview,
    TargetFigure,
    percent,
)
from coverage.overview import overview
from institutions.models import Institution
from regions.models import Scheme
from tests import factories
from tests.coverage.histories import (
    CIVIL_AFFAIRS,
    HEALTH,
    Home,
    Stage,
    accept,
    moment,
    write_agreement,
    write_clinic,
    write_home,
)

ON = date(2026, 11, 22)
ONE_DAY = timedelta(days=1)
STARTS, ENDS = date(2026, 1, 1), date(2026, 12, 31)


def on(code: str, day: date = ON) -> Overview:
    return overview(factories.region(code), day)


def signed_home(stage: Stage, county: str = "330602", *, is_primary: bool = True) -> Institution:
    home = write_home(Home(county), stage)
    write_agreement(stage, home, write_clinic(stage, county, is_primary=is_primary), STARTS, ENDS)
    return home


def test_both_ends_of_a_term_are_covered_days(stage: Stage) -> None:
    signed_home(stage)
    asked = [STARTS - ONE_DAY, STARTS, ENDS, ENDS + ONE_DAY]
    assert [on("330602", day).counts.signed for day in asked] == [0, 1, 1, 0]


def test_an_early_end_counts_up_to_its_last_day_and_is_the_last_end_afterwards(stage: Stage) -> None:
    home = write_home(Home(), stage)
    ended = date(2026, 6, 30)
    write_agreement(stage, home, write_clinic(stage), STARTS, ENDS, state="terminated", ended_on=ended)
    assert on("330602", ended).counts.signed == 1
    after = on("330602", ended + ONE_DAY)
    assert [(each.name, each.last_end) for each in after.uncovered] == [(home.name, ended)]


def test_an_early_end_was_not_foreseen_the_day_before(stage: Stage) -> None:
    """What ends within 30 days goes by the written term: a day's figure is the same whenever it is asked for."""
    home = write_home(Home(), stage)
    write_agreement(stage, home, write_clinic(stage), STARTS, ENDS, state="terminated", ended_on=date(2026, 6, 30))
    assert on("330602", date(2026, 6, 29)).counts.ending_30 == 0


def test_shaoxing_asks_for_a_primary_institution_from_the_day_of_its_scheme(stage: Stage) -> None:
    home = write_home(Home(), stage)
    hospital = write_clinic(stage, is_primary=False)
    write_agreement(stage, home, hospital, date(2024, 1, 1), ENDS)
    scheme_day = date(2024, 2, 19)
    assert on("330602", scheme_day - ONE_DAY).counts.signed == 1
    assert on("330602", scheme_day).counts.signed == 0
    write_agreement(stage, home, write_clinic(stage), scheme_day, ENDS)
    assert on("330602", scheme_day).counts.signed == 1


def test_a_supplement_covers_nobody(stage: Stage) -> None:
    home, clinic = write_home(Home(), stage), write_clinic(stage)
    first = write_agreement(stage, home, clinic, STARTS, date(2026, 6, 30), state="expired")
    write_agreement(stage, home, clinic, STARTS, ENDS, kind="supplement", predecessor=first)
    assert on("330602").counts.signed == 0


def test_an_own_clinic_exempts_in_hunan_and_not_in_shaoxing(stage: Stage) -> None:
    for county in ("430103", "330602"):
        write_home(Home(county, has_clinic=True, clinic_since=date(2025, 1, 1)), stage)
    assert on("430103").counts.own_clinic == 1
    assert on("430103", date(2024, 12, 31)).counts.own_clinic == 0
    assert (on("330602").counts.own_clinic, on("330602").counts.clinic_unexempt) == (0, 1)
    both = on("000000").counts
    assert (both.obliged, both.covered, both.uncovered) == (2, 1, 1)


def test_a_clinic_that_closed_still_counts_on_the_days_it_was_open(stage: Stage) -> None:
    until = date(2026, 3, 31)
    write_home(Home("430103", clinic_since=date(2025, 1, 1), clinic_until=until), stage)
    assert [on("430103", day).counts.own_clinic for day in (until, until + ONE_DAY)] == [1, 0]


def test_the_denominator_by_filing_opening_closing_and_kind(stage: Stage) -> None:
    filed, closed = date(2025, 5, 1), date(2026, 5, 1)
    write_home(Home(filed_on=filed, closed_on=closed), stage)
    assert [on("330602", day).counts.obliged for day in (filed - ONE_DAY, filed, closed - ONE_DAY, closed)] == [
        0,
        1,
        1,
        0,
    ]
    write_home(Home(kind="day_care_centre", filed_on=None, opened_on=filed), stage)
    write_home(Home("640323", kind="day_care_centre", filed_on=None, opened_on=filed), stage)
    assert on("330602", filed).counts.left_other_kind == 1
    assert [on("640323", day).counts.obliged for day in (filed - ONE_DAY, filed)] == [0, 1]


def test_filed_with_both_one_or_neither_by_the_local_day(stage: Stage) -> None:
    homes = [write_home(Home(), stage) for _ in range(4)]
    agreements = [write_agreement(stage, home, write_clinic(stage), STARTS, ENDS) for home in homes]
    accepted = moment(ON, time.min)  # still the day before by UTC
    for agreement, kinds in zip(agreements, [(HEALTH, CIVIL_AFFAIRS), (HEALTH,), (CIVIL_AFFAIRS,), ()], strict=True):
        for kind in kinds:
            accept(stage, agreement, kind, accepted)
    now, before = on("330602").counts, on("330602", ON - ONE_DAY).counts
    assert (now.filed_both, now.filed_health, now.filed_civil_affairs, now.filed_neither) == (1, 1, 1, 1)
    assert (before.filed_both, before.filed_neither) == (0, 4)


def test_a_target_is_late_only_after_its_day(stage: Stage) -> None:
    write_home(Home(), stage)
    due = date(2024, 5, 31)
    [before], [after] = on("330600", due).targets, on("330600", due + ONE_DAY).targets
    assert (before.due, before.is_late, after.is_late, after.is_met) == (due, False, True, False)


def test_hunan_counties_without_a_signed_medical_institution_are_named(stage: Stage) -> None:
    factories.region("430104", "岳麓区")
    signed_home(stage, "430103")
    found = on("430100").designation
    assert found is not None
    assert (found.counties, found.met, found.missing) == (2, 1, ("岳麓区",))


def test_parts_add_up_to_the_whole(stage: Stage) -> None:
    for county in ("330602", "330604", "430103", "640323"):
        signed_home(stage, county)
        write_home(Home(county), stage)
    for code in ("000000", "330000", "330600"):
        figures = on(code)
        assert sum((part.counts for part in figures.parts), Counts()) == figures.counts
    assert on("330602").parts == ()


def test_what_stands_in_no_part_has_a_row_of_its_own(stage: Stage) -> None:
    home = write_home(Home(), stage)
    Institution.objects.filter(pk=home.pk).update(region=factories.region("330600"))
    own = [part for part in on("330600").parts if part.is_own_level]
    assert [(part.name, part.counts.obliged) for part in own] == [("绍兴市本级", 1)]


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
def test_days_before_everything_and_far_ahead(stage: Stage, day: date) -> None:
    signed_home(stage)
    figures = on("330600", day)
    assert figures.counts.signed == 0
    assert figures.counts.rate == (None if day == FIRST_DAY else Decimal("0.0"))
    assert len(figures.months) == 13


def test_the_same_day_always_gives_the_same_figures(stage: Stage) -> None:
    home = signed_home(stage)
    before = on("330600", date(2026, 3, 1))
    assert on("330600", date(2026, 3, 1)) == before
    home.status, home.closed_on = Institution.Status.CLOSED, ON
    home.save(update_fields=["status", "closed_on"])
    write_agreement(stage, write_home(Home(filed_on=ON), stage), write_clinic(stage), ON, ON + ONE_DAY)
    assert on("330600", date(2026, 3, 1)).counts.signed == before.counts.signed == 1
    assert on("330600", date(2026, 3, 1)).uncovered == before.uncovered


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert [percent(47, 52), percent(1999, 2000), percent(2, 2), percent(0, 0)] == [
        Decimal("90.4"),
        Decimal("99.9"),
        Decimal(100),
        None,
    ]


def test_a_year_back_by_month_ends() -> None:
    days = months_up_to(date(2024, 3, 31))
    assert (days[0], days[-2], days[-1], len(days)) == (
        date(2023, 3, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        13,
    )


def test_two_agreements_with_one_primary_institution_are_one_partner(stage: Stage) -> None:
    rule = {"rule": "min_primary_partners", "with": {"minimum": 2}, "quote": "演示", "lower_may_change": True}
    body = {"slug": "two", "region": "430103", "title": "演示", "issuers": [], "rules": [rule]}
    body |= {"document_number": "", "issued_on": "", "in_force_on": ""}
    Scheme.objects.create(slug="two", region=stage.regions["430103"], title="演示", digest="0" * 64, body=body)
    home, clinic = write_home(Home("430103"), stage), write_clinic(stage, "430103")
    for _ in range(2):
        write_agreement(stage, home, clinic, STARTS, ENDS, state="expired")
    assert on("430103").counts.signed == 0
    write_agreement(stage, home, write_clinic(stage, "430103"), STARTS, ENDS)
    assert on("430103").counts.signed == 1


def test_what_ends_on_the_day_has_not_ended_yet(stage: Stage) -> None:
    """An agreement with a hospital does not cover in Shaoxing, yet on its last day it is no past one."""
    write_agreement(stage, write_home(Home(), stage), write_clinic(stage, is_primary=False), STARTS, ENDS)
    [during], [after] = on("330602", ENDS).uncovered, on("330602", ENDS + ONE_DAY).uncovered
    assert (during.partners, during.last_end, after.last_end) == (1, None, ENDS)


def test_a_kind_that_need_not_file_counts_from_its_opening_though_it_filed_later(stage: Stage) -> None:
    opened, filed = date(2025, 5, 1), date(2026, 5, 1)
    write_home(Home("640323", kind="day_care_centre", opened_on=opened, filed_on=filed), stage)
    assert [on("640323", day).counts.obliged for day in (opened - ONE_DAY, opened)] == [0, 1]


@pytest.mark.parametrize(
    ("day", "first", "last_but_one"),
    [
        (date(2026, 11, 22), date(2025, 11, 30), date(2026, 10, 31)),
        (date(2024, 3, 1), date(2023, 3, 31), date(2024, 2, 29)),
        (date(2026, 1, 31), date(2025, 1, 31), date(2025, 12, 31)),
    ],
)
def test_a_year_has_twelve_month_ends_and_the_day_itself(day: date, first: date, last_but_one: date) -> None:
    days = months_up_to(day)
    assert (len(days), days[0], days[-2], days[-1]) == (13, first, last_but_one, day)
    assert days == sorted(days)
    assert all((each + ONE_DAY).day == 1 for each in days[:-1])


@pytest.mark.parametrize(
    ("day", "is_one"),
    [(FIRST_DAY, True), (LAST_DAY, True), (FIRST_DAY - ONE_DAY, False), (LAST_DAY + ONE_DAY, False)],
)
def test_which_days_can_be_asked_about(day: date, *, is_one: bool) -> None:
    assert is_askable(day) is is_one


def test_what_is_added_up_and_what_follows_from_it() -> None:
    one = Counts(*range(1, len(fields(Counts)) + 1))
    assert one + one == Counts(*range(2, 2 * len(fields(Counts)) + 2, 2))
    some = Counts(obliged=9, signed=3, own_clinic=2, uncovered=4, clinic_unexempt=1, left_closed=5, left_unfiled=7)
    assert (some.covered, some.served, some.left_out, some.rate) == (5, 6, 12, Decimal("55.6"))
    assert (Counts().rate, Counts(obliged=4).rate) == (None, Decimal("0.0"))


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 0, None), (1, 1, "100.0"), (1999, 2000, "99.9"), (9999, 10000, "99.9"), (1, 3, "33.3"), (1, 16, "6.3")],
)
def test_a_share_is_all_only_if_it_is(part: int, whole: int, share: str | None) -> None:
    assert percent(part, whole) == (Decimal(share) if share else None)


@pytest.mark.parametrize(
    ("reached", "due", "is_met", "is_late"),
    [
        (800, ON - ONE_DAY, True, False),
        (799, ON - ONE_DAY, False, True),
        (799, ON, False, False),
        (799, None, False, False),
    ],
)
def test_a_target_by_plain_numbers(reached: int, due: date | None, *, is_met: bool, is_late: bool) -> None:
    target = TargetFigure("签约率", "全部", "rate", 80, due, "到年底达到80%", reached, 1000, ON)
    assert (target.is_met, target.is_late, target.rate) == (is_met, is_late, Decimal(reached) / 10)


def test_counties_that_have_named_enough() -> None:
    assert Designation(1, 5, ("甲县", "乙县")).met == 3


@pytest.mark.parametrize(("coverage", "is_covered"), [("signed", True), ("own_clinic", True), ("uncovered", False)])
def test_an_institution_is_covered_and_filed_as_its_figure_says(coverage: str, *, is_covered: bool) -> None:
    numbers = {each.name: 0 for each in fields(InstitutionFigure) if each.type == "int"}
    words = {each.name: "" for each in fields(InstitutionFigure) if each.type == "str"}
    more = {"filed_both": 1, "filed_health": 2, "filed_civil_affairs": 3, "filed_neither": 4}
    figure = InstitutionFigure(
        **{**numbers, **words, **more},  # type: ignore[arg-type]  # by their names
        coverage=Coverage(coverage),
        has_clinic=False,
        next_end=None,
        last_end=None,
    )
    assert figure.is_covered is is_covered
    assert [figure.filed(how) for how in FiledWith] == [1, 2, 3, 4]
