"""Two people at once, on two connections of a real PostgreSQL."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from agreements import lifecycle
from agreements.drafting.saving import save_step
from agreements.lifecycle.errors import StaleDraft
from agreements.models import Agreement, FrozenText, Rendition
from institutions.models import Institution
from tests.agreements.making import CONTACT, sent
from tests.at_once import at_once
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_savers_one_wins_and_the_other_is_told(
    draft: Agreement, elder_care_clerk: User, colleague: User
) -> None:
    def saver(by: User, name: str) -> Callable[[], Any]:
        changes = {"contacts": {"elder_care": {**CONTACT, "contact_name": name}}}
        return lambda: save_step(draft, by=by, step="contacts", revision=draft.revision, changes=changes)

    results = at_once(saver(elder_care_clerk, "陈喆甲"), saver(colleague, "周昇乙"))
    assert sum(isinstance(result, StaleDraft) for result in results) == 1
    winner = next(result for result in results if isinstance(result, Agreement))
    row = Agreement.objects.get(pk=draft.pk)
    assert row.contacts == winner.contacts
    assert row.revision == draft.revision + 1


def test_many_starters_leave_no_gap_and_no_double(
    elder_care_institution: Institution, elder_care_clerk: User, colleague: User
) -> None:
    """Eight people draft twelve times each; of every third draft nothing comes, and its number goes to another."""

    def twelve(by: User) -> list[str]:
        return [number for turn in range(12) if (number := _drafted(elder_care_institution, by, fails=turn % 3 == 2))]

    at_work = [partial(twelve, by) for by in (elder_care_clerk, colleague) * 4]
    numbers = sorted(number for each in at_once(*at_work) for number in each)
    assert [int(number.partition("-")[2]) for number in numbers] == list(range(1, 8 * 8 + 1))
    assert sorted(Agreement.objects.values_list("number", flat=True)) == numbers


class _Fault(Exception):
    """What goes wrong after a number was drawn."""


def _drafted(institution: Institution, by: User, *, fails: bool) -> str:
    """Start a draft and return its number; "" where the transaction is rolled back after all."""
    try:
        with transaction.atomic():
            number = lifecycle.start_draft(institution, by=by).number
            if fails:
                raise _Fault
    except _Fault:
        return ""
    return number


def test_of_agreeing_and_withdrawing_no_half_remains(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    results = at_once(
        lambda: lifecycle.agree(negotiating, by=medical_clerk, contact=CONTACT),
        lambda: lifecycle.withdraw(negotiating, by=elder_care_clerk),
    )
    # What was agreed on a moment ago may be withdrawn still; what was withdrawn is not agreed on.
    assert sum(isinstance(result, WrongState) for result in results) <= 1
    row = Agreement.objects.get(pk=draft.pk)
    assert (row.state, row.is_frozen) == (Agreement.State.DRAFT, False)
    assert not row.frozen_texts.filter(voided_at=None).exists()


def test_agreeing_twice_freezes_once(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    agree = [lambda: lifecycle.agree(negotiating, by=medical_clerk, contact=CONTACT)] * 2
    results = at_once(*agree)
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert Rendition.objects.filter(agreement=draft).final().count() == 1
    assert FrozenText.objects.filter(agreement=draft).count() == 1
