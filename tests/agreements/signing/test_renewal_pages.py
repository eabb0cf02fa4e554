"""Renewing by the pages: in time, once, and unseen by the partner while it is drafted."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, AgreementKind
from agreements.register.viewer import Act, Viewer
from tests.agreements.making import save, sent

LAST_MONTH = datetime(2099, 12, 1, 4, tzinfo=UTC)
DATES = {"valid_from": "2100-01-01", "valid_to": "2101-12-31"}
AFTERWARDS = datetime(2100, 1, 2, 4, tzinfo=UTC)


@pytest.fixture
def ending(running: Agreement) -> Iterator[Agreement]:
    """In its last month: the term ends on 2099-12-31."""
    with time_machine.travel(LAST_MONTH, tick=False):
        yield running


def renew(client: Client, user: User, agreement: Agreement) -> tuple[str, str]:
    """Press the button; return where it led to and what was shown there."""
    client.force_login(user)
    response = client.post(reverse("agreement-renew", args=[agreement.number]), follow=True)
    return response.redirect_chain[-1][0], response.content.decode()


def detail(client: Client, user: User, agreement: Agreement) -> str:
    client.force_login(user)
    return client.get(reverse("agreement-detail", args=[agreement.number])).content.decode()


def test_the_renewal_opens_in_the_wizard_after_partner_and_template(
    client: Client, ending: Agreement, elder_care_clerk: User
) -> None:
    assert reverse("agreement-renew", args=[ending.number]) in detail(client, elder_care_clerk, ending)
    where, page = renew(client, elder_care_clerk, ending)
    renewal = Agreement.objects.get(kind=AgreementKind.RENEWAL)
    assert where.startswith(reverse("draft-resume", args=[renewal.number]))
    assert "选择合作机构" not in page
    assert (renewal.predecessor, renewal.drafted_by) == (ending, ending.elder_care)


def test_pressing_again_leads_to_the_same_renewal(client: Client, ending: Agreement, elder_care_clerk: User) -> None:
    assert renew(client, elder_care_clerk, ending)[0] == renew(client, elder_care_clerk, ending)[0]
    assert ending.successors.count() == 1


def test_the_partner_is_told_that_it_is_being_drafted(
    client: Client, ending: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    renewal = lifecycle.start_renewal(ending, by=elder_care_clerk)
    where, page = renew(client, medical_clerk, ending)
    assert where == reverse("agreement-detail", args=[ending.number])
    assert "对方已经在起草续签" in page
    assert renewal.number not in page


def test_what_is_under_way_is_shown_and_not_begun_again(
    client: Client, ending: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Who does not see the other side's draft can press the button all the same, and is told of it."""
    renewal = lifecycle.start_renewal(ending, by=elder_care_clerk)
    button = reverse("agreement-renew", args=[ending.number])
    link = reverse("agreement-detail", args=[renewal.number])

    def offered(person: User) -> tuple[bool, bool, bool]:
        page = detail(client, person, ending)
        home = client.get(reverse("home")).content.decode()
        # In a list what is still to be filed comes first; where nothing is, the row leads there as the work list does.
        row = Viewer(person).of(Agreement.objects.with_follower(person).get(pk=ending.pk))
        leads = bool(re.search(rf'href="{link}"[^>]*>\s*查看续签', home)) and row.next_act == Act("查看续签", link)
        return button in page, re.search(rf'href="{link}"><svg.*</svg> 查看续签', page) is not None, leads

    assert (offered(elder_care_clerk), offered(medical_clerk)) == ((False, True, True), (True, False, False))
    sent(save(renewal, by=elder_care_clerk, step="terms", answers=ending.answers | DATES), by=elder_care_clerk)
    assert (offered(elder_care_clerk), offered(medical_clerk)) == ((False, True, True), (False, True, True))


def test_what_takes_its_place_is_called_what_it_is(ending: Agreement, elder_care_clerk: User) -> None:
    replacing = lifecycle.start_replacement(ending, by=elder_care_clerk)
    row = Viewer(elder_care_clerk).of(Agreement.objects.with_follower(elder_care_clerk).get(pk=ending.pk))
    assert row.next_act == Act("查看换签", reverse("agreement-detail", args=[replacing.number]))


def test_the_acts_that_come_again_with_the_copies_are_those_of_the_page(
    client: Client, ending: Agreement, elder_care_clerk: User
) -> None:
    renewal = lifecycle.start_renewal(ending, by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    polled = client.get(reverse("copies-panel", args=[ending.number])).content.decode()
    assert reverse("agreement-detail", args=[renewal.number]) in polled
    assert reverse("agreement-renew", args=[ending.number]) not in polled


def test_what_has_expired_can_still_be_renewed(client: Client, running: Agreement, elder_care_clerk: User) -> None:
    with time_machine.travel(AFTERWARDS, tick=False):
        lifecycle.expire_due()
        page = detail(client, elder_care_clerk, running)
        assert "已到期" in page
        assert reverse("agreement-renew", args=[running.number]) in page
        assert reverse("agreement-terminate", args=[running.number]) not in page
        renew(client, elder_care_clerk, running)
    assert running.successors.filter(kind=AgreementKind.RENEWAL).exists()
