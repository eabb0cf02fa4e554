"""An import is three kinds of job: what the worker does with them is what the table of states says."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from audit.log import history
from imports import runs
from imports.background import CHECK, READ, WRITE
from imports.lifecycle import CHECK as CHECKED
from imports.lifecycle import FAIL, FAIL_TO_OPEN, HAND_BACK, LIFE, TAKE_UP, Step
from imports.lifecycle import READ as OPENED
from imports.lifecycle import WRITE as WRITTEN
from imports.models import InstitutionImport
from institutions.models import Authority
from jobs import Kind
from tests.imports.making import fresh
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
    [
        (READ, TAKE_UP[0], HAND_BACK[0], OPENED),
        (CHECK, TAKE_UP[1], HAND_BACK[1], CHECKED),
        (WRITE, TAKE_UP[2], HAND_BACK[2], WRITTEN),
    ],
    ids=["read", "check", "write"],
)
def test_the_worker_does_what_the_table_says(
    kind: Kind[InstitutionImport], taken_up: Step, handed_back: Step, done: Step
) -> None:
    leads(taken_up, kind.waiting, kind.running)
    leads(handed_back, kind.running, kind.waiting)
    leads(done, kind.running, kind.done)
    fail = FAIL_TO_OPEN if kind is READ else FAIL
    LIFE.check(InstitutionImport(state=kind.running), fail)
    assert fail.target == kind.failed


@pytest.mark.parametrize("state", list(State))
def test_giving_up_is_possible_until_it_is_written(
    state: State, health_authority: Authority, health_reviewer: User
) -> None:
    facts = {
        "file": "" if state == State.REFUSED else "a.xlsx",
        "failure": "why",
        "file_name": "a.xlsx",
        "size": 1,
        "sha256": "b" * 64,
    }
    people = {"uploaded_by": health_reviewer, "confirmed_by": health_reviewer}
    done = {"done_at": timezone.now()} if state == State.DONE else {}
    run = InstitutionImport.objects.create(authority=health_authority, state=state, **facts, **people, **done)
    left = {State.UNREAD, State.MAPPING, State.CHECKED, State.FAILED}
    for give_up, allowed in (
        (partial(runs.abandon, by=health_reviewer), left | {State.RECEIVED, State.WAITING}),
        (runs.give_up, left),
    ):
        with transaction.atomic():
            if state in allowed:
                give_up(run)
                assert fresh(run).state == State.ABANDONED
                assert history(run).get().event == "import.abandoned"
            else:
                with pytest.raises(WrongState):
                    give_up(run)
                assert fresh(run).state == state
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", [State.DONE, State.ABANDONED])
def test_which_sheet_was_imported_by_whom_is_never_rewritten(
    state: State, health_authority: Authority, health_reviewer: User, civil_affairs_officer: User
) -> None:
    facts: dict[str, Any] = {
        "file": "a.xlsx",
        "file_name": "a.xlsx",
        "size": 1,
        "sha256": "b" * 64,
        "uploaded_by": health_reviewer,
    }
    run = InstitutionImport.objects.create(authority=health_authority, state=State.CHECKED, **facts)
    row, late = InstitutionImport.objects.filter(pk=run.pk), timezone.now()
    sent: dict[str, Any] = {
        "sha256": "c" * 64,
        "file_name": "b.xlsx",
        "file": "b.xlsx",
        "size": 2,
        "uploaded_by": civil_affairs_officer,
    }
    ended: dict[str, Any] = {
        "state": State.CHECKED,
        "confirmed_by": civil_affairs_officer,
        "tally": {"added": 9},
        "marked": "b.xlsx",
    }
    for name, value in sent.items():
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            row.update(**{name: value})
    done: dict[str, Any] = {"done_at": late, "confirmed_by": health_reviewer} if state == State.DONE else {}
    row.update(state=state, **done)
    for name, value in (sent | ended).items():
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            row.update(**{name: value})
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        row.delete()
    assert row.update(rows_dropped_at=late) == 1
