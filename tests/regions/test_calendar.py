"""Working days with make-up days, periods by 民法典 201, and honest provisional years."""

import shutil
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from regions.calendar import CalendarGapError, CountedDay, add_working_days
from regions.datafile import DataFileError
from regions.loading import load_days
from regions.models import CalendarDay
from regions.workdays import FOLDER, published_days


@pytest.fixture
def calendar(db: None) -> None:
    load_days({day: workday for day, workday in published_days().items() if day.year >= 2020})  # fewer rows, faster


def is_workday(day: date) -> bool:
    return CalendarDay.objects.get(date=day).is_workday


def test_workdays_with_make_up_days(calendar: None) -> None:
    expected = {
        date(2026, 11, 20): True,  # Friday
        date(2026, 11, 22): False,  # Sunday
        date(2026, 2, 14): True,  # Saturday worked for the Spring Festival
        date(2026, 2, 23): False,  # Monday of the Spring Festival
        date(2026, 10, 10): True,  # Saturday worked for National Day
        date(2024, 2, 18): True,  # Sunday worked for the Spring Festival
        date(2020, 1, 31): False,  # festival prolonged in the epidemic
        date(2027, 2, 8): False,  # statutory, no notice yet
        date(2027, 2, 9): True,
    }
    assert {day: is_workday(day) for day in expected} == expected


def test_start_day_is_not_counted(calendar: None) -> None:
    ends = {
        (date(2026, 11, 20), 1): date(2026, 11, 23),  # Friday to Monday
        (date(2026, 9, 30), 3): date(2026, 10, 10),  # over National Day: 8, 9, and Saturday the 10th is worked
        (date(2026, 2, 13), 2): date(2026, 2, 24),  # Saturday the 14th is worked, then nine days of rest
        (date(2026, 11, 22), 10): date(2026, 12, 4),
    }
    assert {period: add_working_days(*period) for period in ends} == {
        period: CountedDay(end, is_provisional=False) for period, end in ends.items()
    }


def test_period_into_a_year_without_notice_is_provisional(calendar: None) -> None:
    assert add_working_days(date(2026, 12, 31), 1) == CountedDay(date(2027, 1, 4), is_provisional=True)


def test_one_provisional_day_on_the_way_makes_the_end_provisional(calendar: None) -> None:
    CalendarDay.objects.filter(date=date(2026, 11, 24)).update(provisional=True)
    ends = {days: add_working_days(date(2026, 11, 20), days) for days in (1, 2, 5)}
    assert {days: end.is_provisional for days, end in ends.items()} == {1: False, 2: True, 5: True}


def test_days_known_from_the_library_name_their_notice_and_its_edition() -> None:
    edition = version("chinesecalendar")
    assert published_days()[date(2024, 2, 18)].source_notice == (
        f"国务院办公厅2024年部分节假日安排（据 chinesecalendar {edition}）"
    )


def test_each_answer_is_one_query(calendar: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        add_working_days(date(2026, 1, 5), 60)


def test_missing_year_is_named(calendar: None) -> None:
    with pytest.raises(CalendarGapError, match="工作日历没有 2028 年的数据"):
        add_working_days(date(2028, 1, 3), 1)
    with pytest.raises(CalendarGapError, match="2028"):
        add_working_days(date(2027, 12, 30), 5)
    assert add_working_days(date(2027, 12, 30), 1).date == date(2027, 12, 31)


def test_no_period_of_less_than_a_day(calendar: None) -> None:
    with pytest.raises(ValueError, match=r"^The period must be one working day or longer\.$"):
        add_working_days(date(2026, 11, 20), 0)


def test_command_is_idempotent_and_names_provisional_years(db: None) -> None:
    out = StringIO()
    call_command("load_calendar", stdout=out)
    call_command("load_calendar", stdout=out)
    assert out.getvalue().splitlines() == [
        "工作日历：写入 8766，未变 0，暂定年份 2027",
        "工作日历：写入 0，未变 8766，暂定年份 2027",
    ]
    assert not CalendarDay.objects.filter(provisional=True).exclude(date__year=2027).exists()


def test_an_official_notice_replaces_the_provisional_year_for_good(calendar: None, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "calendar")
    text = (folder / "2027.yaml").read_text(encoding="utf-8")
    text = text.replace("provisional: true", "provisional: false").replace(
        "working_days: []", "working_days: [2027-02-20]"
    )
    (folder / "2027.yaml").write_text(text, encoding="utf-8")
    load_days(published_days(folder))
    assert is_workday(date(2027, 2, 20))
    assert not add_working_days(date(2026, 12, 31), 1).is_provisional
    load_days(published_days())  # an older release with the provisional file changes nothing
    assert is_workday(date(2027, 2, 20))


def test_corrected_notice_is_taken(calendar: None) -> None:
    day = date(2026, 11, 23)
    assert load_days({day: replace(published_days()[day], is_workday=False)}).written == 1
    assert not is_workday(day)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("2027-01-01", "2027-02-30", "2027.yaml:7:5: 没有“2027-02-30”这一天"),
        ("2027-01-01", "2026-01-01", "2027.yaml:7:5: “2026-01-01”不在 2027 年"),
        ("working_days: []", "working_days: [2027-01-01]", "2027.yaml:20:15: 2027-01-01 既是休息日又是工作日"),
    ],
)
def test_wrong_year_file_names_its_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "calendar")
    text = (folder / "2027.yaml").read_text(encoding="utf-8").replace(old, new, 1)
    (folder / "2027.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        published_days(folder)
    assert caught.value.problems == (problem,)
