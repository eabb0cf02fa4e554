"""By when a copy is submitted, reviewed and corrected: fixed days, working days, and what the day rests on."""

from datetime import date

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from agreements.models import Agreement
from filing import lifecycle
from filing.deadlines import correction_due, filing_due, review_due
from filing.models import Filing
from institutions.models import Authority
from regions.loading import load_days
from regions.workdays import published_days
from tests import factories
from tests.filing.fixtures import InState

HEALTH, CIVIL_AFFAIRS = Authority.Kind.HEALTH, Authority.Kind.CIVIL_AFFAIRS


@pytest.fixture
def calendar(db: None) -> None:
    load_days({day: workday for day, workday in published_days().items() if day.year >= 2022})


@pytest.fixture
def schemes(db: None) -> None:
    for code in ("430000", "640323", "330600", "360826", "410100"):
        factories.region(code)
    call_command("load_schemes", verbosity=0)


def effective(code: str, day: date) -> Agreement:
    """An agreement of a county as deadlines look at it; not saved."""
    return Agreement(number="YY-TEST", region=factories.region(code), effective_on=day)


@pytest.mark.usefixtures("calendar", "schemes")
@pytest.mark.parametrize(
    ("signed", "due"),
    [
        (date(2026, 11, 20), date(2026, 12, 4)),  # Friday: ten working days without a holiday
        (date(2026, 9, 24), date(2026, 10, 15)),  # over 国庆: rest 25–27 September and 1–7 October, 10 October worked
        (date(2026, 9, 30), date(2026, 10, 20)),  # 10 October is worked (调休)
        (date(2026, 2, 13), date(2026, 3, 5)),  # over 春节: 14 and 28 February are worked
        (date(2026, 11, 22), date(2026, 12, 4)),  # a Sunday: the day itself is never counted
        (date(2024, 2, 9), date(2024, 2, 29)),  # 18 February worked, leap day
    ],
)
def test_ten_working_days_by_default(signed: date, due: date) -> None:
    found = filing_due(effective("330602", signed), HEALTH)
    assert found.on == due
    assert found.is_platform_default
    assert "10 个工作日内，平台默认期限" in found.basis
    assert "暂定" not in found.basis


@pytest.mark.usefixtures("calendar", "schemes")
@pytest.mark.parametrize("kind", [HEALTH, CIVIL_AFFAIRS])
@pytest.mark.parametrize("signed", [date(2022, 10, 8), date(2022, 11, 30)])
def test_a_fixed_day_ahead_prevails(signed: date, kind: Authority.Kind) -> None:
    found = filing_due(effective("640323", signed), kind)
    assert (found.on, found.is_platform_default) == (date(2022, 11, 30), False)
    assert "分别报送卫生健康局和民政局" in found.basis


@pytest.mark.usefixtures("calendar", "schemes")
def test_a_fixed_day_that_has_passed_falls_to_the_default() -> None:
    found = filing_due(effective("640323", date(2022, 12, 1)), HEALTH)
    assert (found.on, found.is_platform_default) == (date(2022, 12, 15), True)


@pytest.mark.usefixtures("calendar", "schemes")
def test_a_fixed_day_for_signing_is_none_for_filing() -> None:
    assert filing_due(effective("330602", date(2024, 5, 20)), HEALTH).is_platform_default


@pytest.mark.usefixtures("calendar", "schemes")
def test_a_year_without_its_notice_is_provisional() -> None:
    found = filing_due(effective("330602", date(2026, 12, 28)), HEALTH)
    assert found.on == date(2027, 1, 12)
    assert "日期暂定" in found.basis


@pytest.mark.usefixtures("schemes")
def test_without_a_calendar_weekdays_count_and_the_basis_says_so() -> None:
    found = filing_due(effective("330602", date(2026, 11, 20)), HEALTH)
    assert found.on == date(2026, 12, 4)
    assert "没有 2026 年的数据，按周一至周五推算" in found.basis


@pytest.mark.django_db
def test_without_any_scheme_the_platform_has_its_own_numbers() -> None:
    assert filing_due(effective("330602", date(2026, 11, 20)), CIVIL_AFFAIRS).is_platform_default


@pytest.mark.django_db
def test_what_is_not_in_force_has_no_deadline() -> None:
    agreement = Agreement(number="YY-TEST", region=factories.region("330602"))
    with pytest.raises(ValueError, match=r"^YY-TEST is not in force$"):
        filing_due(agreement, HEALTH)


@pytest.mark.usefixtures("schemes")
@pytest.mark.parametrize("code", ["330602", "430103", "640323", "360826", "410102"])
def test_the_basis_always_fits_its_column(code: str) -> None:
    assert len(filing_due(effective(code, date(2022, 11, 1)), HEALTH).basis) <= 300


@pytest.mark.usefixtures("calendar", "schemes")
def test_review_and_correction_have_their_own_numbers(filing: Filing) -> None:
    day = date(2026, 9, 30)
    assert review_due(filing, day).on == date(2026, 10, 13)
    assert correction_due(filing, day).on == date(2026, 10, 20)


@pytest.mark.usefixtures("calendar", "schemes")
def test_the_correction_clock_runs_from_the_return_not_from_today(in_state: InState, elder_care_clerk: User) -> None:
    with time_machine.travel("2026-12-01T10:00:00+08:00", tick=False):
        returned = in_state(Filing.State.RETURNED)
    assert returned.correction_due_on == date(2026, 12, 15)
    with time_machine.travel("2026-12-20T10:00:00+08:00", tick=False):
        again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已补正。")
    assert again.due_on == date(2026, 12, 15)
