"""Every verb about a filing, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import User
from filing import handing_in, lifecycle, rescans
from filing.models import Filing, HandIn
from institutions.models import Duty, Institution
from tests import factories
from tests.filing.fixtures import InState
from tests.verbs.refusing import by_verb, refuse

VERBS: dict[str, tuple[Filing.State, Callable[[Filing, User], object]]] = {
    "submit": (Filing.State.DUE, lambda row, by: lifecycle.submit(row, by=by)),
    "withdraw": (Filing.State.SUBMITTED, lambda row, by: lifecycle.withdraw(row, by=by)),
    "take_up": (Filing.State.SUBMITTED, lambda row, by: lifecycle.take_up(row, by=by)),
    "hand_over": (Filing.State.UNDER_REVIEW, lambda row, by: lifecycle.hand_over(row, by=by, to=by)),
    "accept": (Filing.State.UNDER_REVIEW, lambda row, by: lifecycle.accept(row, by=by)),
    "return": (Filing.State.UNDER_REVIEW, lambda row, by: lifecycle.return_(row, by=by, reasons="缺页")),
    "resubmit": (Filing.State.RETURNED, lambda row, by: lifecycle.resubmit(row, by=by, remark="已补")),
}
OF_THE_PARTIES = ("submit", "withdraw", "resubmit")
NEVER = (
    "stranger",
    "signatory",
    "institution_administrator",
    "other_reviewer",
    "supervisor",
    "auditor",
    "nobodys_user",
)
CASES = [
    *((verb, person) for verb in VERBS for person in (*NEVER, "civil_affairs_officer")),
    *((verb, "health_reviewer") for verb in OF_THE_PARTIES),
    *((verb, "medical_clerk") for verb in VERBS if verb not in OF_THE_PARTIES),
]


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_filing_verb_refuses_whoever_may_not(
    verb: str, people: list[str], in_state: InState, request: pytest.FixtureRequest
) -> None:
    state, call = VERBS[verb]
    row = in_state(state)
    refuse(*(partial(call, row, by) for by in [request.getfixturevalue(person) for person in people]))


ON_HAND_INS: dict[str, Callable[[HandIn, User], object]] = {
    "hand_in": lambda row, by: handing_in.hand_in(row, by=by, remark="已换"),
    "ask": lambda row, by: rescans.ask(row.filing, by=by, reason="缺角"),
}
DECIDING: dict[str, Callable[[HandIn, User], object]] = {
    "note": lambda row, by: handing_in.note(row, by=by),
    "send_back": lambda row, by: handing_in.send_back(row, by=by, reasons="看不清"),
}


@pytest.mark.parametrize("verb", ON_HAND_INS)
def test_a_verb_about_a_hand_in_refuses_whoever_may_not(verb: str, due: HandIn, request: pytest.FixtureRequest) -> None:
    people = [*NEVER, "civil_affairs_officer", *(["health_reviewer"] if verb == "hand_in" else [])]
    refuse(*(partial(ON_HAND_INS[verb], due, request.getfixturevalue(person)) for person in people))


@pytest.mark.parametrize("verb", DECIDING)
def test_a_verb_that_decides_a_hand_in_refuses_whoever_may_not(
    verb: str, handed_in: HandIn, request: pytest.FixtureRequest
) -> None:
    people = [*NEVER, "civil_affairs_officer", "medical_clerk", "elder_care_clerk"]
    refuse(*(partial(DECIDING[verb], handed_in, request.getfixturevalue(person)) for person in people))


def test_who_works_for_a_side_takes_no_note_of_its_hand_in(
    handed_in: HandIn, second_reviewer: User, elder_care_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=second_reviewer, institution=elder_care_institution, duty=Duty.SIGNATORY)
    refuse(lambda: handing_in.note(handed_in, by=second_reviewer))
    refuse(lambda: rescans.ask(handed_in.filing, by=second_reviewer, reason="缺角"))
