"""Two officials with the same sheet at once, and an import beside an edit, on connections of their own."""

from functools import partial

import pytest

import jobs
from accounts.models import User
from audit.models import Entry
from imports import events as import_events
from imports import read_run, runs, write_run
from imports.background import READ
from imports.models import InstitutionImport
from institutions import events as institution_events
from institutions.models import Authority, Institution
from tests.at_once import at_once
from tests.concurrency.kinds import Bells
from tests.imports.making import book, checked, fresh, home, sent

pytestmark = pytest.mark.django_db(transaction=True)
State = InstitutionImport.State


def confirmed(content: bytes, authority: Authority, by: User) -> InstitutionImport:
    run = checked(content, authority, by)
    runs.confirm(run, by=by)
    return run


def test_the_same_sheet_from_two_bureaus_registers_everybody_once(
    health_authority: Authority,
    civil_affairs_authority: Authority,
    health_reviewer: User,
    civil_affairs_officer: User,
) -> None:
    # Without codes no unique constraint helps: it is the lock on the region that does.
    content = book(*(home(number, uscc="", operator_name="东湖街道办事处") for number in range(30)))
    one = confirmed(content, health_authority, health_reviewer)
    other = confirmed(content, civil_affairs_authority, civil_affairs_officer)
    at_once(partial(write_run.write, one.pk), partial(write_run.write, other.pk))
    states = {run.state: run for run in (fresh(one), fresh(other))}
    assert set(states) == {State.DONE, State.FAILED}
    assert "已经登记" in states[State.FAILED].failure
    assert Institution.objects.count() == 30
    assert Entry.objects.filter(event=institution_events.Added.code).count() == 30


def test_a_message_delivered_twice_is_done_once(health_authority: Authority, health_reviewer: User) -> None:
    run = confirmed(book(*(home(number) for number in range(30))), health_authority, health_reviewer)
    at_once(partial(write_run.write, run.pk), partial(write_run.write, run.pk), partial(write_run.write, run.pk))
    assert (fresh(run).state, Institution.objects.count()) == (State.DONE, 30)
    assert Entry.objects.filter(event=import_events.Done.code).count() == 1


def test_of_one_person_one_sheet_is_opened_at_a_time(
    health_authority: Authority,
    civil_affairs_authority: Authority,
    health_reviewer: User,
    civil_affairs_officer: User,
    bells: Bells,
) -> None:
    first, second = (sent(book(home(number)), health_authority, health_reviewer) for number in (1, 2))
    neighbours = sent(book(home(3)), civil_affairs_authority, civil_affairs_officer)
    claimed = jobs.claim(READ, first.pk)
    assert claimed is not None
    read_run.read(second.pk)
    read_run.read(neighbours.pk)
    assert (fresh(second).state, fresh(neighbours).state) == (State.RECEIVED, State.WAITING)
    jobs.put_back(READ, claimed)
    bells.lose()
    read_run.read(first.pk)
    assert (READ.task, [second.pk]) in bells.waiting(), "its bell was not for nothing"
    read_run.read(second.pk)
    assert (fresh(first).state, fresh(second).state) == (State.WAITING, State.WAITING)
