"""What is kept of the figures: nothing changes without a mark, whoever folds takes away what they have seen, and no
reader is ever told what is no longer so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from agreements.models import Agreement, Signature
from audit.models import Entry
from coverage import schedule
from coverage.days import FIVE_YEARS, months_up_to
from coverage.figures import Counts
from coverage.models import FoldedRegion, Mark, MonthEnd, Step
from coverage.overview import overview
from coverage.steps import statements
from coverage.steps.checking import check
from coverage.steps.folding import Folded, fold_all, fold_changed, folded
from coverage.steps.reading import read
from filing.models import Filing
from institutions.models import Authority, ElderCareProfile, Institution, MedicalProfile, Role
from regions.models import Region, Scheme
from tests import factories
from tests.agreements.rows import signature_of, write_agreements
from tests.at_once import at_once, closing_its_connection
from tests.coverage.histories import (
    CIVIL_AFFAIRS,
    HEALTH,
    Deal,
    Home,
    Stage,
    World,
    accept,
    moment,
    set_stage,
    write,
    write_agreement,
    write_clinic,
    write_home,
)

ON = date(2026, 11, 22)
SINCE, UNTIL = date(2024, 2, 1), date(2027, 1, 31)
WORLD = World(
    homes=(
        *(Home(county="330602", opened_on=date(2019, 5, 1)) for _ in range(3)),
        Home(county="330604", has_clinic=True),
        Home(county="430103", kind="township_elderly_home"),
        Home(county="640323", kind="elders_canteen", opened_on=date(2020, 1, 1)),
        Home(county="430103", has_clinic=True),  # which exempts in Hunan
    ),
    clinics=(True, False),
    deals=(
        Deal(0, 0, SINCE, UNTIL, accepted={HEALTH: moment(date(2024, 3, 1)), CIVIL_AFFAIRS: moment(date(2024, 4, 1))}),
        Deal(1, 1, SINCE, UNTIL, accepted={HEALTH: moment(date(2024, 3, 1))}),
        Deal(4, 0, SINCE, date(2025, 1, 31), state="expired"),
        Deal(4, 1, date(2025, 2, 1), UNTIL),
    ),
)


class Rows:
    """The rows of the world, as the changes below call them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def homes(self, county: str) -> list[Institution]:
        return list(Institution.objects.filter(role=Role.ELDER_CARE, region__code=county).order_by("pk"))

    def home(self, county: str = "330602", **to: object) -> None:
        Institution.objects.filter(pk=self.homes(county)[0].pk).update(**to)

    def profile(self, county: str = "330602", **to: object) -> None:
        ElderCareProfile.objects.filter(institution=self.homes(county)[0]).update(**to)

    def agreement(self, county: str = "330602", place: int = 0) -> Agreement:
        return self.homes(county)[place].agreements_as_elder_care.order_by("pk").last() or Agreement()

    def end(self, county: str, state: str, **to: object) -> None:
        Agreement.objects.filter(pk=self.agreement(county).pk).update(state=state, **to)

    def authority(self, kind: str) -> Authority:
        return self.stage.authorities["330602", kind]


