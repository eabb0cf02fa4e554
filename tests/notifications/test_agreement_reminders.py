"""What the clock tells about agreements: who is told, on which days, and when it stops."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements import lifecycle, reminders
from agreements.models import Agreement
from notifications.models import Notice
from tests.agreements.making import agreed, sent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def told(kind: str, user: User) -> list[str]:
    """The rungs that a person was told, in the order of the days."""
    mine = Notice.objects.visible_to(user).filter(kind=kind)
    return [period.split()[1] for period in mine.order_by("pk").values_list("period", flat=True)]


def every_day(start: date, days: int) -> None:
    for number in range(days):
        reminders.sweep(on=start + timedelta(days=number))


def test_the_partner_is_reminded_to_answer(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    sent(draft, by=elder_care_clerk)
    every_day(in_days(0), 30)
    assert told("agreement_answer_waits", medical_clerk) == ["+3", "+7", "+14"]
    assert told("agreement_answer_waits", elder_care_clerk) == []
    notice = Notice.objects.get(kind="agreement_answer_waits", period__endswith="+7")
    assert "已等待 7 天" in notice.title


def test_an_answer_ends_the_reminders(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    every_day(in_days(0), 5)
    lifecycle.return_to_drafter(negotiating, by=medical_clerk, reason="请改")
    every_day(in_days(5), 20)
    assert told("agreement_answer_waits", medical_clerk) == ["+3"]


def test_both_sides_are_reminded_to_sign(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    every_day(in_days(0), 20)
    for clerk in (elder_care_clerk, medical_clerk):
        assert told("agreement_signing_waits", clerk) == ["+3", "+7", "+14"]


def test_nothing_to_remind_of_costs_one_query_a_kind(
    draft: Agreement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(len(reminders.ALL)):
        assert reminders.sweep() == 0
