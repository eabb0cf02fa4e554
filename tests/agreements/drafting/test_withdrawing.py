"""The page on which a text is given up: who may, when a reason is wanted, and that it is not lost."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from institutions.models import Role
from tests.agreements.making import ready, sent, signed

State = Agreement.State


def address(agreement: Agreement) -> str:
    return reverse("agreement-withdraw", args=[agreement.number])


def state_of(agreement: Agreement) -> str:
    return Agreement.objects.get(pk=agreement.pk).state


@pytest.fixture
def frozen(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def test_a_text_only_sent_is_withdrawn_by_its_drafter_without_a_reason(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    assert client.post(address(row)).status_code == 403
    client.force_login(elder_care_clerk)
    assert "撤回原因" not in client.get(address(row)).content.decode()
    assert client.post(address(row)).status_code == 302
    assert state_of(row) == State.WITHDRAWN


@pytest.mark.parametrize("person", ["elder_care_clerk", "medical_clerk", "colleague"])
def test_a_frozen_text_is_withdrawn_by_either_side_with_a_reason(
    person: str, client: Client, frozen: Agreement, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    detail = client.get(reverse("agreement-detail", args=[frozen.number])).content.decode()
    assert address(frozen) in detail
    refused = client.post(address(frozen), {"reason": "  "})
    assert refused.status_code == 422
    assert "撤回要写明原因" in refused.content.decode()
    assert state_of(frozen) == State.AGREED
    assert client.post(address(frozen), {"reason": "费用没有谈妥"}).status_code == 302
    assert state_of(frozen) == State.WITHDRAWN
    shown = client.get(reverse("agreement-detail", args=[frozen.number])).content.decode()
    assert "费用没有谈妥" in shown


def test_a_stranger_sees_nothing_to_withdraw(client: Client, frozen: Agreement, stranger: User) -> None:
    client.force_login(stranger)
    assert client.post(address(frozen), {"reason": "别人的协议"}).status_code == 404
    assert state_of(frozen) == State.AGREED


def test_what_both_have_signed_keeps_what_was_typed_and_says_why_not(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    client.force_login(medical_clerk)
    page = client.post(address(row), {"reason": "反悔"})
    assert page.status_code == 422
    assert "协议已经成立" in page.content.decode()
    assert "反悔" in page.content.decode()
    assert address(row) not in client.get(reverse("agreement-detail", args=[row.number])).content.decode()


def test_what_one_side_has_signed_may_still_be_given_up(
    client: Client, frozen: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    assert frozen.agreed_at
    lifecycle.record_signing(frozen, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate(frozen.agreed_at))
    client.force_login(medical_clerk)
    assert client.post(address(frozen), {"reason": "费用没有谈妥"}).status_code == 302
    assert state_of(frozen) == State.WITHDRAWN


def test_what_is_over_is_not_withdrawn_again(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    row = lifecycle.withdraw(sent(draft, by=elder_care_clerk), by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    assert client.post(address(row)).status_code == 409
