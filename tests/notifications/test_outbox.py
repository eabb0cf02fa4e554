"""Sending: each notice once, whatever the mail server does."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

import jobs
from accounts.models import User
from frame.templatetags.dates import cn_moment
from notifications import channels, outbox
from notifications.letters import MAX_ATTEMPTS
from notifications.models import Notice
from tests.notifications.conftest import state_of, told
from tests.notifications.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
State = Notice.State


def test_a_letter_says_what_the_inbox_says(person: User, mail_server: SmtpServer, settings: Settings) -> None:
    settings.SITE_URL = "https://yiyang.test.invalid"
    notice = told(person)
    assert outbox.deliver_due() == 1
    [letter] = mail_server.letters
    assert letter["Subject"] == "【颐养签约】第 1 期提醒"
    assert letter["To"] == "reader@example.invalid"
    assert letter["Auto-Submitted"] == "auto-generated"
    link = f"https://yiyang.test.invalid/inbox/{notice.pk}/"
    for part in ("plain", "html"):
        body = letter.get_body((part,))
        assert body is not None
        for words in ("陈喆：", "第 1 期提醒", "内容", link, cn_moment(notice.created_at)):
            assert words in body.get_content()
        assert part == "plain" or f'<a class="act" href="{link}">' in body.get_content(), "the button leads there too"


def test_what_is_sent_is_sent_once(person: User, mail_server: SmtpServer) -> None:
    notice = told(person)
    assert [outbox.deliver_due(), outbox.deliver_due(), outbox.sweep()] == [1, 0, 0]
    assert state_of(notice) == State.SENT
    assert len(mail_server.letters) == 1


def test_a_refused_letter_waits_and_then_goes_once(person: User, mail_server: SmtpServer) -> None:
    notice = told(person)
    mail_server.refusal = "451 come back later"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert outbox.deliver_due() == 0
        notice.refresh_from_db()
        assert (notice.state, notice.attempts, notice.handed_over_at) == (State.QUEUED, 1, None)
        assert "451" in notice.failure
        mail_server.refusal = ""
        assert outbox.deliver_due() == 0  # not before its time
        clock.shift(outbox.pause_after(1))
        assert outbox.deliver_due() == 1
    assert state_of(notice) == State.SENT
    assert len(mail_server.letters) == 1


def test_an_address_that_does_not_exist_fails_at_once(person: User, mail_server: SmtpServer) -> None:
    notice = told(person)
    mail_server.refusal = "550 no such person"
    outbox.deliver_due()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (State.FAILED, 1)
    assert "550" in notice.failure
    assert list(Notice.objects.visible_to(person)) == [notice]


def test_after_many_refusals_it_is_given_up(person: User, mail_server: SmtpServer) -> None:
    notice = told(person)
    mail_server.refusal = "451 come back later"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MAX_ATTEMPTS + 3):
            outbox.deliver_due()
            clock.shift(outbox.LONGEST_PAUSE)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (State.FAILED, MAX_ATTEMPTS)


def test_a_server_that_is_down_costs_one_letter_one_attempt(
    person: User, mail_server: SmtpServer, settings: Settings
) -> None:
    notices = [told(person, str(number)) for number in range(5)]
    settings.EMAIL_PORT = 1  # nobody listens
    assert outbox.deliver_due() == 0
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    settings.EMAIL_PORT = mail_server.port
    with time_machine.travel(timezone.now() + outbox.pause_after(1)):
        assert outbox.deliver_due() == 5
    assert len(mail_server.letters) == len(notices)


def test_one_bad_address_does_not_keep_the_others_waiting(person: User, mail_server: SmtpServer) -> None:
    for number in range(3):
        told(person, str(number))
    Notice.objects.filter(period="0").update(state=State.SENDING, claimed_at=timezone.now(), next_attempt_at=None)
    assert outbox.deliver_due() == 2


def test_an_address_removed_meanwhile_is_no_failure(person: User, mail_server: SmtpServer) -> None:
    notice = told(person)
    User.objects.filter(pk=person.pk).update(email="")
    assert outbox.deliver_due() == 0
    assert state_of(notice) == State.NO_ADDRESS


def test_pauses_grow_and_have_an_end() -> None:
    pauses = [outbox.pause_after(attempts) for attempts in range(1, MAX_ATTEMPTS)]
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert pauses[-1] == outbox.LONGEST_PAUSE
    assert timedelta(hours=18) < sum(pauses, timedelta()) < timedelta(hours=48)


def test_a_slow_worker_that_lost_its_claim_sends_nothing(person: User, mail_server: SmtpServer) -> None:
    """Taken for dead by the sweep while it connected, it finds at the hand-over that the letter is another's."""
    notice = told(person)
    mail_server.may_greet.clear()
    Notice.objects.filter(pk=notice.pk).update(
        state=State.SENDING, claimed_at=timezone.now() - jobs.TAKEN_FOR_DEAD_AFTER - timedelta(seconds=1)
    )
    slow = Notice.objects.get(pk=notice.pk)
    assert outbox.sweep() == 1
    with pytest.raises(jobs.Lost):
        outbox._note_hand_over(slow)
    mail_server.may_greet.set()
    assert outbox.deliver_due() == 1
    assert len(mail_server.letters) == 1


def test_a_sweep_says_only_what_it_has_freed(person: User, caplog: pytest.LogCaptureFixture) -> None:
    notice = told(person)
    assert outbox.sweep() == 0
    assert caplog.text == ""
    dead = timezone.now() - jobs.TAKEN_FOR_DEAD_AFTER - timedelta(seconds=1)
    Notice.objects.filter(pk=notice.pk).update(state=State.SENDING, claimed_at=dead)
    assert outbox.sweep() == 1
    assert "outbox: 1 freed unsent, 0 freed doubtful, 0 given up" in caplog.text


@pytest.mark.parametrize(
    ("sender", "host"),
    [
        ("noreply@example.org", "example.org"),
        ("平台 <noreply@example.org>", "example.org"),
        ('"值班@平台" <noreply@mail.example.org>', "mail.example.org"),
    ],
)
def test_letters_come_from_the_senders_domain(sender: str, host: str, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert channels.sender_host() == host
