"""Each due notice exactly once: swept twice, by two at once, over a jump, past a killed worker and a refusing server.

One agreement waits for two clerks of the partner's side, so two notices are due and two letters must arrive.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

import jobs
from accounts.models import User
from agreements import reminders
from agreements.models import Agreement
from institutions.models import Institution
from notifications import outbox
from notifications.letters import INTERRUPTED
from notifications.models import Notice
from tests import factories
from tests.agreements.making import sent
from tests.at_once import at_once
from tests.notifications.conftest import ONCE_ONLY
from tests.notifications.programs import worker_and_clock
from tests.notifications.smtp_server import TOO_LATE, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)
State = Notice.State
Record = Callable[[str, object], None]

KIND = "agreement_answer_waits"
READERS = {"medical@example.invalid", "second@example.invalid"}


@pytest.fixture
def waiting(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, medical_institution: Institution
) -> Agreement:
    """Sent three days ago; both clerks of the partner are due for their first reminder today."""
    second = factories.UserFactory.create(username="second")
    factories.MembershipFactory.create(user=second, institution=medical_institution)
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        agreement = sent(draft, by=elder_care_clerk)
    Notice.objects.all().delete()  # that it was sent
    User.objects.filter(pk=medical_clerk.pk).update(email="medical@example.invalid")
    User.objects.filter(pk=second.pk).update(email="second@example.invalid")
    return agreement


@pytest.fixture
def once_only(record_property: Record, mail_server: SmtpServer) -> Callable[[str], None]:
    """Check that every due notice was told and sent once, and put the case into the table."""

    def check(case: str) -> None:
        told = Notice.objects.exclude(state=State.PASSED_OVER)
        assert told.count() == told.filter(state=State.SENT).count() == len(READERS), told.values_list(
            "state", "failure"
        )
        assert sorted(letter["To"] for letter in mail_server.letters) == sorted(READERS)
        numbers = len(READERS), told.count(), told.filter(state=State.SENT).count(), len(mail_server.letters)
        record_property(ONCE_ONLY, "{:>4} {:>5} {:>5} {:>8}  {}".format(*numbers, case))

    return check


def test_the_sweep_twice(waiting: Agreement, once_only: Callable[[str], None]) -> None:
    assert [reminders.sweep(), reminders.sweep()] == [2, 0]
    assert [outbox.deliver_due(), outbox.deliver_due()] == [2, 0]
    once_only("sweep and delivery twice")


def test_two_sweeps_at_once(waiting: Agreement, once_only: Callable[[str], None]) -> None:
    assert sum(at_once(*[reminders.sweep] * 4)) == 2
    outbox.deliver_due()
    once_only("four sweeps at once, a connection each")


def test_two_workers_at_once(waiting: Agreement, once_only: Callable[[str], None]) -> None:
    reminders.sweep()
    assert sum(at_once(*[outbox.deliver_due] * 4)) == 2
    once_only("four deliveries at once, a connection each")


def test_the_clock_jumps_three_days(waiting: Agreement, once_only: Callable[[str], None]) -> None:
    """From the day before the first reminder to beyond the second: the first is passed over for good."""
    today = timezone.localdate()
    assert reminders.sweep(on=today - timedelta(days=1)) == 0
    assert reminders.sweep(on=today + timedelta(days=4)) == 2
    assert reminders.sweep() == 0
    assert Notice.objects.filter(state=State.PASSED_OVER).count() == 2
    outbox.deliver_due()
    once_only("clock jumps over a threshold")


def test_missed_days_are_caught_up(waiting: Agreement, once_only: Callable[[str], None]) -> None:
    """Nothing swept on the third day; the sweep of the sixth still tells what was due on it."""
    assert reminders.sweep(on=timezone.localdate() + timedelta(days=3)) == 2
    outbox.deliver_due()
    once_only("three days without a sweep")


def test_a_worker_killed_between_claim_and_send(
    waiting: Agreement, mail_server: SmtpServer, once_only: Callable[[str], None], tmp_path: Path
) -> None:
    """The mail server holds its greeting: the worker has claimed a notice, is connected, and has said nothing yet."""
    reminders.sweep()
    mail_server.may_greet.clear()
    with worker_and_clock(tmp_path, mail_server.port) as (worker, _):
        assert mail_server.connected.wait(TOO_LATE), worker.log.read_text()
        worker.kill()
    claimed = Notice.objects.get(state=State.SENDING)
    assert claimed.handed_over_at is None
    mail_server.may_greet.set()
    assert outbox.sweep() == 0  # it might still be at work
    with time_machine.travel(timezone.now() + jobs.TAKEN_FOR_DEAD_AFTER + timedelta(seconds=1)):
        assert outbox.sweep() == 1
        assert outbox.deliver_due() == 2
    once_only("worker killed (-9) between claim and send")


def test_a_server_that_refuses_and_then_accepts(
    waiting: Agreement, mail_server: SmtpServer, once_only: Callable[[str], None]
) -> None:
    reminders.sweep()
    mail_server.refusal = "451 come back later"
    assert outbox.deliver_due() == 0
    assert mail_server.refused.is_set()
    mail_server.refusal = ""
    with time_machine.travel(timezone.now() + outbox.pause_after(1)):
        assert outbox.deliver_due() == 2
    once_only("mail server refuses, then accepts")


def test_a_worker_killed_before_it_hears_that_the_letter_was_taken(
    waiting: Agreement, mail_server: SmtpServer, tmp_path: Path
) -> None:
    """The window that SMTP leaves open: the letter comes again, and its Message-ID says that it is the same one."""
    User.objects.filter(username="second").update(email="")
    reminders.sweep()
    mail_server.may_confirm.clear()
    with worker_and_clock(tmp_path, mail_server.port) as (worker, _):
        mail_server.wait_for(1)
        worker.kill()
    mail_server.may_confirm.set()
    assert Notice.objects.get(state=State.SENDING).handed_over_at is not None
    with time_machine.travel(timezone.now() + jobs.TAKEN_FOR_DEAD_AFTER + timedelta(seconds=1)):
        outbox.sweep()
        assert Notice.objects.get(state=State.QUEUED).failure == INTERRUPTED
        outbox.deliver_due()
    first, again = mail_server.letters
    assert first["Message-ID"] == again["Message-ID"]
    assert Notice.objects.get(kind=KIND, state=State.SENT).failure == ""


def test_worker_clock_and_mail_server_end_to_end(
    waiting: Agreement, mail_server: SmtpServer, once_only: Callable[[str], None], tmp_path: Path
) -> None:
    """The clock strikes each second: sweep → rows → doorbell → worker → mail server, with nobody's help."""
    with worker_and_clock(tmp_path, mail_server.port) as (worker, _):
        mail_server.wait_for(2)
        # A later notice passes through the same sweep and worker: when it is here, nothing of before is on its way.
        marker = factories.UserFactory.create(username="marker", email="marker@example.invalid")
        Notice.objects.create(
            kind="marker",
            subject_type="m",
            subject_id=1,
            recipient=marker,
            period="1",
            title="m",
            url="/",
            next_attempt_at=timezone.now(),
        )
        mail_server.wait_for(3)
        worker.kill()
    Notice.objects.filter(kind="marker").delete()
    assert mail_server.letters.pop()["To"] == "marker@example.invalid"
    once_only("real worker, clock, broker and mail server")
