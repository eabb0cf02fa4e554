"""Every verb about an eligibility case, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from accounts.models import User
from eligibility import answering, reviewing
from eligibility.models import EligibilityCase
from institutions.models import Institution
from tests import factories
from tests.eligibility.conftest import ALL_MET, ANSWERS, InState
from tests.verbs.refusing import by_verb, refuse
from verbs.errors import NotAllowed

State = EligibilityCase.State
VERBS: dict[str, tuple[State, Callable[[EligibilityCase, User], object]]] = {
    "answer": (State.DRAFT, lambda row, by: answering.answer(row, by=by, revision=row.revision, answers=ANSWERS)),
    "detach": (State.DRAFT, lambda row, by: answering.detach(row.evidence.get(), by=by)),
    "submit": (State.DRAFT, lambda row, by: answering.submit(row, by=by, revision=row.revision)),
    "review": (State.SUBMITTED, lambda row, by: reviewing.review(row, by=by, revision=row.revision, findings=ALL_MET)),
    "confirm": (
        State.SUBMITTED,
        lambda row, by: reviewing.confirm(
            row, by=by, valid_from=factories.today(), valid_to=factories.today() + timedelta(days=9)
        ),
    ),
    "return": (State.SUBMITTED, lambda row, by: reviewing.return_(row, by=by, reason="看不清")),
    "withdraw": (State.CONFIRMED, lambda row, by: reviewing.withdraw(row, by=by, reason="评价不合格")),
}
OF_THE_INSTITUTION = ("answer", "detach", "submit")
NEVER = (
    "stranger",
    "elder_care_clerk",
    "civil_affairs_officer",
    "other_reviewer",
    "supervisor",
    "auditor",
    "nobodys_user",
)
CASES = [
    *((verb, person) for verb in VERBS for person in NEVER),
    *((verb, "health_reviewer") for verb in OF_THE_INSTITUTION),
    *((verb, "medical_clerk") for verb in VERBS if verb not in OF_THE_INSTITUTION),
]


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_verb_refuses_whoever_may_not(
    verb: str, people: list[str], in_state: InState, request: pytest.FixtureRequest
) -> None:
    state, call = VERBS[verb]
    row = in_state(state)
    refuse(*(partial(call, row, by) for by in [request.getfixturevalue(person) for person in people]))


@pytest.mark.parametrize("person", NEVER)
def test_nobody_else_begins_for_the_institution(
    person: str,
    scheme: None,
    health_authority: object,
    medical_institution: Institution,
    request: pytest.FixtureRequest,
) -> None:
    by = request.getfixturevalue(person)
    with pytest.raises(NotAllowed):
        answering.begin(medical_institution, by=by)
    assert not EligibilityCase.objects.exists()