# Every input of the figures, changed by rows: so does whatever page, import, bulk act, load or command there is.
CHANGES: dict[str, Callable[[Rows], object]] = {
    "a home is new": lambda rows: write_home(Home(county="330604"), rows.stage),
    "a home moves": lambda rows: rows.home(region=rows.stage.regions["330604"]),
    "a home closes": lambda rows: rows.home(status="closed", closed_on=date(2025, 5, 5)),
    "a home closed, nobody knows when": lambda rows: rows.home(status="closed"),
    "a home opens": lambda rows: rows.home("640323", opened_on=ON),
    "a home loses its capacity": lambda rows: rows.home("430103", operator_name=""),
    "a home is of another kind": lambda rows: rows.profile(kind="elders_canteen"),
    "a home is filed later": lambda rows: rows.profile(filed_on=ON),
    "a home is not filed": lambda rows: rows.profile(filed_on=None),
    "a clinic begins": lambda rows: rows.profile("430103", has_own_clinic=True, own_clinic_since=date(2023, 1, 1)),
    "a clinic ends": lambda rows: rows.profile("330604", has_own_clinic=False, own_clinic_until=date(2025, 1, 1)),
    "a profile goes": lambda rows: ElderCareProfile.objects.filter(institution=rows.homes("330604")[0]).delete(),
    "a partner is primary no more": lambda rows: MedicalProfile.objects.update(is_primary=False),
    "a partner's profile goes": lambda rows: MedicalProfile.objects.filter(is_primary=True).delete(),
    "an agreement enters force": lambda rows: write_agreement(
        rows.stage, rows.homes("330604")[0], write_clinic(rows.stage), SINCE, UNTIL
    ),
    "an agreement ends early": lambda rows: rows.end(
        "330602", "terminated", ended_on=date(2024, 12, 31), end_reason="停业"
    ),
    "a filing is accepted": lambda rows: accept(
        rows.stage, rows.agreement(place=1), CIVIL_AFFAIRS, moment(date(2025, 1, 1))
    ),
    "a bureau is of another kind": lambda rows: Authority.objects.filter(pk=rows.authority(HEALTH).pk).update(
        kind="other"
    ),
    "a scheme begins otherwise": lambda rows: Scheme.objects.filter(region__code="640323").update(
        in_force_from=date(2026, 1, 1)
    ),
    "a scheme is withdrawn": lambda rows: Scheme.objects.filter(region__code="430000").update(is_withdrawn=True),
    "a scheme goes": lambda rows: Scheme.objects.filter(region__code="330600").delete(),
    "a county has another code": lambda rows: Region.objects.filter(code="430103").update(code="360103"),
}
# No figure rests on these.
SILENT: dict[str, Callable[[Rows], object]] = {
    "renamed": lambda rows: rows.home(name="另一个名字"),
    "suspended": lambda rows: rows.home(status="suspended"),
    "a partner moves": lambda rows: Institution.objects.filter(role=Role.MEDICAL).update(
        region=rows.stage.regions["430103"]
    ),
    "noted as expired": lambda rows: rows.end("430103", "expired"),
    "a filing is opened": lambda rows: Filing.objects.create(
        agreement=rows.agreement(place=1), authority=rows.authority(CIVIL_AFFAIRS), due_on=ON
    ),
}


@pytest.fixture
def rows(stage: Stage) -> Rows:
    write(WORLD, stage)
    fold_all()
    return Rows(stage)


def stocked() -> list[Region]:
    return list(Region.objects.filter(institutions__role=Role.ELDER_CARE).distinct())


def marked() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(statements.MARKED)
        return {pk for (pk,) in cursor.fetchall()}


def kept() -> dict[int, list[tuple[date, Counts]]]:
    found: dict[int, list[tuple[date, Counts]]] = {}
    for pk, day, *numbers in Step.objects.order_by("region", "day").values_list("region_id", "day", *Counts.names()):
        found.setdefault(pk, []).append((day, Counts(*numbers)))
    return found


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_a_figure_leaves_a_mark_where_it_does(what: str, rows: Rows) -> None:
    before = folded(stocked())
    assert kept() == before
    assert marked() == set()
    CHANGES[what](rows)
    after = folded(stocked())
    changed = {pk for pk in {*before, *after} if before.get(pk) != after.get(pk)}
    assert changed, "no figure rests on it: it proves nothing"
    assert changed <= marked()
    assert fold_changed().changed > 0
    assert kept() == after
    assert marked() == set()


@pytest.mark.parametrize("what", SILENT)
def test_what_no_figure_rests_on_leaves_none(what: str, rows: Rows) -> None:
    before = folded(stocked())
    SILENT[what](rows)
    assert folded(stocked()) == before
    assert marked() == set()


@pytest.mark.django_db
def test_each_figure_has_its_column() -> None:
    for kind in (Step, MonthEnd):
        assert {each.name for each in kind._meta.get_fields()} == {"pk", "region", "day", *Counts.names()}


def test_folding_again_writes_nothing(rows: Rows) -> None:
    again = fold_all()
    assert (again.regions, again.changed) == (4, 0)
    assert fold_changed() == Folded()
    schedule.fold_changed()
    said = StringIO()
    call_command("fold_coverage", "--all", stdout=said)
    assert said.getvalue() == f"计算了 4 个地区，共 {again.steps} 个变化日，改写 0 行。\n"


def test_a_region_that_all_have_left_keeps_nothing(rows: Rows) -> None:
    rows.home("640323", region=rows.stage.regions["330604"])
    fold_changed()
    left = rows.stage.regions["640323"]
    assert not FoldedRegion.objects.filter(region=left).exists()
    assert not Step.objects.filter(region=left).exists()
    assert read(left, ON).by_day == {ON: Counts()}


def test_marks_of_an_institution_that_is_gone_are_cleared_away(rows: Rows) -> None:
    home = write_home(Home(county="640323"), rows.stage)
    ElderCareProfile.objects.filter(institution=home).delete()
    home.delete()
    fold_changed()
    assert not Mark.objects.exists()


