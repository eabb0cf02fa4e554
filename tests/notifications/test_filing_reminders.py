"""What the clock tells about filings: the deadline, the days after it, and what was returned."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chinese.dates import cn_day
from filing import lifecycle, reminders
from filing.models import Filing
from institutions.models import Authority, Duty
from notifications.models import Notice
from tests import factories
from tests.proving import days_of_sweeps

pytestmark = pytest.mark.django_db
BEFORE = ["-30", "-14", "-7", "-3", "-1"]
AFTER = ["+1", "+7", "+14", "+30"]


def told(kind: str, user: User, filing: Filing) -> list[str]:
    mine = Notice.objects.visible_to(user).filter(kind=kind, subject_id=filing.pk)
    return [period.split()[1] for period in mine.order_by("pk").values_list("period", flat=True)]


def every_day(filing: Filing, first: int, last: int) -> None:
    """Sweep on each day between these distances from the deadline (in the suite: see tests/proving.py)."""
    for days in days_of_sweeps(first, last):
        reminders.sweep(on=filing.due_on + timedelta(days=days))


def test_both_parties_are_reminded_before_and_after_the_deadline(
    filing: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    every_day(filing, -40, 60)
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("filing_deadline", clerk, filing) == BEFORE + AFTER


def test_the_words_say_how_long(filing: Filing, elder_care_clerk: User) -> None:
    for days in (-3, 7):
        reminders.sweep(on=filing.due_on + timedelta(days=days))
    mine = Notice.objects.filter(kind="filing_deadline", recipient=elder_care_clerk, subject_id=filing.pk)
    ahead, late = mine.exclude(state=Notice.State.PASSED_OVER).order_by("pk")
    assert ahead.title.endswith("还有 3 天")
    assert late.title.startswith("备案已逾期 7 天")
    assert filing.due_basis in ahead.body
    assert ahead.url == f"/filing/{filing.pk}/"


def test_reviewers_hear_of_late_ones_alone(filing: Filing, health_reviewer: User, civil_affairs_officer: User) -> None:
    every_day(filing, -40, 60)
    assert told("filing_late_with_us", health_reviewer, filing) == AFTER
    assert told("filing_late_with_us", civil_affairs_officer, filing) == []
    assert told("filing_deadline", health_reviewer, filing) == []


def test_handing_in_ends_the_reminders(filing: Filing, elder_care_clerk: User, medical_clerk: User) -> None:
    every_day(filing, -30, -10)
    lifecycle.submit(filing, by=elder_care_clerk)
    every_day(filing, -9, 40)
    assert told("filing_deadline", medical_clerk, filing) == ["-30", "-14"]


@pytest.fixture
def returned(filing: Filing, elder_care_clerk: User, health_reviewer: User) -> Filing:
    row = lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    return lifecycle.return_(row, by=health_reviewer, reasons="扫描件第3页不清。")


def test_what_was_returned_is_remembered(returned: Filing, elder_care_clerk: User, medical_clerk: User) -> None:
    for days in range(30):
        reminders.sweep(on=timezone.localdate() + timedelta(days=days))
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("filing_correction_waits", clerk, returned) == ["+3", "+7", "+14"]
    assert "扫描件第3页不清。" in Notice.objects.filter(kind="filing_correction_waits")[0].body


def test_a_correction_ends_the_reminders(returned: Filing, elder_care_clerk: User, medical_clerk: User) -> None:
    reminders.sweep(on=timezone.localdate() + timedelta(days=3))
    lifecycle.resubmit(returned, by=medical_clerk, remark="已重新扫描")
    for days in range(4, 30):
        reminders.sweep(on=timezone.localdate() + timedelta(days=days))
    assert told("filing_correction_waits", elder_care_clerk, returned) == ["+3"]


def test_a_sweep_that_finds_nothing_asks_once_a_kind(
    returned: Filing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reminders.sweep()
    with django_assert_num_queries(len(reminders.ALL) + 2):  # where the round is, and that it ended
        assert reminders.sweep() == 0


PAIR = "越城区福星养老院 与 越城区塔山街道社区卫生服务中心"


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (-14, "向越城区卫生健康局（{pair}）报送备案，还有 14 天"),
        (-1, "向越城区卫生健康局（{pair}）报送备案，还有 1 天"),
        (1, "备案已逾期 1 天：越城区卫生健康局（{pair}）"),
        (30, "备案已逾期 30 天：越城区卫生健康局（{pair}）"),
    ],
)
def test_the_words_of_the_deadline(days: int, title: str, filing: Filing, elder_care_clerk: User) -> None:
    reminders.sweep(on=filing.due_on + timedelta(days=days))
    mine = Notice.objects.visible_to(elder_care_clerk).filter(kind="filing_deadline", subject_id=filing.pk)
    notice = mine.latest("pk")
    assert (notice.title, notice.url) == (title.format(pair=PAIR), f"/filing/{filing.pk}/")
    assert notice.body.split("\n")[-3:] == [
        f"报送期限：{cn_day(filing.due_on)}",
        f"期限依据：{filing.due_basis}",
        "请打开备案页面报送协议正本。",
    ]


def test_the_words_to_the_reviewers(filing: Filing, health_reviewer: User) -> None:
    reminders.sweep(on=filing.due_on + timedelta(days=7))
    notice = Notice.objects.visible_to(health_reviewer).get(kind="filing_late_with_us")
    assert (notice.title, notice.url) == (f"逾期 7 天未报送备案：{PAIR}", f"/filing/{filing.pk}/")
    assert notice.body.split("\n")[-2:] == [
        f"报送期限：{cn_day(filing.due_on)}",
        "协议双方尚未报送，请督促。备案不影响协议生效。",
    ]


def test_the_words_to_whoever_has_to_correct(returned: Filing, medical_clerk: User) -> None:
    reminders.sweep(on=timezone.localdate() + timedelta(days=3))
    notice = Notice.objects.visible_to(medical_clerk).get(kind="filing_correction_waits")
    assert (notice.title, notice.url) == (f"备案退回已 3 天，等待补正：{PAIR}", f"/filing/{returned.pk}/")
    assert notice.body.split("\n")[-3:] == [
        "退回原因：扫描件第3页不清。",
        f"补正期限：{cn_day(returned.correction_due_on)}",
        "请补正后重新报送。",
    ]


@pytest.fixture
def with_us(filing: Filing, elder_care_clerk: User) -> Filing:
    return lifecycle.submit(filing, by=elder_care_clerk)


def from_review_day(filing: Filing, first: int, last: int) -> None:
    assert filing.review_due_on is not None
    for days in days_of_sweeps(first, last):
        reminders.sweep(on=filing.review_due_on + timedelta(days=days))


def test_every_reviewer_hears_of_a_review_that_nobody_began(
    with_us: Filing, health_reviewer: User, second_reviewer: User, civil_affairs_officer: User
) -> None:
    from_review_day(with_us, -5, 40)
    for reviewer in (health_reviewer, second_reviewer):
        assert told("filing_review_due", reviewer, with_us) == ["-3", "-1", *AFTER]
    assert told("filing_review_due", civil_affairs_officer, with_us) == []


def test_once_somebody_has_begun_they_alone_hear_and_the_decision_ends_it(
    with_us: Filing, health_reviewer: User, second_reviewer: User
) -> None:
    row = lifecycle.take_up(with_us, by=second_reviewer)
    from_review_day(row, -5, 0)
    assert told("filing_review_due", second_reviewer, row) == ["-3", "-1"]
    assert told("filing_review_due", health_reviewer, row) == []
    lifecycle.accept(row, by=second_reviewer)
    from_review_day(row, 1, 40)
    assert told("filing_review_due", second_reviewer, row) == ["-3", "-1"]


def test_of_a_late_review_the_bureaus_administrator_hears_and_every_week_the_level_above(
    with_us: Filing, health_reviewer: User
) -> None:
    def official(code: str, duty: Duty) -> User:
        region = factories.region(code)
        found = Authority.objects.filter(region=region, kind=Authority.Kind.HEALTH).first()
        authority = found or factories.AuthorityFactory.create(region=region, kind=Authority.Kind.HEALTH)
        return factories.MembershipFactory.create(authority=authority, duty=duty).user

    administrator, above = official("330602", Duty.ADMINISTRATOR), official("330600", Duty.SUPERVISOR)
    higher, beside = official("330000", Duty.SUPERVISOR), official("410100", Duty.SUPERVISOR)
    from_review_day(with_us, -5, 40)
    assert told("filing_review_late", administrator, with_us) == AFTER
    weekly = told("filing_review_late_below", above, with_us)
    assert set(weekly) >= {"+7", "+14"}
    assert all(int(rung) % 7 == 0 for rung in weekly)
    for person in (higher, beside, health_reviewer):
        assert told("filing_review_late_below", person, with_us) == []


def test_the_words_say_who_has_it_and_since_when_it_is_late(with_us: Filing, health_reviewer: User) -> None:
    assert with_us.review_due_on is not None
    reminders.sweep(on=with_us.review_due_on + timedelta(days=7))
    notice = Notice.objects.visible_to(health_reviewer).get(kind="filing_review_due")
    assert notice.title.startswith("备案受理已超期 7 天")
    assert "还没有人接收" in notice.body
    assert cn_day(with_us.review_due_on) in notice.body
