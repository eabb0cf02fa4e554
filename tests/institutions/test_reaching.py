"""Whom to tell of what happens in a county: its own authority, or the nearest above that is known."""

import pytest

from institutions.models import Authority, Duty
from institutions.reaching import reviewers_by_region
from tests import factories

KIND = Authority.Kind.CIVIL_AFFAIRS


def reviewer_of(code: str) -> int:
    authority = factories.AuthorityFactory.create(region=factories.region(code), kind=KIND)
    return factories.MembershipFactory.create(authority=authority, duty=Duty.REVIEWER).user.pk


@pytest.mark.django_db
def test_the_nearest_authority_is_told_and_none_above_it() -> None:
    county, neighbour, elsewhere = map(factories.region, ("330602", "330604", "430103"))
    reviewer_of("330000")
    in_the_city, in_the_county = reviewer_of("330600"), reviewer_of("330602")
    told = reviewers_by_region([county, neighbour, elsewhere], KIND)
    assert dict(told) == {county.pk: [in_the_county], neighbour.pk: [in_the_city], elsewhere.pk: []}
