"""A clerk, a leader and an administrator at the same text at once, on connections of their own."""

from functools import partial
from typing import Any

import pytest

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Approval
from institutions.models import Duty, Institution
from tests import factories
from tests.agreements.making import asked_to_approve, save, sent, wants_approval
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
State = Approval.State


def refusals(results: list[Any]) -> int:
    return sum(isinstance(result, Exception) for result in results)


def test_two_clerks_ask_and_one_request_waits(
    draft: Agreement, elder_care_clerk: User, colleague: User, approver: User, elder_care_institution: Institution
) -> None:
    wants_approval(elder_care_institution)
    clerks = elder_care_clerk, colleague
    results = at_once(*(partial(lifecycle.ask_for_approval, draft, by=clerk) for clerk in clerks))
    assert refusals(results) == 1
    assert Approval.objects.get().state == State.WAITING


def test_two_leaders_answer_and_one_answer_stands(
    draft: Agreement, elder_care_clerk: User, approver: User, elder_care_institution: Institution
) -> None:
    second = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.APPROVER).user
    row = asked_to_approve(draft, by=elder_care_clerk)
    results = at_once(
        lambda: lifecycle.approve(row, by=approver, text_seen=row.digest),
        lambda: lifecycle.decline(row, by=second, reason="费用偏高"),
    )
    assert refusals(results) == 1
    row.refresh_from_db()
    assert (row.state == State.APPROVED) == (row.answered_by == approver)


def test_a_text_that_is_changed_at_that_moment_is_not_sent_as_approved(
    draft: Agreement, elder_care_clerk: User, colleague: User, approver: User
) -> None:
    row = asked_to_approve(draft, by=elder_care_clerk)
    blank = next(id_ for id_, value in draft.answers.items() if value == 3)
    at_once(
        lambda: lifecycle.approve(row, by=approver, text_seen=row.digest),
        lambda: save(draft, by=colleague, step="terms", answers={**draft.answers, blank: 2}),
    )
    row.refresh_from_db()
    assert row.state in {State.APPROVED, State.LAPSED}
    now = Agreement.objects.get(pk=draft.pk)
    assert refusals(at_once(lambda: sent(now, by=elder_care_clerk))) == 1, "these words nobody approved"


def test_switched_off_while_it_is_asked_nothing_is_left_waiting(
    draft: Agreement,
    elder_care_clerk: User,
    approver: User,
    institution_administrator: User,
    elder_care_institution: Institution,
) -> None:
    wants_approval(elder_care_institution)
    at_once(
        lambda: lifecycle.ask_for_approval(draft, by=elder_care_clerk),
        lambda: lifecycle.switch_approval(elder_care_institution, by=institution_administrator, is_on=False),
    )
    assert not Approval.objects.waiting().exists()


def test_answered_while_it_is_switched_off_it_ends_once(
    draft: Agreement,
    elder_care_clerk: User,
    approver: User,
    institution_administrator: User,
    elder_care_institution: Institution,
) -> None:
    row = asked_to_approve(draft, by=elder_care_clerk)
    at_once(
        lambda: lifecycle.approve(row, by=approver, text_seen=row.digest),
        lambda: lifecycle.switch_approval(elder_care_institution, by=institution_administrator, is_on=False),
    )
    row.refresh_from_db()
    assert row.state in {State.APPROVED, State.LAPSED}
