"""Every verb of surveys, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from accounts.models import User
from institutions.models import Institution
from surveys import rounds, saving
from surveys.models import SurveyRound
from tests import factories
from tests.surveys.answers import ELDER_CARE
from tests.verbs.refusing import by_verb, refuse


@dataclass(frozen=True)
class Scene:
    institution: Institution
    opened: SurveyRound


VERBS: dict[str, Callable[[Scene, User], object]] = {
    "save": lambda at, by: saving.save_draft(at.institution, by=by, revision=0, values={"beds": 7}),
    "hand_in": lambda at, by: saving.hand_in(at.institution, by=by, revision=0, values=ELDER_CARE),
    "ask": lambda at, by: rounds.ask(at.opened.authority, by=by, title="再摸底", due_on=factories.FAR_AHEAD),
    "close": lambda at, by: rounds.close(at.opened, by=by),
}
OF_THE_INSTITUTION, OF_THE_AUTHORITY = ("save", "hand_in"), ("ask", "close")
NEVER = (
    "stranger",
    "medical_clerk",
    "signatory",
    "civil_affairs_officer",
    "other_reviewer",
    "supervisor",
    "authority_administrator",
    "auditor",
    "template_editor",
    "platform_administrator",
    "nobodys_user",
)
CASES = [
    *((verb, person) for verb in VERBS for person in NEVER),
    *((verb, "health_reviewer") for verb in OF_THE_INSTITUTION),
    *((verb, person) for verb in OF_THE_AUTHORITY for person in ("elder_care_clerk", "institution_administrator")),
]


@pytest.fixture
def scene(elder_care_institution: Institution, health_reviewer: User) -> Scene:
    authority = health_reviewer.memberships.get().authority
    assert authority is not None
    opened = rounds.ask(authority, by=health_reviewer, title="摸底", due_on=factories.FAR_AHEAD)
    return Scene(elder_care_institution, opened)


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_verb_refuses_whoever_may_not(
    verb: str, people: list[str], scene: Scene, request: pytest.FixtureRequest
) -> None:
    refuse(*(partial(VERBS[verb], scene, by) for by in [request.getfixturevalue(person) for person in people]))


@pytest.mark.parametrize("verb", VERBS)
def test_what_counts_is_the_place_that_the_person_acts_for(
    verb: str, scene: Scene, elder_care_clerk: User, health_reviewer: User, stranger_institution: Institution
) -> None:
    person, here = elder_care_clerk, ("institution", scene.institution.pk)
    if verb in OF_THE_AUTHORITY:
        person, here = health_reviewer, ("authority", scene.opened.authority_id)
    factories.MembershipFactory.create(user=person, institution=stranger_institution)
    refuse(lambda: VERBS[verb](scene, person.at("institution", stranger_institution.pk)))
    VERBS[verb](scene, person.at(*here))
