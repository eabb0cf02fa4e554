"""What becomes of a filing when its agreement ends: it stays owed until the authority decides or waives it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle as agreements
from agreements.models import Agreement
from audit.log import history
from filing import lifecycle, opening, reminders
from filing.filters import FilingFilter
from filing.ledger import COLUMNS, rows
from filing.models import Filing
from filing.opening import open_missing
from filing.worklist import groups
from institutions.models import Duty
from notifications.models import Notice
from tests.agreements.making import signed
from tests.factories import MembershipFactory, today
from tests.filing.fixtures import InState, ended
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Filing.State
WHY = "协议只履行了三天，不再要求报送。"
OWED = (State.DUE, State.RETURNED)


def waived(filing: Filing, *, by: User) -> Filing:
    verb = lifecycle.close if filing.state == State.RETURNED else lifecycle.waive
    return verb(filing, by=by, reason=WHY)


@pytest.mark.parametrize("state", [*OWED, State.SUBMITTED, State.UNDER_REVIEW])
def test_the_end_of_an_agreement_leaves_its_filings_as_they_are_and_tells_whose_turn_it_is(
    state: State,
    in_state: InState,
    agreement: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
) -> None:
    filing = in_state(state)
    before = Filing.objects.values().get(pk=filing.pk)
    ended(agreement, by=elder_care_clerk)
    assert Filing.objects.values().get(pk=filing.pk) == before
    entry = history(agreement).filter(event="filing.carried_on", data__filing=filing.pk).get()
    assert entry.actor_id == elder_care_clerk.pk
    told = Notice.objects.filter(kind="filing_carried_on", subject_id=filing.pk)
    people = {health_reviewer.pk} | ({medical_clerk.pk} if state in OWED else set())
    assert set(told.values_list("recipient", flat=True)) == people
    assert all("协议已结束" in title for title in told.values_list("title", flat=True))


def test_what_is_with_the_authority_is_decided_as_usual(
    in_state: InState, agreement: Agreement, elder_care_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    ended(agreement, by=elder_care_clerk)
    with pytest.raises(WrongState, match="审核中"):
        lifecycle.waive(filing, by=health_reviewer, reason=WHY)
    assert lifecycle.accept(filing, by=health_reviewer).state == State.ACCEPTED


@pytest.mark.parametrize("state", OWED)
def test_only_the_authority_itself_waives_and_only_what_has_ended(
    state: State,
    in_state: InState,
    agreement: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    civil_affairs_officer: User,
    supervisor: User,
    stranger: User,
) -> None:
    filing = in_state(state)
    with pytest.raises(WrongState, match="协议还在履行"):
        waived(filing, by=health_reviewer)
    ended(agreement, by=elder_care_clerk)
    for person in (elder_care_clerk, medical_clerk, civil_affairs_officer, supervisor, stranger):
        with pytest.raises(NotAllowed):
            waived(filing, by=person)
    with pytest.raises(Unacceptable, match="原因"):
        (lifecycle.close if state == State.RETURNED else lifecycle.waive)(filing, by=health_reviewer, reason="  ")
    closed = waived(filing, by=health_reviewer)
    assert (closed.state, closed.closed_by, closed.closing_reason) == (State.CLOSED, health_reviewer, WHY)
    assert closed.closed_at is not None
    with pytest.raises(WrongState, match="结案"):
        waived(filing, by=health_reviewer)


def test_nobody_waives_what_they_submitted_themselves(
    in_state: InState, agreement: Agreement, elder_care_clerk: User, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    Filing.objects.filter(pk=filing.pk).update(submitted_by=second_reviewer)
    returned = lifecycle.return_(filing, by=health_reviewer, reasons="缺少第二页。")
    ended(agreement, by=elder_care_clerk)
    with pytest.raises(NotAllowed, match="本人报送"):
        waived(returned, by=second_reviewer)
    assert waived(returned, by=health_reviewer).previous == returned


@pytest.mark.parametrize("state", OWED)
def test_nobody_waives_what_their_own_house_owes(
    state: State, in_state: InState, agreement: Agreement, elder_care_clerk: User, second_reviewer: User
) -> None:
    filing = in_state(state)
    ended(agreement, by=elder_care_clerk)
    MembershipFactory.create(user=second_reviewer, institution=agreement.medical, duty=Duty.CLERK)
    with pytest.raises(NotAllowed, match="一方任职"):
        waived(filing, by=second_reviewer.at("authority", filing.authority_id))


@pytest.mark.parametrize("state", OWED)
def test_what_is_closed_waits_for_nobody_and_reminds_nobody(
    state: State, in_state: InState, agreement: Agreement, elder_care_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(state)
    ended(agreement, by=elder_care_clerk)
    closed = waived(filing, by=health_reviewer)
    Notice.objects.all().delete()
    for days in range(0, 400, 7):
        for reminder in reminders.ALL:
            reminder.sweep(on=today() + timedelta(days=days))
    assert not Notice.objects.filter(subject_id__in=[filing.pk, closed.pk]).exists()
    seen = Filing.objects.with_clock(today() + timedelta(days=400)).filter(pk__in=[filing.pk, closed.pk])
    assert [(row.clock_on, row.is_late) for row in seen] == [(None, False)] * seen.count()
    waiting = [row.filing.pk for group in groups(elder_care_clerk, reviews=False) for row in group.rows]
    assert not {filing.pk, closed.pk} & set(waiting)
    open_missing()
    assert Filing.objects.filter(agreement=agreement, authority=filing.authority, state__in=("due",)).count() == 0


@pytest.mark.parametrize("state", OWED)
def test_both_sides_are_told_and_every_list_knows_the_state(
    state: State,
    client: Client,
    in_state: InState,
    agreement: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
) -> None:
    filing = in_state(state)
    ended(agreement, by=elder_care_clerk)
    client.force_login(health_reviewer)
    page = reverse("filing-detail", args=[filing.pk])
    assert reverse("filing-close", args=[filing.pk]) in client.get(page).content.decode()
    assert client.post(reverse("filing-close", args=[filing.pk]), {"reason": ""}).status_code == 422
    answer = client.post(reverse("filing-close", args=[filing.pk]), {"reason": WHY}, follow=True)
    assert "已结案" in answer.content.decode()
    closed = Filing.objects.get(state=State.CLOSED)
    told = Notice.objects.filter(kind="filing_closed")
    assert set(told.values_list("recipient", flat=True)) == {elder_care_clerk.pk, medical_clerk.pk}
    assert all(WHY in body for body in told.values_list("body", flat=True))
    assert reverse("filing-close", args=[filing.pk]) not in client.get(page).content.decode()
    for person in (elder_care_clerk, health_reviewer):
        client.force_login(person)
        for shown in (closed, filing):
            assert "结案" in client.get(reverse("filing-detail", args=[shown.pk])).content.decode()
        assert WHY in client.get(reverse("filing-detail", args=[closed.pk])).content.decode()
        assert "结案" in client.get(reverse("filing-list"), {"group": "closed"}).content.decode()
        assert WHY in client.get(reverse("agreement-detail", args=[agreement.number])).content.decode()
    clocked = Filing.objects.with_parties().with_clock(today()).filter(pk=closed.pk)
    cells = dict(zip([heading for group in COLUMNS for heading, _ in group], next(rows(clocked)), strict=True))
    assert (cells["状态"], cells["结案人"], cells["结案原因"]) == ("已结案", str(health_reviewer), WHY)
    found = FilingFilter({"group": "closed"}, user=health_reviewer)
    assert [row.pk for row in found.rows] == [closed.pk]


def test_while_the_agreement_is_in_force_no_page_offers_to_waive(
    client: Client, filing: Filing, health_reviewer: User
) -> None:
    client.force_login(health_reviewer)
    there = reverse("filing-close", args=[filing.pk])
    assert there not in client.get(reverse("filing-detail", args=[filing.pk])).content.decode()
    assert client.get(there).status_code == 409


@pytest.mark.parametrize(("state", "act"), [(State.DUE, "免予报送"), (State.RETURNED, "免予补正")])
def test_the_reason_is_asked_for_by_the_name_of_the_act(
    state: State,
    act: str,
    client: Client,
    in_state: InState,
    agreement: Agreement,
    elder_care_clerk: User,
    health_reviewer: User,
) -> None:
    filing = in_state(state)
    ended(agreement, by=elder_care_clerk)
    client.force_login(health_reviewer)
    answer = client.post(reverse("filing-close", args=[filing.pk]), {"reason": " "})
    form = answer.context["form"]
    assert form["reason"].label == f"{act}的原因"
    assert form.errors["reason"] == [f"请写明{act}的原因，协议双方会看到。"]


def test_what_was_dissolved_before_it_was_in_force_leaves_nothing_due(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    agreements.ask_to_rescind(row, by=elder_care_clerk, reason="重复签了一份")
    agreements.agree_to_rescind(row, by=medical_clerk)
    opening.open_missing()
    assert not Filing.objects.filter(agreement=row).exists()
    with pytest.raises(WrongState, match="已合意解除"):
        opening.open_filings(row, by=None)


@pytest.mark.parametrize("missing", ["closed_at", "closed_by", "closing_reason"])
def test_the_database_keeps_who_closed_it_when_and_why(missing: str, filing: Filing, health_reviewer: User) -> None:
    values = {"closed_at": filing.created_at, "closed_by": health_reviewer, "closing_reason": WHY}
    values[missing] = "" if missing == "closing_reason" else None
    with pytest.raises(IntegrityError, match="closed_by_whom_when_and_why"), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(state="closed", **values)


def test_the_database_keeps_a_closed_filing_closed(in_state: InState) -> None:
    closed = in_state(State.CLOSED)
    for change in ({"state": "due"}, {"closing_reason": "别的原因"}):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            Filing.objects.filter(pk=closed.pk).update(**change)
