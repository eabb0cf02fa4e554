"""The stage of the coverage tests: the tree, the real schemes, and officials of several places."""

import pytest

from accounts.models import User
from institutions.models import Authority, Duty
from regions.models import Region
from tests import factories
from tests.coverage.histories import Stage, set_stage


@pytest.fixture
def stage(db: None) -> Stage:
    return set_stage()


def official(username: str, region: Region, duty: Duty, kind: Authority.Kind = Authority.Kind.CIVIL_AFFAIRS) -> User:
    """Return a person with a duty at an authority of the region."""
    authority = factories.AuthorityFactory.create(region=region, kind=kind)
    user = factories.UserFactory.create(username=username, full_name=f"{region.name}官员")
    factories.MembershipFactory.create(user=user, authority=authority, duty=duty)
    return user


@pytest.fixture
def city_supervisor(stage: Stage) -> User:
    """Supervises 绍兴市."""
    return official("city-supervisor", factories.region("330600"), Duty.SUPERVISOR)


@pytest.fixture
def county_reviewer(stage: Stage) -> User:
    """Reviews in 越城区."""
    return official("county-reviewer", stage.regions["330602"], Duty.REVIEWER)


@pytest.fixture
def foreign_supervisor(stage: Stage) -> User:
    """Supervises 长沙市, in another province."""
    return official("foreign-supervisor", factories.region("430100"), Duty.SUPERVISOR)
