"""A long sweep goes on in slices: where it was left, once each, past a fault, a kill, and another at the same time."""

import json
import os
import signal
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
import time_machine
from celery import current_app
from django.db import OperationalError, connections
from django.db.models.functions import TruncDate

from accounts.models import User
from jobs import rounds
from jobs.models import Round
from notifications import ladders
from notifications.ladders import Ladder, Reminder, Words
from notifications.models import Notice
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BORN, TOLD_ON = date(2026, 12, 31), date(2027, 1, 4)
PEOPLE = [f"born-{number}" for number in range(7)]
NAME = "test.round"


class Refused(Exception):
    """What the words of a row break with."""


class World:
    """Reminders of two kinds about people's birthdays, two people a batch, of whom some have nobody to tell."""

    def __init__(
        self, *, alone: Iterable[str] = (), breaks: str = "", dies: str = "", how: Exception | None = None
    ) -> None:
        self.alone, self.breaks, self.dies, self.how = set(alone), breaks, dies, how or Refused()

    def sweep(self, part: rounds.Slice | None = None, on: date = TOLD_ON) -> int:
        return ladders.sweep(NAME, [self.about("first"), self.about("second")], on=on, within=part)

    def about(self, kind: str) -> Reminder[User]:
        return Reminder(
            Ladder(kind, (1, 2, 3)),
            rows=lambda: User.objects.filter(username__startswith="born"),
            day=TruncDate("created_at"),
            people=lambda batch: lambda user: [] if user.username in self.alone else [user.pk],
            words=self.words,
            batch=2,
        )

    def words(self, user: User, days: int) -> Words:
        if user.username == self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        if user.username == self.breaks:
            raise self.how
        return Words(user.username, "", "/")


@pytest.fixture(autouse=True)
def people() -> None:
    """Born on two days, the later ones first in the table."""
    for number, name in enumerate(PEOPLE):
        with time_machine.travel(BORN - timedelta(days=number // 4)):
            User.objects.create(username=name)


def one_batch() -> rounds.Slice:
    """A slice whose time is over at once: it does the one batch that every slice does."""
    return rounds.Slice(seconds=0)


def told() -> list[tuple[str, str]]:
    return sorted(Notice.objects.exclude(state="passed_over").values_list("kind", "recipient__username"))


EVERYBODY = [(kind, name) for kind in ("first", "second") for name in PEOPLE]


def slices(world: World, most: int = 20) -> list[int]:
    """Return how much each slice told until one was not cut."""
    counts = []
    for _ in range(most):
        part = one_batch()
        counts.append(world.sweep(part))
        if not part.is_cut:
            return counts
    raise AssertionError("the round does not end")


def test_slices_tell_what_a_whole_round_does_in_the_order_of_days() -> None:
    assert World().sweep(one_batch()) == 2
    assert told() == [("first", "born-4"), ("first", "born-5")], "the earlier day is the nearer"
    row = Round.objects.get(name=NAME)
    assert (row.step, row.about, row.done, row.ended_at) == ("first", "2027-01-04", 2, None)
    assert slices(World()) == [2, 2, 1, 2, 2, 2, 1]
    assert told() == EVERYBODY
    row.refresh_from_db()
    assert (row.step, row.after, row.done, row.ended_at is None) == ("", None, len(EVERYBODY), False)
    assert World().sweep() == 0


def test_what_nobody_is_to_be_told_of_holds_up_nothing_behind_it() -> None:
    """It is found again by each round, and by no second slice of one."""
    world = World(alone=PEOPLE[:6])
    assert len(slices(world)) <= 9
    assert told() == [("first", PEOPLE[6]), ("second", PEOPLE[6])]


def test_a_row_that_fails_keeps_nobody_else_waiting_and_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Refused):
        World(breaks="born-6").sweep()
    assert told() == [each for each in EVERYBODY if each[1] != "born-6"]
    row = Round.objects.get(name=NAME)
    assert (row.done, row.ended_at is None) == (len(EVERYBODY) - 2, False)
    assert "fails and is passed over" in caplog.text
    assert World().sweep() == 2
    assert told() == EVERYBODY


def test_with_the_database_away_a_batch_is_left_with_its_place() -> None:
    away = World(breaks="born-6", how=OperationalError("server closed the connection"))
    with pytest.raises(OperationalError):
        away.sweep()
    assert told() == [("first", "born-4"), ("first", "born-5")]
    assert Round.objects.get(name=NAME).done == 2
    assert slices(World()) == [2, 2, 1, 2, 2, 2, 1]
    assert told() == EVERYBODY


def test_who_is_killed_in_the_middle_of_a_batch_leaves_nothing_half_told() -> None:
    connections.close_all()  # each process has its own from here
    child = os.fork()
    if child == 0:
        try:
            World(dies="born-0").sweep()
        finally:
            os._exit(1)  # never back into the tests
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert told() == [("first", "born-4"), ("first", "born-5")]
    assert World().sweep() == len(EVERYBODY) - 2
    assert told() == EVERYBODY


def test_two_at_once_share_no_round_and_tell_nothing_twice() -> None:
    counts = at_once(*[World().sweep] * 4)
    assert sum(counts) + World().sweep() == len(EVERYBODY)
    assert told() == EVERYBODY


def test_whoever_finds_the_round_moved_on_leaves_it() -> None:
    step = World().about("first").step(TOLD_ON)

    def keys(after: rounds.Key | None, most: int) -> list[rounds.Key]:
        found = step.keys(after, most)
        assert at_once(lambda: World().sweep(one_batch())) == [2], "another does a batch before this one begins"
        return found

    late = rounds.Step("first", keys, step.work, batch=2)
    assert rounds.go(NAME, [late], about=TOLD_ON.isoformat(), within=rounds.Whole()) == 0
    assert told() == [("first", "born-4"), ("first", "born-5")]
    assert World().sweep() == len(EVERYBODY) - 2


def test_what_was_left_of_another_day_is_begun_anew() -> None:
    world = World(alone=["born-4", "born-5"])
    assert world.sweep(one_batch()) == 0
    assert World().sweep(on=TOLD_ON + timedelta(days=1)) == len(EVERYBODY)
    assert Round.objects.get(name=NAME).about == "2027-01-05"


def test_a_slice_that_was_cut_calls_for_the_next_and_one_that_was_not_does_not() -> None:
    def cut(within: rounds.Slice) -> None:
        within.is_cut = True

    with current_app.connection_for_read() as connected:
        broker = connected.default_channel.client
        broker.delete("celery")
        rounds.in_slices("test.whole", lambda within: None)
        rounds.in_slices("test.cut", cut)
        called = [json.loads(message)["headers"]["task"] for message in broker.lrange("celery", 0, -1)]
        broker.delete("celery")
    assert called == ["test.cut"]
