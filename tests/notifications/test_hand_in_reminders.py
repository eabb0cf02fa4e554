"""What the clock tells about corrected scans: one that is to be handed in, one that waits, a call nobody answered."""

from datetime import date, timedelta

import pytest
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from filing import handing_in, lifecycle, reminders, rescans
from filing.deadlines import review_due
from filing.models import Filing, HandIn
from institutions.models import Authority, Duty
from notifications.models import Notice
from tests import factories
from tests.agreements.making import scan_pdf
from tests.filing.fixtures import scanned_again
from tests.uploading import attach_scan

pytestmark = pytest.mark.django_db
AFTERWARDS = ["+3", "+7", "+14"]
DAYS = (0, 2, 3, 5, 7, 14, 30)


def told(kind: str, user: User, subject: Model) -> list[str]:
    mine = Notice.objects.visible_to(user).filter(kind=kind, subject_id=subject.pk)
    return [period.split()[1] for period in mine.order_by("pk").values_list("period", flat=True)]


def sweep(day: date | None, *distances: int) -> None:
    """Sweep on each of the days at these distances from a day, each time twice."""
    assert day is not None
    for days in distances:
        for _ in range(2):
            reminders.sweep(on=day + timedelta(days=days))


@pytest.fixture
def health_administrator(health_authority: Authority) -> User:
    user = factories.UserFactory.create(username="health-administrator", full_name="施敏")
    factories.MembershipFactory.create(user=user, authority=health_authority, duty=Duty.ADMINISTRATOR)
    return user


def test_both_sides_are_reminded_of_what_is_to_be_handed_in(
    due: HandIn, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    sweep(timezone.localdate(), *DAYS)
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("filing_hand_in_waits", clerk, due) == AFTERWARDS
    assert told("filing_hand_in_waits", health_reviewer, due) == []
    notice = Notice.objects.filter(kind="filing_hand_in_waits", recipient=medical_clerk).earliest("pk")
    assert notice.title.startswith("新的扫描件已核验 3 天，等待补报：")
    assert notice.url == f"/filing/{due.filing_id}/"


def test_what_waits_at_the_authority_has_the_clock_of_a_review(
    handed_in: HandIn,
    elder_care_clerk: User,
    health_reviewer: User,
    health_administrator: User,
    civil_affairs_officer: User,
) -> None:
    today = timezone.localdate()
    assert handed_in.review_due_on == review_due(handed_in.filing, today).on
    sweep(handed_in.review_due_on, -4, -3, -1, 0, 1, 7, 14, 30, 60)
    assert told("filing_note_due", health_reviewer, handed_in) == ["-3", "-1", "+1", "+7", "+14", "+30"]
    assert told("filing_note_late", health_administrator, handed_in) == ["+1", "+7", "+14", "+30"]
    for other in (elder_care_clerk, civil_affairs_officer):
        assert told("filing_note_due", other, handed_in) == []
    ahead = Notice.objects.filter(kind="filing_note_due", recipient=health_reviewer).order_by("pk")[0]
    assert ahead.title.startswith("补报等待查收，还有 3 天：")
    assert f"查收期限：{cn_day(handed_in.review_due_on)}" in ahead.body
    assert f"备案号：{handed_in.filing.number}" in ahead.body


def test_the_level_above_hears_of_what_waits_long(handed_in: HandIn, supervisor: User) -> None:
    sweep(handed_in.review_due_on, 7)
    assert told("filing_note_late_below", supervisor, handed_in) == ["+7"]


def test_taking_note_ends_the_reminders(handed_in: HandIn, health_reviewer: User) -> None:
    handing_in.note(handed_in, by=health_reviewer)
    sweep(handed_in.review_due_on, -1, 1, 7)
    assert told("filing_note_due", health_reviewer, handed_in) == []


def test_what_was_sent_back_is_remembered_with_its_reasons(
    handed_in: HandIn, health_reviewer: User, elder_care_clerk: User
) -> None:
    handing_in.send_back(handed_in, by=health_reviewer, reasons="还是缺角")
    again = handed_in.filing.hand_ins.get(state=HandIn.State.DUE)
    sweep(timezone.localdate(), 3)
    notice = Notice.objects.get(kind="filing_hand_in_waits", recipient=elder_care_clerk, subject_id=again.pk)
    assert notice.title.startswith("补报退回已 3 天，等待重新补报：")
    assert "还是缺角" in notice.body


def test_what_comes_in_during_a_review_has_no_clock_of_its_own(
    filing: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    """The filing's own clock runs, and deciding on it settles both."""
    row = rescans.ask(lifecycle.submit(filing, by=elder_care_clerk), by=elder_care_clerk, reason="第二页缺角").filing
    assert row is not None
    scanned_again(row.agreement, elder_care_clerk, medical_clerk)
    hand_in = handing_in.hand_in(row.hand_ins.get(), by=medical_clerk, remark="已换第二页")
    sweep(row.review_due_on, -1, 1)
    assert told("filing_note_due", health_reviewer, hand_in) == []
    assert told("filing_review_due", health_reviewer, row) != []


@pytest.mark.parametrize("asker", ["elder_care_clerk", "health_reviewer"])
def test_a_call_that_nobody_answered_reminds_the_clerks(
    request: pytest.FixtureRequest, accepted: Filing, elder_care_clerk: User, medical_clerk: User, asker: str
) -> None:
    call = rescans.ask(accepted, by=request.getfixturevalue(asker), reason="印章看不清")
    sweep(timezone.localdate(), *DAYS)
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("filing_rescan_waits", clerk, call) == AFTERWARDS
    first = Notice.objects.filter(kind="filing_rescan_waits", period__contains="+3").first()
    assert first is not None
    assert first.title.startswith("要求重新扫描已 3 天，还没有人上传新的扫描件：")
    assert "原因：印章看不清" in first.body
    assert "上传新的扫描件" in first.body
    who = f"{accepted.authority.name}的审核员" if asker == "health_reviewer" else "任何一方的经办人"
    assert f"不用重新扫描的，由{who}在备案页面撤销这个要求。" in first.body


def test_once_the_new_scan_is_there_the_second_person_is_asked(
    accepted: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    rescans.ask(accepted, by=elder_care_clerk, reason="印章看不清")
    attach_scan(accepted.agreement, by=elder_care_clerk, content=scan_pdf(1), name="第二页.pdf")
    sweep(timezone.localdate(), 3)
    notice = Notice.objects.get(kind="filing_rescan_waits", recipient=medical_clerk)
    assert notice.title.startswith("要求重新扫描已 3 天，新的扫描件已经上传，等待核验：")
    assert "请没有上传的另一位经办人" in notice.body
    assert "撤销" not in notice.body, "what was uploaded because of it comes first"


def test_certifying_the_new_scan_ends_the_reminders_of_the_call(
    accepted: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    call = rescans.ask(accepted, by=elder_care_clerk, reason="印章看不清")
    scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)
    sweep(timezone.localdate(), *DAYS)
    assert told("filing_rescan_waits", medical_clerk, call) == []
