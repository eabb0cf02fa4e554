"""A renewal that counts from its signature, signed before the old term is over: told what it costs, and asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle, reminders
from agreements.lifecycle.errors import EndsEarly
from agreements.lifecycle.overlap import days_between, days_lost, when_it_joins
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, TemplateVersion
from institutions.models import Institution, Role
from notifications.models import Notice
from tests.agreements.making import complete_draft, in_force, ready, sent

BEGUN, EARLY = datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2027, 2, 20, 4, tzinfo=UTC)


@pytest.fixture
def renewal(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Iterator[Agreement]:
    """Agreed on, on 2027-02-20: the old term ends on 2027-03-02."""
    version = published["shaoxing-2024-home-sickbed"]
    with time_machine.travel(BEGUN, tick=False) as clock:
        draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
        old = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
        clock.move_to(EARLY, tick=False)
        new = lifecycle.start_renewal(old, by=elder_care_clerk)
        yield ready(new, drafter=elder_care_clerk, answerer=medical_clerk)


def test_the_later_day_decides_how_many_days_are_lost(renewal: Agreement) -> None:
    both = {Role.MEDICAL: date(2027, 2, 20), Role.ELDER_CARE: date(2027, 2, 25)}
    assert days_lost(renewal, {Role.MEDICAL: date(2027, 2, 20)}) == 11, "from the 20th to the 2nd, both included"
    assert days_lost(renewal, both) == 6
    assert days_lost(renewal, {Role.MEDICAL: date(2027, 3, 2)}) == 1
    assert days_lost(renewal, {Role.MEDICAL: date(2027, 3, 3)}) == 0


def test_nothing_is_written_until_it_is_accepted_and_a_worse_day_is_asked_about_again(
    renewal: Agreement, elder_care_clerk: User
) -> None:
    def sign(seen: int) -> Agreement:
        return lifecycle.record_signing(
            renewal, by=elder_care_clerk, role=Role.ELDER_CARE, on=date(2027, 2, 20), days_lost_seen=seen
        )

    for seen in (0, 10):
        with pytest.raises(EndsEarly, match=r"提前 11 天结束.*2027年3月3日或者以后"):
            sign(seen)
        assert not renewal.signatures.exists()
    assert sign(11).elder_care_signed_on == date(2027, 2, 20)


def test_the_page_says_what_it_costs_and_offers_to_accept_it(
    client: Client, renewal: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    address = reverse("signing-record", args=[renewal.number, "elder_care"])
    day = {"on": "2027-02-20", "text": text_shown(renewal)}
    refused = client.post(address, day)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "要提前 11 天结束" in page
    assert 'name="days_lost"' in page
    assert client.post(address, {**day, "days_lost": "11"}).status_code == 302


def test_it_is_told_when_the_renewal_begins_at_the_check_at_agreeing_and_before_the_day_is_entered(
    client: Client, renewal: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """The page of a step shows it once it can be known; the answer to the day entered is the last of them."""
    words = "2027年3月3日或者以后签章，两份期限正好接上；要提前签章的，双方都要同意原协议提前结束，今天签章要提前 11 天"
    client.force_login(elder_care_clerk)
    signing = reverse("agreement-signing", args=[renewal.number])
    assert words in client.get(signing).content.decode()
    lifecycle.withdraw(renewal, by=elder_care_clerk)
    check = client.get(reverse("draft-step", args=[renewal.number, "check"])).content.decode()
    assert words in check
    old = Agreement.objects.get(successors=renewal)
    begun = client.post(reverse("agreement-renew", args=[old.number]), follow=True)
    assert words in begun.content.decode()
    draft = Agreement.objects.get(pk=renewal.pk)
    sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    assert words in client.get(reverse("agreement-agree", args=[renewal.number])).content.decode()


def test_nobody_is_pressed_to_sign_before_it_joins_and_both_are_told_when_it_does(
    renewal: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    Notice.objects.all().delete()
    reminders.sweep(on=date(2027, 3, 2))
    kinds = ("agreement_signing_opens", "agreement_signing_waits")
    assert not Notice.objects.filter(kind__in=kinds).exists()
    reminders.sweep(on=date(2027, 3, 3))
    told = Notice.objects.filter(kind__in=kinds)
    assert set(told.values_list("kind", "recipient")) == {
        ("agreement_signing_opens", elder_care_clerk.pk),
        ("agreement_signing_opens", medical_clerk.pk),
    }
    reminders.sweep(on=date(2027, 3, 6))
    assert told.filter(kind="agreement_signing_waits").count() == 2


def test_from_the_day_on_which_it_joins_nothing_is_said(renewal: Agreement) -> None:
    assert when_it_joins(renewal, on=date(2027, 3, 2))
    assert not when_it_joins(renewal, on=date(2027, 3, 3))
    assert not when_it_joins(Agreement.objects.get(successors=renewal), on=date(2027, 2, 20)), "it follows nothing"


def test_signed_after_the_old_term_it_says_how_many_days_lie_between_before_agreeing(
    client: Client, renewal: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    assert not days_between(renewal, on=date(2027, 3, 3))
    assert days_between(renewal, on=date(2027, 3, 4)) == 1
    draft = lifecycle.withdraw(renewal, by=elder_care_clerk)
    with time_machine.travel(datetime(2027, 3, 13, 4, tzinfo=UTC), tick=False):
        lifecycle.expire_due(on=date(2027, 3, 13))
        sent(draft, by=elder_care_clerk)
        client.force_login(medical_clerk)
        page = client.get(reverse("agreement-agree", args=[renewal.number])).content.decode()
    assert "到2027年3月2日为止，今天签章，这份续签从今天起算：中间有 10 天空档，这些天没有生效的协议" in page


def test_where_the_dates_stand_in_the_text_nobody_is_asked(running: Agreement, elder_care_clerk: User) -> None:
    with time_machine.travel(datetime(2099, 12, 1, 4, tzinfo=UTC), tick=False):
        new = lifecycle.start_renewal(running, by=elder_care_clerk)
        answers = {**new.answers, "valid_from": "2100-01-01", "valid_to": "2101-12-31"}
        Agreement.objects.filter(pk=new.pk).update(answers=answers)
        new = Agreement.objects.with_parties().get(pk=new.pk)
        assert days_lost(new, {Role.MEDICAL: date(2099, 12, 1)}) == 0
        assert not when_it_joins(new, on=date(2099, 12, 1))
        new.answers = {**answers, "valid_from": "2100-01-06"}
        assert "从2100年1月6日起算：中间有 5 天空档" in when_it_joins(new, on=date(2099, 12, 1))


def test_the_wizard_proposes_the_day_after_the_old_term(
    client: Client, running: Agreement, elder_care_clerk: User
) -> None:
    """The old one runs from 2098-01-01, its 730 days to the end of 2099."""
    client.force_login(elder_care_clerk)
    with time_machine.travel(datetime(2099, 12, 1, 4, tzinfo=UTC), tick=False):
        new = lifecycle.start_renewal(running, by=elder_care_clerk)
        client.force_login(elder_care_clerk)
        page = client.get(reverse("draft-step", args=[new.number, "terms"])).content.decode()
    assert 'value="2100-01-01"' in page
    assert 'value="2101-12-31"' in page
