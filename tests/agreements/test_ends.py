"""What an end leaves behind: a supplement that was not in force yet is given up with the reason, wherever it stood."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from audit.log import history
from institutions.models import Role
from notifications.models import Notice
from tests.agreements.making import agreed, in_force, ready, save, sent, signed
from tests.factories import today

State = Agreement.State
End = Callable[[Agreement, User], object]

ENDS: dict[str, End] = {
    "terminated": lambda main, by: lifecycle.terminate(main, by=by, on=today(), reason="机构迁址"),
    "expired": lambda main, by: lifecycle.expire(main, on=date(2100, 1, 2)),
}


@pytest.fixture
def main(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def supplement(main: Agreement, elder_care_clerk: User) -> Agreement:
    row = lifecycle.start_supplement(main, by=elder_care_clerk)
    return save(row, by=elder_care_clerk, step="terms", answers={**row.answers, "supplement_terms": "每周巡诊两次。"})


def brought(row: Agreement, state: str, drafter: User, answerer: User) -> Agreement:
    match state:
        case "draft":
            return row
        case "returned":
            return lifecycle.return_to_drafter(sent(row, by=drafter), by=answerer, reason="请写明次数")
        case "negotiating":
            return sent(row, by=drafter)
        case "agreed":
            return agreed(row, drafter=drafter, answerer=answerer)
        case "signing":
            row = ready(row, drafter=drafter, answerer=answerer)
            return lifecycle.record_signing(row, by=drafter, role=Role.ELDER_CARE, on=today())
        case "asked":
            row = signed(row, drafter=drafter, answerer=answerer)
            return lifecycle.ask_to_rescind(row, by=drafter, reason="写错了")
    return signed(row, drafter=drafter, answerer=answerer)


@pytest.mark.parametrize("end", list(ENDS))
@pytest.mark.parametrize("state", ["draft", "returned", "negotiating", "agreed", "signing", "signed", "asked"])
def test_a_supplement_on_its_way_is_given_up_with_the_reason(
    state: str,
    end: str,
    client: Client,
    main: Agreement,
    supplement: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    row = brought(supplement, state, elder_care_clerk, medical_clerk)
    ENDS[end](main, elder_care_clerk)
    row = Agreement.objects.get(pk=row.pk)
    assert (row.state, row.frozen_id, row.rescission_side) == (State.DISCARDED, None, "")
    assert main.number in row.end_reason
    assert {"terminated": "已终止", "expired": "已到期"}[end] in row.end_reason
    assert not row.signatures.current().exists()
    assert all(text.voided_at and text.void_reason == row.end_reason for text in row.frozen_texts.all())
    entry = history(row).filter(event="agreement.given_up").get()
    assert (entry.data["with_main"], entry.data["reason"]) == (main.number, row.end_reason)
    assert entry.actor_id == (elder_care_clerk.pk if end == "terminated" else None)
    told = set(Notice.objects.filter(kind="agreement_given_up").values_list("recipient", flat=True))
    drafter = set() if end == "terminated" else {elder_care_clerk.pk}  # who ended it knows
    assert told == drafter | (set() if state == "draft" else {medical_clerk.pk})
    for person in (elder_care_clerk, medical_clerk):
        client.force_login(person)
        page = client.get(reverse("agreement-detail", args=[row.number]))
        if person == medical_clerk and state == "draft":
            assert page.status_code == 404, "never shown to the other side"
        else:
            assert "随原协议作废" in page.content.decode()
            assert main.number in page.content.decode()


def test_a_renewal_that_takes_over_gives_up_what_was_on_its_way(
    main: Agreement, supplement: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    sent(supplement, by=elder_care_clerk)
    later = today() + timedelta(days=400)
    replacement = lifecycle.start_replacement(main, by=elder_care_clerk)
    dates = {"valid_from": later.isoformat(), "valid_to": (later + timedelta(days=365)).isoformat()}
    replacement = save(replacement, by=elder_care_clerk, step="terms", answers={**replacement.answers, **dates})
    in_force(replacement, drafter=elder_care_clerk, answerer=medical_clerk)
    row = Agreement.objects.get(pk=supplement.pk)
    assert row.state == State.DISCARDED
    assert "已由新协议接替" in row.end_reason


def test_a_renewal_being_drafted_outlives_what_it_follows(main: Agreement, elder_care_clerk: User) -> None:
    replacement = lifecycle.start_replacement(main, by=elder_care_clerk)
    lifecycle.terminate(main, by=elder_care_clerk, on=today(), reason="机构迁址")
    assert Agreement.objects.get(pk=replacement.pk).state == State.DRAFT
