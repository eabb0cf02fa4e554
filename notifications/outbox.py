"""Sending what the ledger holds: queued → sending → sent, or back to queued, or failed.

A letter is a job (notifications/letters.py): whoever claims it sends it. Just before the mail server is given
the letter, that moment is written too. A worker that dies before it has surely sent nothing; one that dies after it
may have, and the letter goes out again under the same Message-ID (docs/decisions/0006-reminders.md).
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

import jobs
from notifications.channels import Letter, Mailbag, NotSent, sender_host
from notifications.letters import INTERRUPTED, LETTERS, MAX_ATTEMPTS
from notifications.models import Notice

log = logging.getLogger(__name__)

State = Notice.State

BATCH = 200
SECONDS_A_RUN = 90.0  # a run ends well before the task's time limit and rings for the next
LONGEST_PAUSE = timedelta(hours=6)


def deliver_due() -> int:
    """Send what is due, and return how many letters the server took. Rings again when there is more to do."""
    began, taken = time.monotonic(), 0
    due = Notice.objects.filter(state=State.QUEUED, next_attempt_at__lte=timezone.now())
    ids = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:BATCH])
    with Mailbag() as bag:
        for notice_id in ids:
            if time.monotonic() - began > SECONDS_A_RUN:
                break
            try:
                taken += _deliver(notice_id, bag)
            except NotSent:
                return taken  # nobody can be served now; the sweep tries again
    if due.exists():
        jobs.ring(LETTERS)
    return taken


def sweep() -> int:
    """Free what dead workers held and ring if anything is due; return how many were freed."""
    swept = jobs.sweep(LETTERS)
    if swept.freed or swept.given_up:
        doubtful = Notice.objects.filter(pk__in=swept.freed, failure=INTERRUPTED).count()
        unsent, given_up = len(swept.freed) - doubtful, len(swept.given_up)
        log.warning("outbox: %s freed unsent, %s freed doubtful, %s given up", unsent, doubtful, given_up)
    return len(swept.freed)


def _deliver(notice_id: int, bag: Mailbag) -> bool:
    """Claim and send one notice. False when another worker has it or it was not sent; NotSent when nobody can be."""
    notice = jobs.claim(LETTERS, notice_id, Q(next_attempt_at__lte=timezone.now()))
    if notice is None:
        return False
    try:
        with jobs.at_work(LETTERS, notice):
            return _send(notice, bag)
    except jobs.Lost:
        return False


def _send(notice: Notice, bag: Mailbag) -> bool:
    """Send a claimed notice, if it can be. Raises Lost when the claim is, NotSent when nobody can be served."""
    if not notice.recipient.email or not notice.recipient.is_active:
        jobs.end(LETTERS, notice, State.NO_ADDRESS)
        return False
    try:
        bag.open()  # before the hand-over is noted: connecting takes long, and what fails here was surely not sent
        _note_hand_over(notice)
        bag.send(letter_of(notice))
    except NotSent as refusal:
        _put_back(notice, refusal)
        if refusal.is_down:
            raise
        return False
    jobs.keep(LETTERS, notice, sent_at=timezone.now(), failure="")
    return True


def letter_of(notice: Notice) -> Letter:
    """Return the e-mail of a notice: the same words as in the inbox, and a link that marks them as read."""
    facts: dict[str, object] = {
        "notice": notice,
        "recipient": notice.recipient,
        "link": settings.SITE_URL + reverse("inbox-open", args=[notice.pk]),
        "site": settings.SITE_URL,
    }
    message_id = f"notice-{notice.pk}.{notice.created_at.timestamp():.6f}@{sender_host()}"
    return Letter("notice", notice.recipient.email, message_id, facts)


def _note_hand_over(notice: Notice) -> None:
    """Write that the server is about to be given the letter. Raises Lost."""
    jobs.hold(LETTERS, notice, handed_over_at=timezone.now())


def _put_back(notice: Notice, refusal: NotSent) -> None:
    """Queue again for later, or fail for good."""
    if refusal.is_final or notice.attempts >= MAX_ATTEMPTS:
        jobs.fail(LETTERS, notice, str(refusal))
        log.error("notice %s is given up after %s attempts: %s", notice.pk, notice.attempts, refusal)
        return
    later = timezone.now() + pause_after(notice.attempts)
    jobs.put_back(LETTERS, notice, next_attempt_at=later, failure=str(refusal))
    log.warning("notice %s waits until %s: %s", notice.pk, later, refusal)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after that many attempts: 1, 2, 4 … minutes, at most six hours."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)
