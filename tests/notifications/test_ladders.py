"""Which rung of a ladder is told on which day: table-driven, then on the database."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db.models.functions import TruncDate
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications.ladders import BATCH, Ladder, Reminder, Words
from notifications.models import Notice
from tests import factories

DAY = date(2026, 12, 31)
LADDER = Ladder("test", (-30, -14, -7, -3, -1, 1, 7))


@pytest.mark.parametrize(
    ("days_before", "nearest"),
    [
        (31, None),
        (30, -30),
        (29, -30),
        (15, -30),
        (14, -14),
        (7, -7),
        (4, -7),
        (3, -3),
        (1, -1),
        (0, -1),
        (-1, 1),
        (-90, 7),
    ],
)
def test_the_nearest_rung_reached(days_before: int, nearest: int | None) -> None:
    reached = LADDER.reached(DAY, DAY - timedelta(days=days_before))
    assert (reached[-1] if reached else None) == nearest


def test_another_day_is_another_period() -> None:
    assert LADDER.period(DAY, -30) == "2026-12-31 -30"
    assert LADDER.period(DAY + timedelta(days=1), 1) == "2027-01-01 +1"


# On the database a person stands for what has a day: the one on which the account was made.
def birthdays(ladder: Ladder) -> Reminder[User]:
    return Reminder(
        ladder,
        rows=lambda: User.objects.filter(username__startswith="born"),
        day=TruncDate("created_at"),
        people=lambda batch: lambda user: [user.pk],
        words=lambda user, days: Words(f"{days}", "", "/"),
    )


@pytest.fixture
def born(db: None) -> User:
    with time_machine.travel("2026-12-31T09:00+08:00"):
        return factories.UserFactory.create(username="born")


def told() -> list[tuple[str, str, str]]:
    return list(Notice.objects.order_by("period").values_list("period", "state", "title"))


def test_a_rung_is_told_once_however_often_the_clock_strikes(born: User) -> None:
    reminder = birthdays(Ladder("test", (3, 7)))
    assert [reminder.sweep(on=date(2027, 1, 3)) for _ in range(3)] == [1, 0, 0]
    assert [reminder.sweep(on=date(2027, 1, day)) for day in (4, 5, 6, 7, 8)] == [0, 0, 0, 1, 0]
    assert told() == [("2026-12-31 +3", "no_address", "3"), ("2026-12-31 +7", "no_address", "7")]


def test_days_are_those_of_the_calendar_on_the_wall(db: None) -> None:
    """Half past midnight in Shanghai is still the day before in UTC."""
    with time_machine.travel("2027-01-01T00:30+08:00"):
        factories.UserFactory.create(username="born-late")
    reminder = birthdays(Ladder("test", (3,)))
    assert [reminder.sweep(on=date(2027, 1, 3)), reminder.sweep(on=date(2027, 1, 4))] == [0, 1]


def test_a_jump_over_two_rungs_tells_the_nearest_and_never_the_others(born: User) -> None:
    reminder = birthdays(Ladder("test", (1, 2, 3)))
    assert reminder.sweep(on=date(2027, 1, 4)) == 1
    assert told() == [
        ("2026-12-31 +1", "passed_over", "4"),
        ("2026-12-31 +2", "passed_over", "4"),
        ("2026-12-31 +3", "no_address", "4"),
    ]
    assert sum(reminder.sweep(on=date(2027, 1, day)) for day in range(1, 10)) == 0  # not even with the clock put back


def test_what_was_told_before_a_jump_stays_as_it_was(born: User) -> None:
    reminder = birthdays(Ladder("test", (1, 2, 3)))
    reminder.sweep(on=date(2027, 1, 1))
    reminder.sweep(on=date(2027, 1, 3))
    assert [state for _, state, _ in told()] == ["no_address", "passed_over", "no_address"]


def test_old_news_is_no_news(born: User) -> None:
    reminder = birthdays(Ladder("test", (1,), stale_after=30))
    assert reminder.sweep(on=date(2027, 2, 1)) == 0
    assert reminder.sweep(on=date(2027, 1, 31)) == 1


@pytest.mark.parametrize("count", [1, 40, BATCH])
def test_a_sweep_asks_the_same_number_of_times(
    db: None, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    with time_machine.travel("2026-12-31T09:00+08:00"):
        User.objects.bulk_create(User(username=f"born-{number}") for number in range(count))
    reminder = birthdays(Ladder("test", (1, 2, 3)))
    assert reminder.sweep(on=date(2026, 12, 31)) == 0  # the row of its rounds is there
    with django_assert_num_queries(12):  # the round, its keys, a batch of nine and no more keys, the round's end
        assert reminder.sweep(on=date(2027, 1, 4)) == count
    with django_assert_num_queries(3):
        assert reminder.sweep(on=date(2027, 1, 4)) == 0
