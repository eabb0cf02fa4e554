"""An authorisation to use a seal that ended with a right does not come back with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from duties import granting, holders, suspending
from institutions.models import Duty, Institution, Membership
from notifications.models import Notice
from sealing import lapsing, seals
from sealing.models import Seal, SealAuthorisation
from sealing.seals import Scope, use_seal
from sealing.watching import watch
from tests import factories
from tests.sealing.making import in_use
from verbs.errors import NotAllowed

Turn = Callable[[User, Seal, User, User], None]  # of a person's right, by the house's administrator and the platform's


@pytest.fixture
def second(elder_care_institution: Institution) -> User:
    return factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user


@pytest.fixture
def seal(
    elder_care_institution: Institution, elder_care_clerk: User, institution_administrator: User, second: User
) -> Seal:
    return in_use(elder_care_institution, elder_care_clerk, institution_administrator, second)


@pytest.fixture
def given(seal: Seal, elder_care_clerk: User, colleague: User) -> SealAuthorisation:
    today = timezone.localdate()
    return seals.authorise(seal, colleague, Scope(today, today + timedelta(days=30)), by=elder_care_clerk)


def _leaves_and_returns(person: User, seal: Seal, administrator: User, _: User) -> None:
    for held in person.memberships.all():
        granting.end(held, by=administrator, reason="离岗")
    factories.MembershipFactory.create(user=person, institution=seal.institution, duty=Duty.CLERK)


def _is_suspended_and_restored(person: User, _: Seal, __: User, platform: User) -> None:
    suspending.suspend(person, by=platform, reason="停用")
    suspending.restore(person, by=platform, reason="恢复")


def _is_doubted_and_confirmed(person: User, _: Seal, administrator: User, __: User) -> None:
    with transaction.atomic():
        holders.doubt(person, by=administrator)
    third = factories.UserFactory.create()
    confirmed = {"state": "effective", "confirmed_by": third, "confirmed_at": timezone.now(), "seen": "居民身份证"}
    Membership.objects.filter(user=person).update(**confirmed)


def _hands_it_over_and_has_it_back(person: User, seal: Seal, administrator: User, _: User) -> None:
    other = factories.MembershipFactory.create(institution=seal.institution, duty=Duty.CLERK).user
    for keeper in (other, person):
        seal = seals.hand_over(seal, keeper, by=administrator)


@pytest.mark.parametrize(
    ("whose", "turns"),
    [
        ("giver", _leaves_and_returns),
        ("giver", _is_suspended_and_restored),
        ("giver", _is_doubted_and_confirmed),
        ("giver", _hands_it_over_and_has_it_back),
        ("person", _leaves_and_returns),
        ("person", _is_suspended_and_restored),
    ],
)
def test_what_ended_with_a_right_does_not_come_back_with_it(
    whose: str,
    turns: Turn,
    given: SealAuthorisation,
    institution_administrator: User,
    platform_administrator: User,
    client: Client,
) -> None:
    seal, colleague = given.seal, given.person
    use_seal(seal, by=colleague, about="协议")
    turns(
        {"giver": given.given_by, "person": colleague}[whose], seal, institution_administrator, platform_administrator
    )
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(seal, by=colleague, about="协议")
    given.refresh_from_db()
    assert (given.revoked_by, given.reason) == (None, lapsing.LAPSED)
    [said] = Entry.objects.filter(event="seal.use_lapsed")
    assert said.data["person"] == colleague.full_name
    notices = Notice.objects.filter(kind="seal_authorisation_revoked")
    is_away = whose == "person" and turns is _is_suspended_and_restored  # nobody writes to a suspended account
    assert [(each.recipient, "重新授权" in each.body) for each in notices] == [(colleague, True)] * (not is_away)
    client.force_login(institution_administrator)
    assert f"已失效：{lapsing.LAPSED}" in client.get(reverse("seal", args=[seal.pk])).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        SealAuthorisation.objects.filter(pk=given.pk).update(revoked_at=None, reason="")


def test_one_duty_of_several_that_ends_takes_no_authorisation_with_it(
    given: SealAuthorisation, institution_administrator: User
) -> None:
    keeper, house = given.given_by, given.seal.institution
    more = factories.MembershipFactory.create(user=keeper, institution=house, duty=Duty.APPROVER)
    granting.end(more, by=institution_administrator, reason="不再审批")
    assert use_seal(given.seal, by=given.person, about="协议").authorisation == given


def test_what_no_act_has_ended_the_clock_ends(given: SealAuthorisation) -> None:
    given.given_by.memberships.all().delete()
    watch()
    watch()
    factories.MembershipFactory.create(user=given.given_by, institution=given.seal.institution, duty=Duty.CLERK)
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(given.seal, by=given.person, about="协议")
    assert Entry.objects.filter(event="seal.use_lapsed").count() == 1


def test_a_fault_half_way_leaves_duty_and_authorisation(
    given: SealAuthorisation, institution_administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: SealAuthorisation) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr("sealing.lapsing.announcements.use_lapsed", fails)
    with pytest.raises(RuntimeError):
        granting.end(given.given_by.memberships.get(), by=institution_administrator, reason="离岗")
    assert use_seal(given.seal, by=given.person, about="协议").authorisation == given
