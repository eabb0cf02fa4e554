"""Who sees an agreement whose two sides and whose own county are three places, in every state it can be in."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from agreements.models import Agreement, Template, TemplateVersion
from filing.models import Filing
from institutions.models import HELD, Authority, Duty, Institution, Membership
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


def within_a_request(user: User) -> User:
    setattr(user, HELD, list(Membership.objects.effective().filter(user=user).with_places()))
    return user


@pytest.mark.parametrize("state", list(State))
def test_within_a_request_the_same_is_seen(state: State, world: World, people: dict[str, User]) -> None:
    world.agreement(state, region=factories.region(ELSEWHERE))
    for name, user in people.items():
        outside = list(Agreement.objects.shown_to(user))
        assert list(Agreement.objects.shown_to(within_a_request(user))) == outside, name


@pytest.mark.parametrize("is_in_a_request", [False, True])
def test_everybody_above_any_of_the_three_places_sees_it_and_nobody_beside(
    world: World, *, is_in_a_request: bool
) -> None:
    row = world.agreement("in_force", region=factories.region(ELSEWHERE))
    seen = {}
    for code in ("000000", "330000", "330600", HERE, OVER_THERE, "430000", "430100", ELSEWHERE, "330603", "410000"):
        user = within_a_request(official(code)) if is_in_a_request else official(code)
        seen[code] = Agreement.objects.visible_to(user).exists()
    assert [code for code, sees in seen.items() if not sees] == ["330603", "410000"]
    row.refresh_from_db()
    assert row.concerns == [0, 33, 43, 3306, 4301, 330602, 330604, 430105]


def test_who_moves_takes_its_agreements_along(world: World) -> None:
    row, other = world.agreement("in_force"), official("410105")
    assert not Agreement.objects.visible_to(other).exists()
    world.medical.region = factories.region("410105")
    world.medical.save(update_fields=["region"])
    assert Agreement.objects.visible_to(other).get() == row
    assert not Agreement.objects.visible_to(official(OVER_THERE)).exists()


def test_nobody_writes_whom_it_concerns_otherwise(world: World) -> None:
    row = world.agreement("in_force")
    row.refresh_from_db()
    right = row.concerns
    row.concerns = [0, 41]
    row.save()
    row.refresh_from_db()
    assert row.concerns == right == [0, 33, 3306, 330602, 330604]


def test_a_filing_concerns_its_authority_and_its_agreement_and_is_noted_once(world: World) -> None:
    prefecture = factories.AuthorityFactory.create(region=factories.region("410100"), kind=Authority.Kind.HEALTH)
    row = world.agreement("in_force")
    filing = Filing.objects.create(agreement=row, authority=prefecture, due_on=date(2026, 4, 1), due_basis="")
    filing.remark = "随附说明"
    filing.save()
    filing.refresh_from_db()
    assert (filing.remark, filing.concerns) == ("随附说明", [0, 33, 41, 3306, 4101, 330602])
    seen = {code: Filing.objects.visible_to(official(code)).exists() for code in ("410100", HERE, OVER_THERE, "410105")}
    assert seen == {"410100": True, HERE: True, OVER_THERE: False, "410105": False}