def test_marks_of_what_is_no_home_any_more_or_no_region_are_cleared_away(rows: Rows) -> None:
    rows.profile("640323", filed_on=ON)
    rows.home("640323", role=Role.MEDICAL)
    gone = factories.region("360826")
    Mark.objects.create(region=gone)
    Scheme.objects.filter(region=gone).delete()
    gone.delete()
    fold_changed()
    assert not Mark.objects.exists()


def test_what_another_release_has_folded_is_counted_afresh(rows: Rows) -> None:
    Step.objects.update(obliged=99)
    nation = factories.region("000000")
    assert read(nation, ON).by_day[ON].obliged == 4 * 99
    FoldedRegion.objects.update(version="of before")
    assert read(nation, ON).by_day[ON].obliged < 99
    assert fold_changed().regions == 4
    assert kept() == folded(stocked())


def test_years_of_months_say_the_same_marked_or_not(rows: Rows) -> None:
    days = months_up_to(ON, FIVE_YEARS)
    nation = factories.region("000000")
    by_steps = read(nation, ON, days).by_day
    Mark.objects.bulk_create(Mark(region=region) for region in stocked())
    assert read(nation, ON, days).by_day == by_steps
    assert len(set(by_steps.values())) > 3


def test_a_day_that_is_asked_twice_counts_once(rows: Rows) -> None:
    nation = factories.region("000000")
    once = read(nation, ON, [SINCE]).by_day
    assert read(nation, ON, [SINCE, ON, SINCE]).by_day == once


def test_steps_that_say_something_else_are_repaired_loudly(rows: Rows, caplog: pytest.LogCaptureFixture) -> None:
    county = rows.stage.regions["330602"]
    assert check([each.pk for each in stocked()], [ON]) == 0
    Step.objects.filter(region=county).update(signed=7)
    assert check([each.pk for each in stocked()], [ON]) == 1
    assert kept() == folded(stocked())
    entry = Entry.objects.get(event="coverage.repaired")
    assert entry.data == {"on": ON.isoformat(), "kept": "协议覆盖 7", "true": "协议覆盖 1"}
    assert "coverage of 330602" in caplog.text
    schedule.check_sample()
    assert Entry.objects.filter(event="coverage.repaired").count() == 1


def test_what_is_marked_is_not_taken_for_a_fault(rows: Rows) -> None:
    rows.profile(filed_on=None)
    assert check([each.pk for each in stocked()], [ON]) == 0
    assert marked() == {rows.stage.regions["330602"].pk}


@pytest.mark.django_db(transaction=True)
def test_what_commits_while_somebody_folds_keeps_its_mark() -> None:
    rows = committed()
    nation = factories.region("000000")
    with transaction.atomic():
        rows.profile(filed_on=None)
        closing = ThreadPoolExecutor(1).submit(closing_its_connection, lambda: (fold_all(), read(nation, ON)))
        folded_meanwhile, seen = closing.result(timeout=60)
        assert folded_meanwhile.regions == 4
    assert marked() == {rows.stage.regions["330602"].pk}
    assert read(nation, ON).by_day[ON].obliged == seen.by_day[ON].obliged - 1
    fold_changed()
    assert kept() == folded(stocked())


@pytest.mark.django_db(transaction=True)
def test_a_home_moves_while_its_agreement_changes() -> None:
    """Whoever accepts has seen it where it was: the mark names the home, so that its new county is counted afresh."""
    rows = committed()
    agreement = rows.agreement(place=1)
    home = rows.homes("330602")[1]
    moved = rows.stage.regions["330604"]
    with transaction.atomic():
        accept(rows.stage, agreement, CIVIL_AFFAIRS, moment(date(2025, 1, 1)))
        moving = ThreadPoolExecutor(1).submit(
            closing_its_connection,
            lambda: (Institution.objects.filter(pk=home.pk).update(region=moved), fold_all()),
        )
        moving.result(timeout=60)
    assert moved.pk in marked()
    assert read(moved, ON).by_day[ON].filed_both == 1
    fold_changed()
    assert kept() == folded(stocked())


@pytest.mark.django_db(transaction=True)
def test_two_fold_at_once() -> None:
    rows = committed()
    rows.profile(filed_on=None)
    Step.objects.filter(region=rows.stage.regions["430103"]).delete()
    at_once(fold_all, fold_all, fold_changed)
    assert kept() == folded(stocked())
    assert marked() == set()


