"""Filings of a bureau that another follows: they stay its own, and the other goes on with them and answers for them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from duties import bureaus
from filing import batches, lifecycle
from filing.letter import letter_of
from filing.models import Filing
from institutions.models import Authority, Duty, reviews_for
from tests import factories
from tests.duties.closing import closed
from tests.filing.fixtures import InState
from verbs.errors import NotAllowed, Unacceptable

State = Filing.State


@pytest.fixture
def prefecture(health_authority: Authority) -> Authority:
    region = factories.region("330600", "绍兴市")
    return factories.AuthorityFactory.create(region=region, kind=Authority.Kind.HEALTH, name="绍兴市卫生健康委员会")


@pytest.fixture
def above(prefecture: Authority) -> User:
    return factories.MembershipFactory.create(authority=prefecture, duty=Duty.REVIEWER).user


def followed(by: User, prefecture: Authority, bureau: Authority) -> None:
    closed(bureau, by=by, reason="并入市卫健委", successor=prefecture)


def test_it_cannot_close_with_nobody_to_follow(
    in_state: InState, health_authority: Authority, platform_administrator: User
) -> None:
    in_state(State.ACCEPTED)
    with pytest.raises(Unacceptable, match="备案 1 件，其中 0 件没有办结，请选择由哪个部门承接"):
        closed(health_authority, by=platform_administrator, reason="撤销")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNDER_REVIEW])
def test_what_was_open_is_decided_by_whoever_follows(
    state: State,
    in_state: InState,
    health_authority: Authority,
    health_reviewer: User,
    prefecture: Authority,
    above: User,
    platform_administrator: User,
    client: Client,
) -> None:
    filing = in_state(state)
    with pytest.raises(NotAllowed):
        lifecycle.return_(filing, by=above, reasons="缺页") if state == State.UNDER_REVIEW else lifecycle.take_up(
            filing, by=above
        )
    followed(platform_administrator, prefecture, health_authority)
    assert not reviews_for(health_reviewer, health_authority)
    client.force_login(above)
    assert filing.agreement.number in client.get(reverse("filing-list")).content.decode()
    row = Filing.objects.with_parties().get(pk=filing.pk)
    row = lifecycle.take_up(row, by=above) if state == State.SUBMITTED else lifecycle.hand_over(row, by=above, to=above)
    row = lifecycle.accept(row, by=above)
    year = timezone.localdate().year
    assert row.number == f"绍兴卫健医养备〔{year}〕0001号"
    assert row.authority == health_authority, "it was filed with the one that was closed"
    assert letter_of(Filing.objects.with_parties().get(pk=row.pk)).authority == "绍兴市卫生健康委员会"


def test_numbers_and_receipts_that_were_given_stay(
    in_state: InState,
    health_authority: Authority,
    prefecture: Authority,
    above: User,
    platform_administrator: User,
    client: Client,
) -> None:
    accepted = in_state(State.ACCEPTED)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        followed(platform_administrator, prefecture, health_authority)
    row = Filing.objects.with_parties().get(pk=accepted.pk)
    assert (row.number, row.authority.name) == (accepted.number, "越城区卫生健康局")
    assert letter_of(row).authority == "越城区卫生健康局"
    client.force_login(above)
    page = client.get(reverse("filing-detail", args=[row.pk])).content.decode()
    assert "（已撤销，由绍兴市卫生健康委员会承接）" in page


def test_a_receipt_made_later_is_headed_by_who_gave_the_number(
    in_state: InState, health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    """Also where the bureau was renamed, and closed, on the very day of the acceptance."""
    accepted = in_state(State.ACCEPTED)
    bureaus.rename(health_authority, by=platform_administrator, to="越城区卫生健康和体育局", reason="机构改革")
    followed(platform_administrator, prefecture, health_authority)
    row = Filing.objects.with_parties().get(pk=accepted.pk)
    assert (row.number.startswith("越城"), letter_of(row).authority) == (True, "越城区卫生健康局")


def test_a_receipt_of_whoever_follows_stays_theirs_once_they_are_followed_in_turn(
    in_state: InState, health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    filing = in_state(State.SUBMITTED)
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind="health")
    next_door = factories.MembershipFactory.create(authority=neighbour, duty=Duty.REVIEWER).user
    followed(platform_administrator, neighbour, health_authority)
    taken = lifecycle.take_up(Filing.objects.with_parties().get(pk=filing.pk), by=next_door)
    assert lifecycle.accept(taken, by=next_door).number.startswith("上虞")
    followed(platform_administrator, prefecture, neighbour)
    assert letter_of(Filing.objects.with_parties().get(pk=filing.pk)).authority == neighbour.name


def test_a_batch_goes_through_what_was_filed_with_either(
    in_state: InState, health_authority: Authority, prefecture: Authority, above: User, platform_administrator: User
) -> None:
    filing = in_state(State.SUBMITTED)
    followed(platform_administrator, prefecture, health_authority)
    rows = [Filing.objects.with_parties().get(pk=filing.pk)]
    batch = batches.order(batches.ACTS["take_up"], rows, by=above)
    batches.go_through(batch.pk)
    filing.refresh_from_db()
    assert (batch.authority, filing.state, filing.taken_up_by) == (prefecture, State.UNDER_REVIEW, above)


def test_new_ones_go_to_whoever_follows(
    agreement: Agreement, health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    followed(platform_administrator, prefecture, health_authority)
    assert Authority.objects.for_region(agreement.region, Authority.Kind.HEALTH) == prefecture
