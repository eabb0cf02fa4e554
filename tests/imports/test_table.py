"""An import is two kinds of job: what the worker does with them is what the table of states says."""

from itertools import pairwise

import pytest

from imports.background import CHECK, WRITE
from imports.lifecycle import CHECK as CHECKED
from imports.lifecycle import FAIL, HAND_BACK, LIFE, TAKE_UP, Step
from imports.lifecycle import WRITE as WRITTEN
from imports.models import InstitutionImport
from jobs import Kind
from verbs.errors import WrongState

State = InstitutionImport.State


def leads(step: Step, *states: str) -> None:
    """Assert that the step leads from one state to the next, and from no other state."""
    for source, target in pairwise(states):
        LIFE.check(InstitutionImport(state=source), step)
        assert step.target == target
        for other in set(State) - {source}:
            with pytest.raises(WrongState):
                LIFE.check(InstitutionImport(state=other), step)


@pytest.mark.parametrize(
    ("kind", "taken_up", "handed_back", "done"),
    [(CHECK, TAKE_UP[0], HAND_BACK[0], CHECKED), (WRITE, TAKE_UP[1], HAND_BACK[1], WRITTEN)],
    ids=["check", "write"],
)
def test_the_worker_does_what_the_table_says(
    kind: Kind[InstitutionImport], taken_up: Step, handed_back: Step, done: Step
) -> None:
    leads(taken_up, kind.waiting, kind.running)
    leads(handed_back, kind.running, kind.waiting)
    leads(done, kind.running, kind.done)
    LIFE.check(InstitutionImport(state=kind.running), FAIL)
    assert FAIL.target == kind.failed
