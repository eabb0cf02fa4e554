"""Every verb about a filing, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
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
