"""Each kind of job through every way in which one goes wrong: it is done once or fails with a reason.

A worker that is killed is one that claims and is not heard of again; the clock then moves on. The table of what was
tried is printed at the end (tests/concurrency/job_table.py).
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

import jobs
from audit.models import Entry
from jobs import alive, bell
from jobs.models import Lease
from patience import circuit
from tests.at_once import at_once
from tests.concurrency.job_table import JOB_TABLE
from tests.concurrency.kinds import Bells, Case, broker_that_is_away
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)

A_SECOND = timedelta(seconds=1)
# Ways to be a job, by the fixture that makes each; an auditor's work is ordered in two ways.
CASES = [
    "rendition",
    "preview",
    "receipt",
    "import_read",
    "filing_batch",
    "import_check",
    "import_write",
    "verification",
    "export",
    "list",
    "letter",
    "upload",
]


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.getfixturevalue(f"{request.param}_case")
    return made


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands until it is moved."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def until_taken_for_dead(case: Case, clock: time_machine.Traveller) -> None:
    clock.shift(case.kind.dead_after + A_SECOND)


def ordered_once(case: Case) -> int:
    case.order()
    assert case.state() == case.kind.waiting
    return int(case.row().pk)


def assert_done_once(case: Case) -> None:
    assert (case.state(), case.count()) == (case.kind.done, 1)


def ordered_twice(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    at_once(case.order, case.order)
    with suppress(WrongState):
        case.order()
    bells.answer()
    assert (case.state(), case.count()) == (case.kind.done, 1 if case.is_one else 3)


def two_workers_at_once(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    pk = ordered_once(case)
    at_once(*[lambda: case.work(pk)] * 3)
    assert_done_once(case)


def delivered_again(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    pk = ordered_once(case)
    case.work(pk)
    made = case.kind.model._default_manager.filter(pk=pk).values().get()
    case.work(pk)
    assert case.kind.model._default_manager.filter(pk=pk).values().get() == made
    assert_done_once(case)


def message_lost(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    ordered_once(case)
    bells.lose()
    if case.kind.ring_again_after:
        case.sweep()
        assert bells.waiting() == [], "it may still come"
    clock.shift(case.kind.ring_again_after + A_SECOND)
    case.sweep()
    bells.answer()
    assert_done_once(case)


def broker_away(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    with pytest.MonkeyPatch.context() as away:
        away.setattr(bell, "current_app", broker_that_is_away())
        with bell.noting_silence() as silent:
            ordered_once(case)
        assert silent == [case.kind.name]
    circuit.ask_again()
    clock.shift(case.kind.ring_again_after + A_SECOND)
    case.sweep()
    bells.answer()
    assert_done_once(case)


def killed_after_claim(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    pk = ordered_once(case)
    assert jobs.claim(case.kind, pk)
    clock.shift(case.kind.dead_after - A_SECOND)
    bells.lose()
    case.sweep()
    case.work(pk)
    assert (case.state(), bells.waiting()) == (case.kind.running, []), "it may still be at work"
    clock.shift(2 * A_SECOND)
    case.sweep()
    assert case.state() == case.kind.waiting
    bells.answer()
    assert_done_once(case)


def late_worker(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    """Taken for dead, a worker comes back: while nobody has the job, while another has it, and after that one's end."""
    pk = ordered_once(case)
    late = jobs.claim(case.kind, pk)
    until_taken_for_dead(case, clock)
    case.sweep()
    assert_keeps_nothing(case, late, case.kind.waiting, 0)
    second = jobs.claim(case.kind, pk)
    assert_keeps_nothing(case, late, case.kind.running, 0)
    case.go_on(second)
    assert_keeps_nothing(case, late, case.kind.done, 1)


def assert_keeps_nothing(case: Case, late: object, state: str, count: int) -> None:
    row, told = case.kind.model._default_manager.values(), Entry.objects.count()
    before = row.latest("pk")
    case.go_on(late)
    with pytest.raises(jobs.Lost):
        jobs.fail(case.kind, late, "too late")
    assert row.latest("pk") == before
    assert (case.state(), case.count(), Entry.objects.count()) == (state, count, told)