@pytest.mark.django_db(transaction=True)
def test_a_scheme_that_changes_between_its_reading_and_the_folding_is_not_forgotten() -> None:
    """The rules are read by statements of their own, before the one that folds and takes the marks away."""
    rows = committed()
    rows.profile("640323", filed_on=ON)
    begins = ThreadPoolExecutor(1)

    def meanwhile(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "coverage_foldedregion" in sql and "INSERT" in sql:
            change = CHANGES["a scheme begins otherwise"]
            begins.submit(closing_its_connection, lambda: change(rows)).result(timeout=60)
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        fold_changed()
    assert marked() == {rows.stage.regions["640323"].pk}
    fold_changed()
    assert kept() == folded(stocked())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["a scheme begins otherwise", "a partner is primary no more", "a bureau changes"])
def test_what_enters_while_what_it_rests_on_changes(what: str) -> None:
    """Whoever changes that does not see yet what enters, and whoever folds what has entered not yet the change."""
    rows = committed()
    rows.home("640323", region=rows.stage.regions["330604"])
    signed = about_to_enter(rows)
    at = moment(date(2025, 1, 1))
    elsewhere = rows.agreement(place=1)  # of a home that has moved to where the bureau has accepted nothing else
    Institution.objects.filter(agreements_as_elder_care=elsewhere).update(region=rows.stage.regions["330604"])
    filing = Filing.objects.create(
        agreement=elsewhere,
        authority=rows.authority(CIVIL_AFFAIRS),
        state=Filing.State.UNDER_REVIEW,
        due_on=ON,
        submitted_at=at,
        taken_up_at=at,
        taken_up_by=rows.stage.by,
    )
    fold_all()
    bureau = Authority.objects.filter(pk=filing.authority_id)
    acts: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "a scheme begins otherwise": (
            lambda: write_home(Home("640323", "elders_canteen", opened_on=SINCE), rows.stage),
            lambda: CHANGES[what](rows),
        ),
        "a partner is primary no more": (lambda: enter(signed, rows), lambda: CHANGES[what](rows)),
        "a bureau changes": (
            lambda: Filing.objects.filter(pk=filing.pk).update(
                state=Filing.State.ACCEPTED, number="测备入", decided_at=at, decided_by=rows.stage.by
            ),
            lambda: bureau.update(kind="other"),
        ),
    }
    entering, changing = acts[what]
    with transaction.atomic():
        changing()
        beside = ThreadPoolExecutor(1).submit(closing_its_connection, lambda: (entering(), fold_all()))
        beside.result(timeout=60)
    before = kept()
    fold_changed()
    assert kept() == folded(stocked())
    assert kept() != before, "it proves nothing"


def about_to_enter(rows: Rows) -> Agreement:
    """Return an agreement of a home without any, of the primary partner, to which the dates alone are wanting."""
    home = rows.homes("330604")[0]
    signed = Agreement(
        number="YY-HIST-ENTERS",
        state="signing",
        region=home.region,
        drafted_by=home,
        medical=Institution.objects.get(medical_profile__is_primary=True),
        elder_care=home,
        template_version=rows.stage.version,
        created_by=rows.stage.by,
    )
    return write_agreements([signed], by=rows.stage.by)[0]


def enter(signed: Agreement, rows: Rows) -> None:
    days = "medical_signed_on", "elder_care_signed_on", "effective_on", "starts_on"
    facts = {"expires_on": UNTIL, "certified_at": moment(SINCE), "template": rows.stage.version.template}
    dates: dict[str, Any] = dict.fromkeys(days, SINCE) | facts
    for name, value in dates.items():
        setattr(signed, name, value)
    with transaction.atomic():
        Signature.objects.bulk_create(signature_of(signed, role, factories.UserFactory.create()) for role in Role)
        Agreement.objects.filter(pk=signed.pk).update(state="in_force", **dates)


def committed() -> Rows:
    stage = set_stage()
    write(WORLD, stage)
    fold_all()
    return Rows(stage)


def test_the_page_asks_no_more_of_many_regions(rows: Rows, django_assert_max_num_queries: object) -> None:
    """Of those that stay unchanged nothing is counted: steps are read."""
    with connection.execute_wrapper(no_counting):
        figures = overview(factories.region("000000"), ON, most=0)
    assert figures.counts.obliged == sum(point.counts.obliged for point in figures.months if point.on == ON)


def no_counting(execute: Callable[..., object], sql: str, *rest: object) -> object:
    assert "judged" not in sql
    return execute(sql, *rest)
