"""Two counties with a survey round and an eligibility case each: no list of the one shows a name of the other."""

import pytest
from django.test import Client

from accounts.models import User
from eligibility import answering
from institutions.models import Authority, Institution
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from surveys import rounds, saving
from tests import factories
from tests.access.surveyed import MADE_UP
from tests.access.test_leaks import shown
from tests.eligibility.conftest import answered
from tests.surveys.answers import MEDICAL

PLACES: list[tuple[str, dict[str, str]]] = [
    ("home", {}),
    ("survey-home", {}),
    ("surveys", {}),
    ("eligibility-list", {}),
    ("eligibility-list", {"state": "submitted"}),
    ("inbox", {}),
]
HERE, THERE = "越城摸底", "上虞摸底"


@pytest.fixture
def neighbours(
    medical_institution: Institution,
    stranger_institution: Institution,
    health_reviewer: User,
    other_reviewer: User,
    medical_clerk: User,
    supervisor: User,
) -> tuple[Institution, Institution]:
    """A medical institution of each county that has said everything, each asked by its own bureau."""
    beyond = factories.OpenMedicalInstitutionFactory.create(
        name="上虞区百官卫生院", region=stranger_institution.region, ownership="private_nonprofit"
    )
    clerk = factories.MembershipFactory.create(institution=beyond).user
    load_scheme_files(read_schemes(MADE_UP))
    for place, reviewer, title in ((medical_institution, health_reviewer, HERE), (beyond, other_reviewer, THERE)):
        bureau = Authority.objects.get(region=place.region, kind=Authority.Kind.HEALTH)
        rounds.ask(bureau, by=reviewer, title=title, due_on=factories.FAR_AHEAD)
    for place, by in ((medical_institution, medical_clerk), (beyond, clerk)):
        saving.hand_in(place, by=by, revision=0, values=MEDICAL)
    row = answered(answering.begin(medical_institution, by=medical_clerk), medical_clerk)
    answering.submit(row, by=medical_clerk, revision=row.revision)
    return medical_institution, beyond


def read(client: Client, user: User, *words: str) -> set[str]:
    """Return which of the words the person finds anywhere."""
    text = "".join(shown(client, user, place, asked) for place, asked in PLACES if _may(user, place))
    return {word for word in words if word in text}


def _may(user: User, place: str) -> bool:
    return place != "surveys" or user.memberships.filter(authority__isnull=False).exists()


def test_each_county_reads_its_own_and_the_prefecture_both(
    client: Client,
    neighbours: tuple[Institution, Institution],
    health_reviewer: User,
    civil_affairs_officer: User,
    other_reviewer: User,
    supervisor: User,
    medical_clerk: User,
) -> None:
    here, beyond = (each.name for each in neighbours)
    words = (here, HERE, beyond, THERE)
    assert read(client, health_reviewer, *words) == {here, HERE}
    assert read(client, civil_affairs_officer, *words) == {here, HERE}
    assert read(client, other_reviewer, *words) == {beyond, THERE}
    assert read(client, supervisor, *words) == set(words)
    assert read(client, medical_clerk, *words) == {here, HERE}


def test_nobody_else_reads_either(
    client: Client,
    neighbours: tuple[Institution, Institution],
    other_supervisor: User,
    auditor: User,
    authority_administrator: User,
    platform_administrator: User,
    nobodys_user: User,
) -> None:
    here, beyond = (each.name for each in neighbours)
    for user in (auditor, platform_administrator, nobodys_user):
        client.force_login(user)
        for place in ("survey-home", "eligibility-list"):
            text = shown(client, user, place, {})
            assert not [word for word in (here, HERE, beyond, THERE) if word in text], (user.username, place)
    assert read(client, other_supervisor, here, HERE, beyond, THERE) == set()