def killed_each_time(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    """What kills every worker is given up after three, with its reason; whoever may order it again begins anew."""
    pk = ordered_once(case)
    for death in range(1, case.kind.most_deaths + 1):
        assert case.state() == case.kind.waiting, death
        assert jobs.claim(case.kind, pk)
        until_taken_for_dead(case, clock)
        jobs.rescue()
    assert (case.state(), case.count()) == (case.kind.failed, 0)
    assert getattr(case.row(), case.kind.failure) == case.kind.died
    assert not Lease.objects.exists()
    bells.lose()
    clock.shift(case.kind.ring_again_after + A_SECOND)
    case.sweep()
    assert bells.waiting() == []
    assert bool(case.again) != jobs.try_again(case.kind, pk), "by a person, or by the platform's administrator"
    if case.again:
        case.again()
    else:
        bells.answer()
        assert_done_once(case)


def alive_for_long(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    """Who gives signs of life keeps the job, however long it takes."""
    pk = ordered_once(case)
    row = jobs.claim(case.kind, pk)
    until_taken_for_dead(case, clock)
    alive.begin(case.kind, pk)
    bells.lose()
    jobs.rescue()
    assert (case.state(), bells.waiting()) == (case.kind.running, [])
    case.go_on(row)
    assert_done_once(case)


def no_room(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    """A full disk, and PostgreSQL away, are no fault of the job: it waits, however often, and then it is done."""
    pk = ordered_once(case)

    def full(row: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for _ in range(case.kind.most_deaths + 1):
        jobs.run(case.kind, pk, full)
        assert (case.state(), case.count()) == (case.kind.waiting, 0)
    clock.shift(case.kind.ring_again_after + A_SECOND)
    case.sweep()
    bells.answer()
    assert_done_once(case)


def swept_twice(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    pk = ordered_once(case)
    jobs.claim(case.kind, pk)
    until_taken_for_dead(case, clock)
    at_once(case.sweep, case.sweep)
    case.sweep()
    bells.answer()
    case.sweep()
    bells.answer()
    assert_done_once(case)


def failing(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    """Failed with its reason, it is not tried again by itself; ordered again, where that may be, it waits again."""
    ordered_once(case)
    case.spoil()
    with pytest.raises(ValueError) if case.is_raised else nullcontext():  # noqa: PT011  -- whatever cryptography says
        bells.answer()
    assert (case.state(), case.count()) == (case.kind.failed, 0)
    assert getattr(case.row(), case.kind.failure)
    until_taken_for_dead(case, clock)
    bells.lose()
    case.sweep()
    assert bells.waiting() == []
    if case.again:
        case.again()
        assert case.state() == case.kind.waiting


def breaking(case: Case, bells: Bells, clock: time_machine.Traveller) -> None:
    """An error of ours is raised, and the job fails with a reason, or waits again where nobody could order it again."""
    pk = ordered_once(case)

    def broken(row: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        jobs.run(case.kind, pk, broken)
    assert case.state() == (case.kind.failed if case.kind.fault else case.kind.waiting)
    assert getattr(case.row(), case.kind.failure) == case.kind.fault
    if not case.kind.fault:
        until_taken_for_dead(case, clock)
        case.sweep()
        bells.answer()
        assert_done_once(case)


Kill = Callable[[Case, Bells, time_machine.Traveller], None]
KILLS: dict[str, Kill] = {
    kill.__name__: kill
    for kill in (
        ordered_twice,
        two_workers_at_once,
        delivered_again,
        message_lost,
        broker_away,
        killed_after_claim,
        late_worker,
        killed_each_time,
        alive_for_long,
        no_room,
        swept_twice,
        failing,
        breaking,
    )
}


@pytest.mark.parametrize("kill", KILLS)
@pytest.mark.parametrize("case", CASES, indirect=True)
def test_job(
    case: Case,
    kill: str,
    bells: Bells,
    clock: time_machine.Traveller,
    record_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
) -> None:
    KILLS[kill](case, bells, clock)
    record_property(JOB_TABLE, [request.node.callspec.params["case"], kill])


def test_every_kind_of_job_is_here(request: pytest.FixtureRequest) -> None:
    cases: list[Case] = [request.getfixturevalue(f"{name}_case") for name in CASES]
    assert {case.kind.name for case in cases} == set(jobs.ALL)


def test_a_name_is_given_to_one_kind() -> None:
    [first, *_] = jobs.ALL.values()
    with pytest.raises(ValueError, match="already"):
        jobs.Kind(first.name, first.model, "", "", "", "", "", "", "")
