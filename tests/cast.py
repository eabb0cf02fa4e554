"""The fixed people of the tests, all around one elder-care institution in 绍兴市越城区 (330602).

The clerk drafts, her colleague works in the same house, the signatory signs for it, the approver leads it, the medical
clerk is on the partner's side, and the stranger is a clerk elsewhere who must see none of it. Both bureaus of the
county review, the bureau of 上虞区 (330604) does so next door, 绍兴市 supervises and 长沙市 (430100) has no business
here. Passwords: `factories.PASSWORD`.
"""

import pytest

from accounts.models import User
from institutions.models import Authority, Duty, Institution
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


def _official(username: str, full_name: str, authority: Authority, duty: Duty) -> User:
    user = factories.UserFactory.create(username=username, full_name=full_name)
    factories.MembershipFactory.create(user=user, authority=authority, duty=duty)
    return user


@pytest.fixture
def signatory(elder_care_institution: Institution) -> User:
    """Signs for the elder-care institution and reads its papers."""
    user = factories.UserFactory.create(username="signatory", full_name="沈祎")
    factories.MembershipFactory.create(user=user, institution=elder_care_institution, duty=Duty.SIGNATORY)
    return user


@pytest.fixture
def approver(elder_care_institution: Institution) -> User:
    """Leads the elder-care institution: approves its texts, where it wants that, and reads its papers."""
    user = factories.UserFactory.create(username="approver", full_name="何祎")
    factories.MembershipFactory.create(user=user, institution=elder_care_institution, duty=Duty.APPROVER)
    return user


@pytest.fixture
def health_reviewer(health_authority: Authority) -> User:
    """Reviews what is filed with the county's health bureau."""
    return _official("health-reviewer", "孙昇", health_authority, Duty.REVIEWER)


@pytest.fixture
def civil_affairs_officer(civil_affairs_authority: Authority) -> User:
    """Reviews what is filed with the county's civil affairs bureau, and answers for coverage."""
    return _official("civil-affairs-officer", "钱堃", civil_affairs_authority, Duty.REVIEWER)


@pytest.fixture
def second_officer(civil_affairs_authority: Authority) -> User:
    """Reviews beside them."""
    return factories.MembershipFactory.create(authority=civil_affairs_authority, duty=Duty.REVIEWER).user


@pytest.fixture
def other_reviewer(db: None) -> User:
    """Reviews next door, in 上虞区."""
    authority = factories.AuthorityFactory.create(region=factories.region("330604"), kind=Authority.Kind.HEALTH)
    return _official("other-reviewer", "李赟", authority, Duty.REVIEWER)


@pytest.fixture
def supervisor(county: Region) -> User:
    """Reads everything of 绍兴市, which the county belongs to."""
    authority = factories.AuthorityFactory.create(region=factories.region("330600"), kind=Authority.Kind.HEALTH)
    return _official("supervisor", "冯喆", authority, Duty.SUPERVISOR)


@pytest.fixture
def other_supervisor(db: None) -> User:
    """Reads everything of 长沙市, which is far away."""
    authority = factories.AuthorityFactory.create(region=factories.region("430100"), kind=Authority.Kind.CIVIL_AFFAIRS)
    return _official("other-supervisor", "褚文", authority, Duty.SUPERVISOR)


@pytest.fixture
def institution_administrator(elder_care_institution: Institution) -> User:
    """Looks after the people of the elder-care institution; reads none of its agreements."""
    user = factories.UserFactory.create(username="institution-administrator", full_name="韩昇")
    factories.MembershipFactory.create(user=user, institution=elder_care_institution, duty=Duty.ADMINISTRATOR)
    return user


@pytest.fixture
def authority_administrator(health_authority: Authority) -> User:
    """Looks after the people of the county's health bureau and confirms the first administrators of institutions."""
    return _official("authority-administrator", "杨祎", health_authority, Duty.ADMINISTRATOR)


@pytest.fixture
def platform_administrator(db: None) -> User:
    """Keeps the platform; reads neither agreements nor the log."""
    user = factories.UserFactory.create(username="platform-administrator", full_name="朱赟")
    factories.MembershipFactory.create(user=user, duty=Duty.ADMINISTRATOR)
    return user


@pytest.fixture
def auditor(db: None) -> User:
    user = factories.UserFactory.create(username="auditor", full_name="卫明")
    factories.MembershipFactory.create(user=user, duty=Duty.AUDITOR)
    return user


@pytest.fixture
def template_editor(db: None) -> User:
    user = factories.UserFactory.create(username="template-editor", full_name="蒋兰")
    factories.MembershipFactory.create(user=user, duty=Duty.TEMPLATE_EDITOR)
    return user


@pytest.fixture
def nobodys_user(db: None) -> User:
    """Signed in, but without any duty."""
    return factories.UserFactory.create(username="nobody", full_name="无任职")
