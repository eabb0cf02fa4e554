"""Two at once, on connections of their own: accepting, deciding, granting what is kept apart, leaving."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from audit.models import Entry
from duties import granting, helping, holders, inviting, requesting, suspending
from duties.models import AdministratorRequest, Invitation
from duties.requesting import Applicant
from institutions.lifecycle import locking
from institutions.models import Authority, Duty, Institution, Membership
from tests import factories
from tests.agreements.making import scan_pdf
from tests.at_once import at_once, closing_its_connection, until_somebody_waits_for_us
from tests.uploading import requested
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(results: list[Any]) -> int:
    return sum(isinstance(result, WrongState) for result in results)


def test_of_two_who_accept_one_becomes_a_member(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    invitation, _ = inviting.invite("郑赟", Duty.SIGNATORY, elder_care_institution, by=institution_administrator)
    namesakes = factories.UserFactory.create_batch(2, full_name="郑赟")
    results = at_once(*(lambda user=user: inviting.accept(invitation, by=user) for user in namesakes))
    assert refusals(results) == 1
    assert Membership.objects.filter(duty=Duty.SIGNATORY).count() == 1


def test_of_two_new_accounts_by_one_link_one_is_made(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    accounts = [inviting.NewAccount(f"zheng-{n}", f"1380000000{n}", "", "Qing-Song-2026") for n in (1, 2)]
    results = at_once(*(lambda each=each: inviting.accept_anew(invitation, each) for each in accounts))
    assert refusals(results) == 1
    assert User.objects.filter(full_name="郑赟").count() == 1


def test_of_accepting_and_withdrawing_exactly_one_happens(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    invitee = factories.UserFactory.create(full_name="郑赟")
    accepted, withdrawn = at_once(
        lambda: inviting.accept(invitation, by=invitee),
        lambda: inviting.cancel(invitation, by=institution_administrator),
    )
    assert isinstance(accepted, Membership) != (withdrawn is True)


def test_inviting_the_same_person_at_once_leaves_one_link_open(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    at_once(*[lambda: inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)] * 2)
    assert Invitation.objects.waiting().count() == 1


def test_of_two_officials_one_decides(elder_care_institution: Institution, civil_affairs_officer: User) -> None:
    asked = requested(elder_care_institution, Applicant("王昇", "13800000001"), scan_pdf(), "a.pdf")
    office = civil_affairs_officer.memberships.get().authority
    second = factories.MembershipFactory.create(authority=office, duty=Duty.REVIEWER).user
    results = at_once(
        lambda: requesting.confirm(asked, by=civil_affairs_officer),
        lambda: requesting.refuse(asked, by=second, reason="证照不清楚"),
    )
    assert refusals(results) == 1
    row = AdministratorRequest.objects.get()
    assert (row.state == AdministratorRequest.State.CONFIRMED) == Invitation.objects.exists()


def test_asking_twice_at_once_is_asking_once(elder_care_institution: Institution) -> None:
    applicant = Applicant("王昇", "13800000001")
    results = at_once(*[lambda: requested(elder_care_institution, applicant, scan_pdf(), "a.pdf")] * 2)
    assert results[0] == results[1] == AdministratorRequest.objects.get()


def test_two_duties_that_are_kept_apart_granted_at_once(platform_administrator: User, colleague: User) -> None:
    Membership.objects.filter(user=colleague).delete()
    duties = (Duty.AUDITOR, Duty.ADMINISTRATOR)
    results = at_once(
        *(lambda duty=duty: granting.grant(colleague, duty, None, by=platform_administrator) for duty in duties)
    )
    assert refusals(results) == 1
    assert colleague.memberships.count() == 1


@pytest.mark.parametrize("each_other", [False, True])
def test_two_administrators_who_leave_or_end_each_other_at_once_leave_one(
    authority_administrator: User, health_authority: Authority, each_other: bool
) -> None:
    first = authority_administrator.memberships.get()
    second = factories.MembershipFactory.create(authority=health_authority, duty=Duty.ADMINISTRATOR)
    by_first, by_second = (second, first) if each_other else (first, second)

    def end(membership: Membership, by: User) -> bool:
        try:
            return granting.end(membership, by=by, reason="调动")
        except PermissionDenied:  # whoever came second is no administrator any more
            return False

    results = at_once(lambda: end(by_first, first.user), lambda: end(by_second, second.user))
    assert results.count(True) == 1
    assert Membership.objects.filter(authority=health_authority, duty=Duty.ADMINISTRATOR).count() == 1


def test_of_two_who_suspend_each_other_at_once_one_is_left(platform_administrator: User) -> None:
    second = factories.MembershipFactory.create(duty=Duty.ADMINISTRATOR).user

    def suspend(user: User, by: User) -> bool:
        try:
            return suspending.suspend(user, by=by, reason="停用")
        except PermissionDenied:  # whoever came second is suspended already
            return False

    results = at_once(lambda: suspend(second, platform_administrator), lambda: suspend(platform_administrator, second))
    assert sorted(results) == [False, True]
    assert User.objects.filter(is_active=True).count() == 1


@pytest.fixture
def waiting(institution_administrator: User, elder_care_institution: Institution) -> Membership:
    """The duty of somebody whom nobody has seen."""
    unseen = factories.UserFactory.create(full_name="许昇")
    return granting.grant(unseen, Duty.CLERK, elder_care_institution, by=institution_administrator)


@pytest.fixture
def officers(civil_affairs_officer: User) -> tuple[User, User]:
    office = civil_affairs_officer.memberships.get().authority
    return civil_affairs_officer, factories.MembershipFactory.create(authority=office, duty=Duty.REVIEWER).user


def look(person: User) -> holders.Look:
    return holders.Look(holders.Seen.IDENTITY_CARD, person.mobile, holders.code_of(person))


def test_of_two_who_confirm_a_holder_one_does(waiting: Membership, officers: tuple[User, User]) -> None:
    seen = look(waiting.user)
    results = at_once(*(lambda by=by: holders.confirm(waiting, seen, by=by) for by in officers))
    assert refusals(results) == 1
    assert Membership.objects.get(pk=waiting.pk).confirmed_by in officers
    assert Entry.objects.filter(event="membership.holder_confirmed").count() == 1


def test_of_confirming_and_declining_a_holder_one_happens(waiting: Membership, officers: tuple[User, User]) -> None:
    first, second = officers
    seen = look(waiting.user)
    results = at_once(
        lambda: holders.confirm(waiting, seen, by=first),
        lambda: holders.decline(waiting, by=second, reason="来的是另一个人"),
    )
    assert refusals(results) == 1
    events = ["membership.holder_confirmed", "membership.holder_declined"]
    assert Entry.objects.filter(event__in=events).count() == 1


def test_confirming_while_the_giver_gives_new_access_never_lets_the_duty_count(
    waiting: Membership, officers: tuple[User, User], institution_administrator: User
) -> None:
    """Whoever reset the password last waits for another look, whichever came first."""
    seen = look(waiting.user)
    at_once(
        lambda: holders.confirm(waiting, seen, by=officers[0]),
        lambda: helping.issue_password(waiting.user, by=institution_administrator),
    )
    row = Membership.objects.get(pk=waiting.pk)
    assert (row.state, row.granted_by) == (Membership.State.WAITING, institution_administrator)


def test_of_two_letters_at_once_one_is_good(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    secrets = at_once(*[lambda: inviting.print_letter(invitation, by=institution_administrator)] * 2)
    assert sorted(inviting.find(secret) is None for secret in secrets) == [False, True]


def test_two_administrators_give_each_other_a_duty_at_once_and_both_have_it(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    """Each locks the other and refers to the other: a lock that keeps references out would stop them both."""
    place = elder_care_institution
    second = factories.MembershipFactory.create(institution=place, duty=Duty.ADMINISTRATOR).user
    at_once(
        lambda: granting.grant(second, Duty.CLERK, place, by=institution_administrator),
        lambda: granting.grant(institution_administrator, Duty.CLERK, place, by=second),
    )
    assert Membership.objects.filter(institution=place, duty=Duty.CLERK).count() == 2


@pytest.mark.parametrize("held", ["the place", "the inviter"])
def test_who_refers_to_a_row_does_not_wait_for_whoever_changes_it(
    held: str, institution_administrator: User, elder_care_institution: Institution
) -> None:
    """Else the two wait for each other: an invitation is logged about the place before it refers to it, facts after."""
    invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    invitee = factories.UserFactory.create(full_name="郑赟")
    act = {
        "the place": lambda: inviting.invite("许喆", Duty.CLERK, elder_care_institution, by=institution_administrator),
        "the inviter": lambda: inviting.accept(invitation, by=invitee),
    }[held]
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        locking.locked(elder_care_institution) if held == "the place" else granting.locked(institution_administrator)
        assert pool.submit(closing_its_connection, act).result(timeout=15)


def test_a_persons_duties_are_locked_in_one_order_whichever_was_looked_at(
    waiting: Membership, officers: tuple[User, User], institution_administrator: User
) -> None:
    """Whoever ends a duty of the place locks all of them, the oldest first."""
    place = waiting.institution
    later = granting.grant(waiting.user, Duty.SIGNATORY, place, by=institution_administrator)
    seen = look(waiting.user)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=waiting.pk)
            done = pool.submit(closing_its_connection, lambda: holders.confirm(later, seen, by=officers[0]))
            until_somebody_waits_for_us()
            assert Membership.objects.select_for_update(nowait=True, of=("self",)).get(pk=later.pk)
        assert {each.pk for each in done.result(timeout=30)} == {waiting.pk, later.pk}
