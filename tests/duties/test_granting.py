"""Granting and ending duties: who may, to whom never, what is kept apart, what is written and told."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from audit.models import Entry
from duties import events, granting, helping, inviting, suspending
from duties.models import Invitation
from duties.permissions import grantable
from duties.places import Place
from duties.separation import APART, AUDITOR, PLATFORM_ADMINISTRATOR
from institutions.models import Authority, Duty, Institution, Membership
from notifications.models import Notice
from tests import factories
from verbs.errors import WrongState


def holds(user: User, duty: Duty) -> bool:
    return user.memberships.filter(duty=duty).exists()


def test_an_administrator_grants_and_it_is_written_and_told(
    client: Client, institution_administrator: User, colleague: User, elder_care_institution: Institution
) -> None:
    client.force_login(colleague)
    for _ in range(2):  # the second changes nothing
        granted = granting.grant(colleague, Duty.SIGNATORY, elder_care_institution, by=institution_administrator)
    assert granted.since is not None
    entry = Entry.objects.get(event=events.Granted.code, subject_id=colleague.pk)
    assert (entry.actor_id, entry.data["duty"]) == (institution_administrator.pk, "signatory")
    assert entry.data["place"] == elder_care_institution.name
    assert Notice.objects.get(recipient=colleague).title == f"您已成为{elder_care_institution.name}的授权签约人"
    assert not Session.objects.filter(user=colleague).exists(), "they sign in again, with the second factor"


def test_nobody_grants_to_themself(
    institution_administrator: User, elder_care_institution: Institution, platform_administrator: User
) -> None:
    with pytest.raises(PermissionDenied, match="自己"):
        granting.grant(institution_administrator, Duty.SIGNATORY, elder_care_institution, by=institution_administrator)
    with pytest.raises(PermissionDenied, match="自己"):
        granting.grant(platform_administrator, Duty.TEMPLATE_EDITOR, None, by=platform_administrator)
    name = institution_administrator.full_name
    with pytest.raises(PermissionDenied, match="自己"):
        inviting.invite(name, Duty.SIGNATORY, elder_care_institution, by=institution_administrator)


def test_who_may_grant_what_where(
    elder_care_institution: Institution,
    stranger_institution: Institution,
    health_authority: Authority,
    civil_affairs_authority: Authority,
    institution_administrator: User,
    authority_administrator: User,
    platform_administrator: User,
    elder_care_clerk: User,
    health_reviewer: User,
    auditor: User,
) -> None:
    of_house = (Duty.CLERK, Duty.SIGNATORY, Duty.APPROVER, Duty.ADMINISTRATOR)
    of_bureau = (Duty.REVIEWER, Duty.SUPERVISOR, Duty.ADMINISTRATOR)
    places: list[Place] = [
        elder_care_institution,
        stranger_institution,
        health_authority,
        civil_affairs_authority,
        None,
    ]
    nothing: tuple[Duty, ...] = ()
    on_platform = (Duty.TEMPLATE_EDITOR, Duty.AUDITOR, Duty.ADMINISTRATOR)
    first_of_bureau = (Duty.ADMINISTRATOR,)  # only where there is none yet
    expected = {
        institution_administrator: [of_house, nothing, nothing, nothing, nothing],
        authority_administrator: [nothing, nothing, of_bureau, nothing, nothing],
        platform_administrator: [nothing, nothing, nothing, first_of_bureau, on_platform],
        elder_care_clerk: [nothing] * 5,
        health_reviewer: [nothing] * 5,
        auditor: [nothing] * 5,
    }
    for user, each in expected.items():
        assert [grantable(user, place) for place in places] == each, user.username


@pytest.mark.parametrize("pair", sorted(sorted(pair) for pair in APART), ids=str)
def test_what_is_kept_apart(pair: list[tuple[str, Duty]], db: None) -> None:
    places: dict[str, Place] = {
        "institution": factories.OpenElderCareFactory.create(),
        "authority": factories.AuthorityFactory.create(),
        "platform": None,
    }
    for (kind, duty), (other_kind, other) in (pair, pair[::-1]):
        user = factories.UserFactory.create()
        granting.give(user, duty, places[kind], by=user, giver=None)
        with pytest.raises(WrongState, match="职责分离"):
            granting.give(user, other, places[other_kind], by=user, giver=None)
    assert PLATFORM_ADMINISTRATOR in pair or AUDITOR in pair


def test_whoever_decides_works_for_none_of_those_decided_over(
    elder_care_institution: Institution, stranger_institution: Institution, health_authority: Authority
) -> None:
    reviewer = factories.UserFactory.create()
    granting.give(reviewer, Duty.REVIEWER, health_authority, by=reviewer, giver=None)
    with pytest.raises(WrongState, match="职责分离"):
        granting.give(reviewer, Duty.CLERK, elder_care_institution, by=reviewer, giver=None)
    granting.give(reviewer, Duty.CLERK, stranger_institution, by=reviewer, giver=None)


def test_ending_is_written_and_told_and_done_once(
    institution_administrator: User, colleague: User, elder_care_institution: Institution
) -> None:
    membership = colleague.memberships.get()
    assert granting.end(membership, by=institution_administrator, reason="离职")
    assert not granting.end(membership, by=institution_administrator, reason="离职")
    assert not holds(colleague, Duty.CLERK)
    entry = Entry.objects.get(event=events.Ended.code)
    assert (entry.subject_id, entry.data["reason"], entry.data["duty"]) == (colleague.pk, "离职", "clerk")
    assert "离职" in Notice.objects.get(recipient=colleague).body


def test_the_last_administrator_stays_and_takes_their_invitations_along(
    institution_administrator: User, colleague: User, elder_care_institution: Institution
) -> None:
    own = institution_administrator.memberships.get()
    with pytest.raises(WrongState, match="只有这一位管理员"):
        granting.end(own, by=institution_administrator, reason="调动")
    granting.grant(colleague, Duty.ADMINISTRATOR, elder_care_institution, by=institution_administrator)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(WrongState, match="只有这一位管理员"):
        granting.end(own, by=institution_administrator, reason="调动")
    User.objects.filter(pk=colleague.pk).update(is_active=True)
    inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    granting.end(own, by=institution_administrator, reason="调动")
    assert Invitation.objects.get().state == Invitation.State.CANCELLED


def test_others_end_nothing(colleague: User, elder_care_clerk: User, platform_administrator: User) -> None:
    for user in (elder_care_clerk, platform_administrator):
        with pytest.raises(PermissionDenied):
            granting.end(colleague.memberships.get(), by=user, reason="无")


def test_suspending_ends_sessions_and_is_the_platforms_alone(
    client: Client, platform_administrator: User, institution_administrator: User, colleague: User
) -> None:
    client.force_login(colleague)
    for by in (institution_administrator, colleague):
        with pytest.raises(PermissionDenied):
            suspending.suspend(colleague, by=by, reason="无")
    with pytest.raises(PermissionDenied, match="自己"):
        suspending.suspend(platform_administrator, by=platform_administrator, reason="无")
    assert [suspending.suspend(colleague, by=platform_administrator, reason="停用") for _ in range(2)] == [True, False]
    assert client.get(reverse("home")).status_code == 302
    place = colleague.memberships.get().institution
    with pytest.raises(WrongState, match="已停用"):
        granting.grant(colleague, Duty.SIGNATORY, place, by=institution_administrator)
    assert [suspending.restore(colleague, by=platform_administrator, reason="返岗") for _ in range(2)] == [True, False]
    assert Entry.objects.filter(event__in=[events.AccountSuspended.code, events.AccountRestored.code]).count() == 2


def test_only_who_looks_after_all_places_of_a_person_helps_with_password_and_phone(
    institution_administrator: User, colleague: User, stranger_institution: Institution, platform_administrator: User
) -> None:
    assert len(helping.issue_password(colleague, by=institution_administrator)) >= 12
    helping.reset_second_factor(colleague, by=institution_administrator)  # both: nothing counts until they are seen
    other = factories.MembershipFactory.create(
        institution=colleague.memberships.get().institution, duty=Duty.ADMINISTRATOR
    ).user
    for help_with in (helping.reset_second_factor, helping.issue_password):
        with pytest.raises(PermissionDenied, match="原办理人"):  # of two who know the secrets one could confirm
            help_with(colleague, by=other)
    assert Notice.objects.filter(recipient=colleague, kind__in=["password_issued", "second_factor_reset"]).count() == 2
    factories.MembershipFactory.create(user=colleague, institution=stranger_institution)
    for by in (institution_administrator, platform_administrator, colleague):
        with pytest.raises(PermissionDenied):
            helping.issue_password(colleague, by=by)
        with pytest.raises(PermissionDenied):
            helping.reset_second_factor(colleague, by=by)
    assert Membership.objects.filter(user=colleague).count() == 2
