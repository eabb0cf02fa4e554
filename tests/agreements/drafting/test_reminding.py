"""催办: the side that waits reminds the other, at most once a working day."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.models import Agreement
from audit.log import history
from institutions.models import Role
from notifications.models import Notice
from regions.loading import load_days
from regions.workdays import published_days
from tests.agreements.making import ready, sent, signed
from tests.factories import MembershipFactory
from verbs.errors import NotAllowed, Unacceptable, WrongState

FRIDAY = datetime(2026, 3, 6, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def waits(clock: time_machine.Traveller, draft: Agreement, elder_care_clerk: User) -> Agreement:
    return sent(draft, by=elder_care_clerk)


def told(user: User) -> int:
    return Notice.objects.filter(recipient=user, kind="agreement_reminded").count()


def times(row: Agreement) -> int:
    return history(row).filter(event=events.Reminded.code).count()


def test_once_a_working_day_and_no_more(
    waits: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    load_days({day: workday for day, workday in published_days().items() if day.year == 2026})
    lifecycle.remind(waits, by=elder_care_clerk)
    assert (told(medical_clerk), told(elder_care_clerk), times(waits)) == (1, 0, 1)
    for day in (6, 7, 8):  # a Friday and the two days after it
        clock.move_to(datetime(2026, 3, day, 8, tzinfo=UTC), tick=False)
        with pytest.raises(Unacceptable, match="2026年3月9日"):
            lifecycle.remind(waits, by=elder_care_clerk)
    clock.move_to(datetime(2026, 3, 9, 1, tzinfo=UTC), tick=False)
    lifecycle.remind(waits, by=elder_care_clerk)
    assert (told(medical_clerk), times(waits)) == (2, 2)


def test_who_is_waited_for_does_not_remind_nor_does_anybody_else(
    waits: Agreement, medical_clerk: User, stranger: User, signatory: User, health_reviewer: User
) -> None:
    for person in (medical_clerk, stranger, signatory, health_reviewer):
        with pytest.raises(NotAllowed):
            lifecycle.remind(waits, by=person)
    assert times(waits) == 0


def test_where_nobody_would_get_the_message_paper_is_offered_alone(
    client: Client, waits: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    page, there = (reverse(name, args=[waits.number]) for name in ("agreement-detail", "agreement-remind"))
    shown = client.get(page).content.decode()
    assert "打印给对方的函" in shown
    assert there not in shown
    assert "收不到催办" in client.post(there, follow=True).content.decode()
    assert times(waits) == 0
    MembershipFactory.create(institution=waits.partner)
    assert there in client.get(page).content.decode()


def test_who_acts_for_both_sides_reminds_nobody(waits: Agreement, elder_care_clerk: User) -> None:
    MembershipFactory.create(user=elder_care_clerk, institution=waits.partner)
    with pytest.raises(NotAllowed):
        lifecycle.remind(waits, by=elder_care_clerk)


def test_who_returned_a_text_reminds_who_mends_it(
    client: Client, waits: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.return_to_drafter(waits, by=medical_clerk, reason="费用偏高")
    client.force_login(medical_clerk)
    page, there = (reverse(name, args=[waits.number]) for name in ("agreement-detail", "agreement-remind"))
    assert there in client.get(page).content.decode()
    assert "已提醒对方" in client.post(there, follow=True).content.decode()
    assert "每个工作日至多提醒一次" in client.post(there, follow=True).content.decode()
    assert told(elder_care_clerk) == 1
    client.force_login(elder_care_clerk)
    assert there not in client.get(page).content.decode()


def test_who_has_signed_reminds_who_has_not(
    clock: time_machine.Traveller, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(WrongState, match="没有在等对方"):
        lifecycle.remind(row, by=elder_care_clerk)
    row = lifecycle.record_signing(row, by=medical_clerk, role=Role.MEDICAL, on=timezone.localdate())
    lifecycle.remind(row, by=medical_clerk)
    assert told(elder_care_clerk) == 1


def test_who_asked_to_rescind_reminds_who_is_asked(
    clock: time_machine.Traveller, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(WrongState, match="没有在等对方"):
        lifecycle.remind(row, by=elder_care_clerk)
    lifecycle.ask_to_rescind(row, by=elder_care_clerk, reason="重复签了一份")
    lifecycle.remind(row, by=elder_care_clerk)
    assert "合意解除" in Notice.objects.get(kind="agreement_reminded").body


def test_an_unsent_draft_waits_for_nobody(draft: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(WrongState):
        lifecycle.remind(draft, by=elder_care_clerk)
