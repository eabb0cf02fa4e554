"""Telling: once per person and period, in one statement, with the surrounding transaction or not at all."""

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications import ledger
from notifications.ledger import Message
from notifications.models import Notice
from tests import factories
from tests.notifications.conftest import told

pytestmark = pytest.mark.django_db
State = Notice.State


def test_a_notice_is_in_the_inbox_and_queued_for_the_mail(person: User) -> None:
    notice = told(person)
    assert list(Notice.objects.visible_to(person).unread()) == [notice]
    assert (notice.state, notice.attempts, notice.subject_type) == (State.QUEUED, 0, "accounts.user")
    assert notice.next_attempt_at is not None


def test_telling_twice_writes_once_and_keeps_the_first_words(person: User) -> None:
    told(person)
    again = ledger.tell(
        "test", subject=person, recipients=[person, person.pk], period="1", title="另一种说法", url="/x/"
    )
    assert again == 0
    assert Notice.objects.get().title == "第 1 期提醒"


def test_a_title_is_cut_where_its_column_ends(person: User) -> None:
    """Two long names of institutions must not keep anybody from being told."""
    assert ledger.tell("test", subject=person, recipients=[person], period="1", title="长" * 121, url="/") == 1
    assert Notice.objects.get().title == "长" * 120


def test_another_period_is_another_notice(person: User) -> None:
    told(person, "1")
    told(person, "2")
    assert Notice.objects.count() == 2


def test_without_an_address_it_stays_in_the_inbox(db: None) -> None:
    notice = told(factories.UserFactory.create(email=""))
    assert (notice.state, notice.next_attempt_at) == (State.NO_ADDRESS, None)


def test_who_cannot_sign_in_is_told_nothing(db: None) -> None:
    gone = factories.UserFactory.create(email="gone@example.invalid", is_active=False)
    assert ledger.tell("test", subject=gone, recipients=[gone], period="1", title="提醒", url="/") == 0


def test_what_was_passed_over_is_not_shown_and_never_comes(person: User) -> None:
    ledger.pass_over("test", subject=person, recipients=[person], periods=["1", "2"], title="早先的提醒", url="/")
    assert ledger.tell("test", subject=person, recipients=[person], period="1", title="提醒", url="/") == 0
    assert not Notice.objects.visible_to(person).exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {State.PASSED_OVER}


def test_a_thousand_messages_are_one_statement(person: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    messages = [Message("test", "accounts.user", number, person.pk, "1", "提醒") for number in range(1000)]
    with django_assert_num_queries(3):  # savepoint, insert, release
        assert ledger.write(messages) == 1000
    assert ledger.write(messages) == 0


def test_nothing_to_tell_asks_the_database_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert ledger.write([]) == 0


def test_an_act_that_fails_tells_nobody(person: User) -> None:
    with transaction.atomic():
        told(person)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"next_attempt_at": None}, "queued_knows_its_next_attempt"),
        ({"state": "sending"}, "claimed_exactly_while_sending"),
        ({"state": "sent"}, "sent_exactly_with_time"),
        ({"handed_over_at": "2026-11-22T00:00Z"}, "handed_over_only_when_sending_or_sent"),
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(person: User, change: dict[str, str], rule: str) -> None:
    notice = told(person)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**change)


def test_the_database_refuses_a_second_row(person: User) -> None:
    notice = told(person)
    notice.pk = None
    with pytest.raises(IntegrityError, match="one_notice_per_period"), transaction.atomic():
        notice.save(force_insert=True)
