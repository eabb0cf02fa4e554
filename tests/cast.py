"""The fixed people of the tests, all around one elder-care institution in 绍兴市越城区 (330602).

The clerk drafts, her colleague works in the same house, the medical clerk is on the partner's side, and the
stranger is a clerk elsewhere who must see none of it. Passwords: `factories.PASSWORD`.
"""

import pytest

from accounts.models import User
from institutions.models import Authority, Institution
from regions.models import Region
from tests import factories


@pytest.fixture
def county(db: None) -> Region:
    return factories.region("330602")


@pytest.fixture
def elder_care_institution(county: Region) -> Institution:
    return factories.OpenElderCareFactory.create(name="越城区福星养老院", region=county, legal_representative="沈祎")


@pytest.fixture
def medical_institution(county: Region) -> Institution:
    return factories.OpenMedicalInstitutionFactory.create(
        name="越城区塔山街道社区卫生服务中心", region=county, legal_representative="徐赟"
    )


@pytest.fixture
def stranger_institution(db: None) -> Institution:
    return factories.OpenElderCareFactory.create(name="上虞区常青养老院", region=factories.region("330604"))


@pytest.fixture
def health_authority(county: Region) -> Authority:
    return factories.AuthorityFactory.create(region=county, kind=Authority.Kind.HEALTH)


@pytest.fixture
def civil_affairs_authority(county: Region) -> Authority:
    return factories.AuthorityFactory.create(region=county, kind=Authority.Kind.CIVIL_AFFAIRS)


def _clerk(username: str, full_name: str, institution: Institution) -> User:
    user = factories.UserFactory.create(username=username, full_name=full_name)
    factories.MembershipFactory.create(user=user, institution=institution)
    return user


@pytest.fixture
def elder_care_clerk(elder_care_institution: Institution) -> User:
    return _clerk("clerk", "陈喆", elder_care_institution)


@pytest.fixture
def colleague(elder_care_institution: Institution) -> User:
    """Works in the same institution as the elder-care clerk."""
    return _clerk("colleague", "周昇", elder_care_institution)


@pytest.fixture
def medical_clerk(medical_institution: Institution) -> User:
    """The partner's clerk."""
    return _clerk("medical-clerk", "吴䶮", medical_institution)


@pytest.fixture
def stranger(stranger_institution: Institution) -> User:
    """A clerk elsewhere, who must see nothing of the others."""
    return _clerk("stranger", "郑𠅤", stranger_institution)


@pytest.fixture
def nobodys_user(db: None) -> User:
    """Signed in, but a clerk of no institution."""
    return factories.UserFactory.create(username="nobody", full_name="无任职")
