"""Sending what the ledger holds: queued → sending → sent, or back to queued, or failed.

The row count is the lock: whoever moves a row from queued to sending sends it. Just before the mail server is given
the letter, that moment is written too. A worker that dies before it has surely sent nothing; one that dies after it
may have, and the letter goes out again under the same Message-ID (docs/decisions/0006-reminders.md).
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from notifications.channels import Letter, Mailbag, NotSent, sender_host
from notifications.ledger import ring
from notifications.models import Notice, NoticeQuerySet

log = logging.getLogger(__name__)

State = Notice.State

BATCH = 200
SECONDS_A_RUN = 90.0  # a run ends well before the task's time limit and rings for the next
MAX_ATTEMPTS = 12  # about a day and a half with the pauses below
LONGEST_PAUSE = timedelta(hours=6)
TAKEN_FOR_DEAD_AFTER = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)
INTERRUPTED = "发送时中断，以同一邮件编号重新发送"
GIVEN_UP = "多次发送都被中断，已停止"


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
        ring()
    return taken


def sweep() -> int:
    """Free what dead workers held and ring if anything is due; return how many were freed."""
    freed = _free_the_stuck()
    if Notice.objects.filter(state=State.QUEUED, next_attempt_at__lte=timezone.now()).exists():
        ring()
    return freed


def _deliver(notice_id: int, bag: Mailbag) -> bool:
    """Claim and send one notice. False when another worker has it or it was not sent; NotSent when nobody can be."""
    claimed_at = timezone.now()
    free = Notice.objects.filter(pk=notice_id, state=State.QUEUED, next_attempt_at__lte=claimed_at)
    if free.update(state=State.SENDING, claimed_at=claimed_at, attempts=F("attempts") + 1) != 1:
        return False
    notice = Notice.objects.select_related("recipient").get(pk=notice_id)
    if not notice.recipient.email or not notice.recipient.is_active:
        _finish(notice, state=State.NO_ADDRESS)
        return False
    try:
        bag.open()  # before the hand-over is noted: connecting takes long, and what fails here was surely not sent
        if not _note_hand_over(notice):
            return False
        bag.send(letter_of(notice))
    except NotSent as refusal:
        _put_back(notice, refusal)
        if refusal.is_down:
            raise
        return False
    return _finish(notice, state=State.SENT, sent_at=timezone.now(), failure="")


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


def _note_hand_over(notice: Notice) -> bool:
    """Write that the server is about to be given the letter; False when the claim was lost meanwhile."""
    return _mine(notice).update(handed_over_at=timezone.now()) == 1


def _put_back(notice: Notice, refusal: NotSent) -> None:
    """Queue again for later, or fail for good."""
    if refusal.is_final or notice.attempts >= MAX_ATTEMPTS:
        _finish(notice, state=State.FAILED, failure=str(refusal), handed_over_at=None)
        log.error("notice %s is given up after %s attempts: %s", notice.pk, notice.attempts, refusal)
        return
    later = timezone.now() + pause_after(notice.attempts)
    _finish(notice, state=State.QUEUED, next_attempt_at=later, failure=str(refusal), handed_over_at=None)
    log.warning("notice %s waits until %s: %s", notice.pk, later, refusal)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after that many attempts: 1, 2, 4 … minutes, at most six hours."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)


def _free_the_stuck() -> int:
    now = timezone.now()
    stuck = Notice.objects.filter(state=State.SENDING, claimed_at__lt=now - TAKEN_FOR_DEAD_AFTER)
    hopeless = stuck.filter(attempts__gte=MAX_ATTEMPTS)
    given_up = hopeless.update(state=State.FAILED, claimed_at=None, handed_over_at=None, failure=GIVEN_UP)
    again = {"state": State.QUEUED, "claimed_at": None, "next_attempt_at": now}
    unsent = stuck.filter(handed_over_at__isnull=True).update(**again)
    doubtful = stuck.filter(handed_over_at__isnull=False).update(**again, handed_over_at=None, failure=INTERRUPTED)
    if given_up or unsent or doubtful:
        log.warning("outbox: %s freed unsent, %s freed doubtful, %s given up", unsent, doubtful, given_up)
    return unsent + doubtful


def _finish(notice: Notice, **outcome: object) -> bool:
    """End the attempt that this worker began; False when it is no longer this worker's."""
    return _mine(notice).update(claimed_at=None, **outcome) == 1


def _mine(notice: Notice) -> NoticeQuerySet:
    return Notice.objects.filter(pk=notice.pk, state=State.SENDING, claimed_at=notice.claimed_at)
