"""By when somebody must act, and whether anybody must: noted by the database as one would reckon it row by row."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from accounts.models import User
from filing import handing_in, lifecycle
from filing.models import Filing, HandIn
from tests import factories
from tests.filing.fixtures import InState, ended
from tests.filing.reckoning import assert_as_reckoned

pytestmark = pytest.mark.django_db
State = Filing.State


def test_in_every_state(in_state: InState) -> None:
    for state in State:
        with transaction.atomic():
            in_state(state)
            for days in (-30, 0, 400):
                assert assert_as_reckoned(factories.today() + timedelta(days=days)) >= 2, state
            transaction.set_rollback(True)


def test_what_was_submitted_again_or_waived_waits_for_nobody(
    in_state: InState, medical_clerk: User, health_reviewer: User
) -> None:
    returned = in_state(State.RETURNED)
    assert Filing.objects.get(pk=returned.pk).is_at_work
    again = lifecycle.resubmit(returned, by=medical_clerk, remark="已补正。")
    assert not Filing.objects.get(pk=returned.pk).is_at_work
    once_more = lifecycle.return_(lifecycle.take_up(again, by=health_reviewer), by=health_reviewer, reasons="缺页")
    ended(once_more.agreement, by=medical_clerk)
    lifecycle.close(once_more, by=health_reviewer, reason="协议只履行了三天。")
    assert assert_as_reckoned() == 4
    assert not Filing.objects.filter(pk__in=[returned.pk, again.pk], is_at_work=True).exists()


def test_a_hand_in_brings_what_is_settled_back_to_work(
    accepted: Filing, due: HandIn, medical_clerk: User, health_reviewer: User
) -> None:
    assert assert_as_reckoned() == 2
    assert Filing.objects.values_list("is_at_work", "clock_on").get(pk=accepted.pk) == (True, None)
    handed = handing_in.hand_in(due, by=medical_clerk, remark="已换第二页")
    assert assert_as_reckoned() == 2
    assert Filing.objects.get(pk=accepted.pk).clock_on == handed.review_due_on
    handing_in.send_back(handed, by=health_reviewer, reasons="还是看不清")
    assert assert_as_reckoned() == 2
    assert Filing.objects.values_list("is_at_work", "clock_on").get(pk=accepted.pk) == (True, None)


def test_nobody_writes_the_clock_otherwise(accepted: Filing) -> None:
    Filing.objects.update(clock_on=date(2001, 1, 1), is_at_work=True)
    for row in Filing.objects.all():
        row.clock_on, row.is_at_work = date(2001, 1, 1), not row.is_at_work
        row.save()
    assert assert_as_reckoned() == 2


def test_whatever_writes_a_day_the_clock_follows(filing: Filing) -> None:
    Filing.objects.filter(pk=filing.pk).update(due_on=date(2031, 5, 6))
    filing.refresh_from_db()
    assert filing.clock_on == date(2031, 5, 6)
    filing.due_on = date(2032, 5, 6)
    Filing.objects.bulk_update([filing], ["due_on"])
    elsewhere = factories.AuthorityFactory.create(region=factories.region("430105"))
    copy = Filing(agreement=filing.agreement, authority=elsewhere, due_on=filing.due_on)
    Filing.objects.bulk_create([copy])
    assert list(Filing.objects.filter(clock_on=date(2032, 5, 6)).order_by("pk")) == [filing, copy]
    assert assert_as_reckoned() == 3


def test_who_takes_the_place_of_another_gives_it_back_with_its_row(in_state: InState) -> None:
    returned = in_state(State.RETURNED)
    again = Filing.objects.create(
        agreement=returned.agreement, authority=returned.authority, round=2, previous=returned, due_on=returned.due_on
    )
    assert not Filing.objects.get(pk=returned.pk).is_at_work
    again.delete()
    assert Filing.objects.get(pk=returned.pk).is_at_work
    assert assert_as_reckoned() == 2
