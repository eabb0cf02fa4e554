"""By when a copy is submitted, reviewed and corrected: fixed days, working days, and what the day rests on."""

from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from agreements.models import Agreement
from filing import lifecycle
from filing.deadlines import correction_due, filing_due, review_due
from filing.models import Filing
from institutions.models import Authority
from regions.loading import load_days, load_scheme_files
from regions.scheme_files import read_schemes
from regions.workdays import published_days
from tests import factories
from tests.filing.fixtures import InState
from tests.made_up_schemes import write_scheme

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


SCHEME = """\
slug: made-up
region: "330602"
title: 演示方案
title_in_source: false
issuers: [演示局]
document_number: 演示〔2026〕1号
issued_on: 2026-01-01
in_force_on: 2026-01-01
source: {file: made-up.txt, digest: "0000000000000000000000000000000000000000000000000000000000000000"}
deadlines:
  - {id: late, label: 报送, act: hand_in, due: 2026-06-30, authorities: [health], quote: 六月底前报送}
  - {id: early, label: 报送, act: hand_in, due: 2026-03-31, authorities: [health], quote: 三月底前报送}
  - {id: signing, label: 签约, act: sign, due: 2026-02-28, quote: 二月底前签约}
  - {id: both, label: 报送, act: hand_in, due: 2026-01-31, quote: 一月底前报送}
rules:
  - {rule: filing_due, with: {working_days: 3}, quote: 三日内报送, lower_may_change: true}
  - {rule: review_due, with: {working_days: 4}, quote: 四日内受理, lower_may_change: true}
  - {rule: correction_due, with: {working_days: 6}, quote: 六日内补正, lower_may_change: true}
"""


@pytest.fixture
def made_up(tmp_path: Path, calendar: None) -> None:
    """A county whose own scheme has days of its own for everything."""
    factories.region("330602")
    write_scheme(tmp_path, SCHEME)
    load_scheme_files(read_schemes(tmp_path))


@pytest.mark.usefixtures("made_up")
def test_each_clock_has_its_own_number_of_days_and_names_its_basis() -> None:
    agreement, day = effective("330602", date(2026, 11, 20)), date(2026, 11, 20)  # a Friday
    filing = Filing(agreement=agreement)
    found = (filing_due(agreement, HEALTH), review_due(filing, day), correction_due(filing, day))
    assert [(due.on, due.basis, due.is_platform_default) for due in found] == [
        (date(2026, 11, 25), basis("协议生效", 3, "三日内报送"), False),
        (date(2026, 11, 26), basis("报送", 4, "四日内受理"), False),
        (date(2026, 11, 30), basis("退回", 6, "六日内补正"), False),
    ]


def basis(event: str, days: int, quote: str) -> str:
    return f"{event}（2026年11月20日）后 {days} 个工作日内，依据：演示方案（演示〔2026〕1号）：“{quote}”"


@pytest.mark.usefixtures("made_up")
def test_before_a_scheme_is_in_force_the_platform_has_its_own_numbers() -> None:
    day = date(2025, 12, 26)  # a Friday
    agreement = effective("330602", day)
    filing = Filing(agreement=agreement)
    found = (filing_due(agreement, HEALTH), review_due(filing, day), correction_due(filing, day))
    assert [(due.on, due.is_platform_default) for due in found] == [
        (date(2026, 1, 12), True),
        (date(2026, 1, 5), True),
        (date(2026, 1, 12), True),
    ]
    assert found[1].basis == "报送（2025年12月26日）后 5 个工作日内，平台默认期限"


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    ("signed", "kind", "due", "quote"),
    [
        (date(2026, 1, 1), HEALTH, date(2026, 1, 31), "一月底前报送"),
        (date(2026, 1, 31), CIVIL_AFFAIRS, date(2026, 1, 31), "一月底前报送"),
        (date(2026, 2, 1), HEALTH, date(2026, 3, 31), "三月底前报送"),
        (date(2026, 4, 1), HEALTH, date(2026, 6, 30), "六月底前报送"),
    ],
)
def test_the_next_fixed_day_for_that_authority_prevails(
    signed: date, kind: Authority.Kind, due: date, quote: str
) -> None:
    found = filing_due(effective("330602", signed), kind)
    words = f"截止{due.year}年{due.month}月{due.day}日，依据：“{quote}”"
    assert (found.on, found.basis, found.is_platform_default) == (due, words, False)


@pytest.mark.usefixtures("made_up")
def test_a_day_fixed_for_the_other_authority_is_none() -> None:
    assert "三日内报送" in filing_due(effective("330602", date(2026, 2, 1)), CIVIL_AFFAIRS).basis


@pytest.mark.django_db
def test_without_a_calendar_it_is_said_which_year_is_missing() -> None:
    found = filing_due(effective("330602", date(2026, 11, 20)), HEALTH)
    assert (found.on, found.is_platform_default) == (date(2026, 12, 4), True)
    doubt = "工作日历没有 2026 年的数据，按周一至周五推算"
    assert found.basis == f"协议生效（2026年11月20日）后 10 个工作日内，平台默认期限；{doubt}"


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(("letters", "is_cut"), [(282, False), (283, True)])
def test_a_long_basis_is_cut_where_its_column_ends(letters: int, tmp_path: Path, *, is_cut: bool) -> None:
    factories.region("330602")
    text = SCHEME.replace("一月底前报送", "报" * letters)
    write_scheme(tmp_path, text)
    load_scheme_files(read_schemes(tmp_path))
    whole = f"截止2026年1月31日，依据：“{'报' * letters}”"
    found = filing_due(effective("330602", date(2026, 1, 1)), HEALTH).basis
    assert found == (whole[:299] + "…" if is_cut else whole)
    assert len(found) == 300
