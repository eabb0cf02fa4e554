"""What the clock tells about agreements: who is told, on which days, and when it stops."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements import lifecycle, reminders
from agreements.models import Agreement, AgreementKind, Scan
from chinese.dates import cn_day
from institutions.models import Role
from notifications.models import Notice
from tests.agreements.making import CONTACT, agreed, in_force, printed, ready, rejected, scan_pdf, sent, signed
from tests.agreements.rows import write_agreements
from tests.proving import days_of_sweeps
from tests.uploading import attach_scan

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def told(kind: str, user: User) -> list[str]:
    """The rungs that a person was told, in the order of the days."""
    mine = Notice.objects.visible_to(user).filter(kind=kind)
    return [period.split()[1] for period in mine.order_by("pk").values_list("period", flat=True)]


def every_day(first: int, last: int, *, of: date) -> None:
    """Sweep on each day between these distances from a day (in the suite: see tests/proving.py)."""
    for days in days_of_sweeps(first, last):
        reminders.sweep(on=of + timedelta(days=days))


def test_the_partner_is_reminded_to_answer(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    sent(draft, by=elder_care_clerk)
    every_day(0, 29, of=in_days(0))
    assert told("agreement_answer_waits", medical_clerk) == ["+3", "+7", "+14"]
    assert told("agreement_answer_waits", elder_care_clerk) == []
    notice = Notice.objects.get(kind="agreement_answer_waits", period__endswith="+7")
    assert "已等待 7 天" in notice.title


def test_an_answer_ends_the_reminders(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    every_day(0, 4, of=in_days(0))
    lifecycle.return_to_drafter(negotiating, by=medical_clerk, reason="请改")
    every_day(5, 24, of=in_days(0))
    assert told("agreement_answer_waits", medical_clerk) == ["+3"]


def test_both_sides_are_reminded_to_sign(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    every_day(0, 19, of=in_days(0))
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("agreement_signing_waits", clerk) == ["+3", "+7", "+14"]


def test_who_has_signed_is_left_alone(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    lifecycle.record_signing(row, by=elder_care_clerk, role=row.drafting_role, on=in_days(0))
    every_day(0, 19, of=in_days(0))
    assert told("agreement_signing_waits", elder_care_clerk) == []
    assert told("agreement_signing_waits", medical_clerk) == ["+3", "+7", "+14"]


def test_a_scan_waits_for_the_second_person(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    every_day(0, 19, of=in_days(0))
    for clerk in (colleague, medical_clerk):
        assert told("agreement_certifying_waits", clerk) == ["+3", "+7", "+14"]
    assert told("agreement_certifying_waits", elder_care_clerk) == []  # uploaded it
    assert "扫描件已等待核验 3 天" in Notice.objects.filter(period__endswith="+3")[0].title


def test_signed_paper_without_a_scan_waits_for_both(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    rejected(row, by=medical_clerk, reason="看不清")
    reminders.sweep(on=in_days(3))
    assert told("agreement_certifying_waits", elder_care_clerk) == ["+3"]
    attach_scan(row, by=medical_clerk, content=scan_pdf(4), name="重扫.pdf")
    reminders.sweep(on=in_days(7))
    assert told("agreement_certifying_waits", medical_clerk) == ["+3"]


END = date(2099, 12, 31)  # of the sample agreement


@pytest.fixture
def running(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def test_both_sides_are_told_of_the_end(
    running: Agreement, elder_care_clerk: User, medical_clerk: User, stranger: User
) -> None:
    every_day(-100, 39, of=END)
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("agreement_ends", clerk) == ["-90", "-60", "-30", "-7", "+1"]
    assert not Notice.objects.filter(recipient=stranger).exists()
    titles = list(
        Notice.objects.filter(kind="agreement_ends", recipient=medical_clerk)
        .order_by("pk")
        .values_list("title", flat=True)
    )
    assert [title.split("：")[0] for title in titles] == [
        "协议还有 90 天到期",
        "协议还有 60 天到期",
        "协议还有 30 天到期",
        "协议还有 7 天到期",
        "协议已到期",
    ]


def test_the_end_is_told_after_the_mark_as_well(running: Agreement, medical_clerk: User) -> None:
    lifecycle.expire_due(on=END + timedelta(days=1))
    reminders.sweep(on=END + timedelta(days=2))
    assert told("agreement_ends", medical_clerk) == ["+1"]


def test_the_civil_affairs_officer_is_told_a_month_before_and_at_the_end(
    running: Agreement, civil_affairs_officer: User, health_reviewer: User
) -> None:
    every_day(-100, 39, of=END)
    assert told("agreement_ends_in_remit", civil_affairs_officer) == ["-30", "+1"]
    assert told("agreement_ends_in_remit", health_reviewer) == []


def test_an_old_end_is_no_news(running: Agreement, medical_clerk: User) -> None:
    reminders.sweep(on=END + timedelta(days=reminders.STALE + 2))
    assert told("agreement_ends", medical_clerk) == []


def test_ending_early_ends_the_reminders(running: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    assert running.starts_on
    lifecycle.terminate(running, by=elder_care_clerk, on=running.starts_on, reason="机构搬迁")
    every_day(-100, 19, of=END)
    assert told("agreement_ends", medical_clerk) == []


def test_a_renewal_in_force_ends_the_reminders(running: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    """Whatever state the old one is left in: here its own term ran out before the renewal was certified."""
    renewal = Agreement.objects.get(pk=running.pk)
    renewal.pk, renewal.number, renewal.state = None, "YY-RENEWAL", Agreement.State.EXPIRED
    renewal.kind, renewal.predecessor = AgreementKind.RENEWAL, running
    write_agreements([renewal], by=elder_care_clerk)
    reminders.ENDS.sweep(on=END - timedelta(days=90))
    assert not Notice.objects.filter(kind="agreement_ends", subject_id=running.pk).exists()
    assert told("agreement_ends", medical_clerk) == ["-90"]  # the renewal's own end


@pytest.mark.parametrize("jump_to", [-89, -60, -31])
def test_a_jump_tells_the_nearest_rung_alone(running: Agreement, medical_clerk: User, jump_to: int) -> None:
    reminders.sweep(on=END + timedelta(days=jump_to))
    assert len(told("agreement_ends", medical_clerk)) == 1


def test_nothing_to_remind_of_costs_one_query_a_kind(
    draft: Agreement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reminders.sweep()
    with django_assert_num_queries(len(reminders.ALL) + 2):  # where the round is, and that it ended
        assert reminders.sweep() == 0


def first_told(kind: str, period: str, user: User) -> tuple[str, list[str], str]:
    """Return title, lines and address of what a person was told at a rung."""
    notice = Notice.objects.get(kind=kind, recipient=user, period__endswith=period)
    return notice.title, notice.body.split("\n"), notice.url


PAIR = "越城区福星养老院 与 越城区塔山街道社区卫生服务中心"


def lines_of(agreement: Agreement, *more: str) -> list[str]:
    parties = ["养老服务机构：越城区福星养老院", "医疗卫生机构：越城区塔山街道社区卫生服务中心"]
    return [f"协议编号：{agreement.number}", *parties, *more]


def test_the_words_of_an_end(running: Agreement, medical_clerk: User, civil_affairs_officer: User) -> None:
    for days in (-30, 1):
        reminders.sweep(on=END + timedelta(days=days))
    page, last_day = f"/agreements/{running.number}/", "合作期限的最后一天：2099年12月31日"
    ahead, over = f"协议还有 30 天到期：{PAIR}", f"协议已到期：{PAIR}"
    renew = lines_of(running, last_day, "需要继续合作的，请在到期前办理续签。")
    assert first_told("agreement_ends", " -30", medical_clerk) == (ahead, renew, page)
    again = lines_of(running, last_day, "需要继续合作的，请尽快续签。")
    assert first_told("agreement_ends", " +1", medical_clerk) == (over, again, page)
    watch = lines_of(running, last_day, "到期后该养老服务机构可能没有生效中的协议，请关注续签情况。")
    assert first_told("agreement_ends_in_remit", " -30", civil_affairs_officer) == (ahead, watch, page)
    assert first_told("agreement_ends_in_remit", " +1", civil_affairs_officer) == (over, watch, page)


def test_the_words_to_whoever_has_to_act(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    page, today = f"/agreements/{draft.number}/", cn_day(in_days(0))
    row = sent(draft, by=elder_care_clerk)
    reminders.sweep(on=in_days(3))
    came = lines_of(row, f"越城区福星养老院于{today}送出", "请核对文本，确认或者退回修改。")
    expected = (f"对方送来的协议已等待 3 天：{PAIR}", came, page)
    assert first_told("agreement_answer_waits", " +3", medical_clerk) == expected
    row = printed(lifecycle.agree(row, by=medical_clerk, contact=CONTACT))
    reminders.sweep(on=in_days(3))
    both = "尚未登记签章日期：越城区塔山街道社区卫生服务中心、越城区福星养老院"
    sign = lines_of(row, both, "请打印、签章，再登记签章日期。")
    expected = (f"文本定稿已 3 天，等待签章：{PAIR}", sign, page)
    assert first_told("agreement_signing_waits", " +3", medical_clerk) == expected
    lifecycle.record_signing(row, by=medical_clerk, role=Role.MEDICAL, on=in_days(0))
    reminders.sweep(on=in_days(7))
    one = lines_of(row, "尚未登记签章日期：越城区福星养老院", "请打印、签章，再登记签章日期。")
    expected = (f"文本定稿已 7 天，等待签章：{PAIR}", one, page)
    assert first_told("agreement_signing_waits", " +7", elder_care_clerk) == expected
    lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=in_days(0))
    reminders.sweep(on=in_days(3))
    upload = lines_of(row, "请上传签章后的扫描件，再由另一名经办人核验。")
    expected = (f"双方签章已 3 天，等待上传扫描件：{PAIR}", upload, page)
    assert first_told("agreement_certifying_waits", " +3", medical_clerk) == expected


def test_two_scans_wait_from_the_later_one(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    second = attach_scan(row, by=colleague, content=scan_pdf(4), name="第二份.pdf")
    Scan.objects.filter(pk=second.pk).update(uploaded_at=timezone.now() + timedelta(days=2))
    for days in (3, 4, 5):
        reminders.sweep(on=in_days(days))
    assert told("agreement_certifying_waits", medical_clerk) == ["+3"]
    assert told("agreement_certifying_waits", elder_care_clerk) == []
    assert told("agreement_certifying_waits", colleague) == []
    title, lines, page = first_told("agreement_certifying_waits", f"{in_days(2)} +3", medical_clerk)
    assert (title, page) == (f"扫描件已等待核验 3 天：{PAIR}", f"/agreements/{row.number}/")
    need = "请核对扫描件与定稿文本，核验通过后协议登记生效。上传的人不能自己核验。"
    assert lines == lines_of(row, need)
