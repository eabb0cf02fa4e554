"""What the request has read of a person's duties denies without a query; it never grants."""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements.models import Agreement
from institutions.models import (
    HELD,
    Duty,
    Institution,
    Membership,
    authorities_of,
    has_duty,
    institutions_held_by,
    institutions_kept_by,
    institutions_of,
    institutions_read_by,
    remit_of,
    remit_read_by,
    reviews_for,
)
from institutions.models.authority import Authority
from institutions.models.duty import holds_none
from tests import factories

pytestmark = pytest.mark.django_db
Asked = Callable[[User], QuerySet[Institution]]
AT_AN_INSTITUTION: list[tuple[Asked, set[Duty]]] = [
    (institutions_of, {Duty.CLERK}),
    (institutions_read_by, {Duty.CLERK, Duty.SIGNATORY}),
    (institutions_held_by, {Duty.CLERK, Duty.SIGNATORY, Duty.ADMINISTRATOR}),
    (institutions_kept_by, {Duty.CLERK, Duty.ADMINISTRATOR}),
]


def as_read(user: User) -> User:
    """Note on the person what a request notes."""
    setattr(user, HELD, list(Membership.objects.filter(user=user).with_places()))
    return user


@pytest.mark.parametrize(("asked", "duties"), AT_AN_INSTITUTION)
@pytest.mark.parametrize("duty", [Duty.CLERK, Duty.SIGNATORY, Duty.ADMINISTRATOR])
def test_only_the_duties_that_count_are_asked_for(
    asked: Asked,
    duties: set[Duty],
    duty: Duty,
    nobodys_user: User,
    elder_care_institution: Institution,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    factories.MembershipFactory.create(user=nobodys_user, institution=elder_care_institution, duty=duty)
    counts = duty in duties
    assert list(asked(nobodys_user)) == [elder_care_institution] * counts
    as_read(nobodys_user)
    with django_assert_num_queries(int(counts)):
        assert list(asked(nobodys_user)) == [elder_care_institution] * counts


def test_an_official_has_a_remit_and_no_institution(
    health_reviewer: User, health_authority: Authority, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_read(health_reviewer)
    assert health_authority.region in remit_of(health_reviewer)
    assert list(authorities_of(health_reviewer)) == [health_authority]
    assert reviews_for(health_reviewer, health_authority)
    with django_assert_num_queries(0):
        assert not institutions_of(health_reviewer).exists()
        assert not authorities_of(health_reviewer, Duty.ADMINISTRATOR).exists()
        assert not has_duty(health_reviewer, Duty.AUDITOR)


def test_a_clerk_has_no_remit_and_reads_their_own_agreements_alone(
    elder_care_clerk: User,
    health_authority: Authority,
    draft: Agreement,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    as_read(elder_care_clerk)
    assert list(Agreement.objects.visible_to(elder_care_clerk)) == [draft]
    with django_assert_num_queries(0):
        assert not remit_of(elder_care_clerk).exists()
        assert not reviews_for(elder_care_clerk, health_authority)


def test_whoever_holds_nothing_is_shown_nothing_without_a_query(
    nobodys_user: User, draft: Agreement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_read(nobodys_user)
    with django_assert_num_queries(0):
        assert not Agreement.objects.visible_to(nobodys_user).exists()


def test_only_the_place_acted_for_counts(elder_care_clerk: User, elder_care_institution: Institution) -> None:
    as_read(elder_care_clerk)
    elder_care_clerk.acting = ("institution", elder_care_institution.pk)
    assert not holds_none(elder_care_clerk, [Duty.CLERK])
    elder_care_clerk.acting = ("institution", elder_care_institution.pk + 1)
    assert holds_none(elder_care_clerk, [Duty.CLERK])


def test_what_ended_since_it_was_read_is_not_held(elder_care_clerk: User) -> None:
    as_read(elder_care_clerk)
    Membership.objects.filter(user=elder_care_clerk).delete()
    assert not institutions_of(elder_care_clerk).exists()


def test_outside_a_request_nothing_is_known_beforehand(nobodys_user: User) -> None:
    assert not holds_none(nobodys_user, [Duty.CLERK])


@pytest.mark.parametrize("code", ["000000", "330000", "330600", "330602"])
def test_what_is_read_of_a_remit_is_the_remit(code: str) -> None:
    for below in ("330602", "330603", "330702", "430105"):
        factories.region(below)
    authority = factories.AuthorityFactory.create(region=factories.region(code), kind=Authority.Kind.HEALTH)
    user = factories.MembershipFactory.create(authority=authority, duty=Duty.SUPERVISOR).user
    asked = set(remit_of(user))
    assert asked == set(remit_read_by(user)) == set(remit_read_by(as_read(user)))
    assert factories.region("330602") in asked
