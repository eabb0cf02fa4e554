"""Who sees an agreement whose two sides and whose own county are three places, in every state it can be in."""

from typing import Any

import pytest

from accounts.models import User
from agreements.models import Agreement, Template, TemplateVersion
from institutions.models import Authority, Duty, Institution
from tests import factories
from tests.agreements.world import World

HERE, OVER_THERE, ELSEWHERE = "330602", "330604", "430105"
State = Agreement.State
BEEN_IN_FORCE = {State.IN_FORCE, State.EXPIRED, State.TERMINATED, State.SUPERSEDED}
NOT_SENT = {State.DRAFT, State.DISCARDED}


def member(institution: Institution, duty: Duty = Duty.CLERK) -> User:
    return factories.MembershipFactory.create(institution=institution, duty=duty).user


def official(code: str, duty: Duty = Duty.REVIEWER) -> User:
    kind = Authority.Kind.CIVIL_AFFAIRS
    region = factories.region(code)
    authority = Authority.objects.filter(region=region, kind=kind).first()
    authority = authority or factories.AuthorityFactory.create(region=region, kind=kind)
    return factories.MembershipFactory.create(authority=authority, duty=duty).user


@pytest.fixture
def world(db: None) -> World:
    medical = factories.OpenMedicalInstitutionFactory.create(region=factories.region(OVER_THERE))
    home = factories.OpenElderCareFactory.create(region=factories.region(HERE))
    template = Template.objects.create(slug="made-up", region=home.region)
    facts: dict[str, Any] = {"title": "协议", "is_official": False, "body": {}, "digest": "c" * 64}
    version = TemplateVersion.objects.create(template=template, number=1, **facts)
    return World(medical, home, version, factories.UserFactory.create(), factories.UserFactory.create())


@pytest.fixture
def people(world: World) -> dict[str, User]:
    neighbour = factories.OpenElderCareFactory.create(region=factories.region(HERE))
    return {
        "drafter": member(world.elder_care),
        "drafting signatory": member(world.elder_care, Duty.SIGNATORY),
        "drafting administrator": member(world.elder_care, Duty.ADMINISTRATOR),
        "partner": member(world.medical),
        "partner's signatory": member(world.medical, Duty.SIGNATORY),
        "neighbour": member(neighbour),
        "official here": official(HERE),
        "supervisor here": official(HERE, Duty.SUPERVISOR),
        "administrator here": official(HERE, Duty.ADMINISTRATOR),
        "official over there": official(OVER_THERE),
        "official elsewhere": official(ELSEWHERE),
        "official nowhere": official("410100"),
    }


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("drafting", ["elder_care", "medical"])
def test_who_sees_it(state: State, drafting: str, world: World, people: dict[str, User]) -> None:
    drafted_by = getattr(world, drafting)
    row = world.agreement(state, drafted_by=drafted_by, region=factories.region(ELSEWHERE))
    sides = {"elder_care": {"drafter", "drafting signatory"}, "medical": {"partner", "partner's signatory"}}
    expected = sides[drafting] if state in NOT_SENT else sides["elder_care"] | sides["medical"]
    if state in BEEN_IN_FORCE:
        expected = expected | {"official here", "supervisor here", "official over there", "official elsewhere"}
    seen = {name for name, user in people.items() if Agreement.objects.visible_to(user).filter(pk=row.pk).exists()}
    assert seen == expected


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(("drafting", "answering"), [("elder_care", "partner"), ("medical", "drafter")])
def test_what_was_sent_waits_for_the_clerks_of_the_other_side(
    state: State, drafting: str, answering: str, world: World, people: dict[str, User]
) -> None:
    world.agreement(state, drafted_by=getattr(world, drafting))
    asked = {name for name, user in people.items() if Agreement.objects.to_answer_by(user).exists()}
    assert asked == ({answering} if state == State.NEGOTIATING else set())
