"""Writing notices: first the row, then the bell. Telling the same thing twice writes nothing the second time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db import connection, models, transaction
from django.utils import timezone

import jobs
from accounts.models import User
from notifications.letters import LETTERS
from notifications.models import Notice

AT_ONCE = 10_000  # messages of one statement; it is some megabytes long
# One statement for any number of messages: the unique key, not a query before it, keeps out what was told already.
# Whoever can no longer sign in is told nothing. The order is fixed so that two writers never wait for each other.
INSERT = """
INSERT INTO notifications_notice (
    kind, subject_type, subject_id, recipient_id, period, title, body, url,
    state, attempts, next_attempt_at, failure, created_at
)
SELECT m.kind, m.subject_type, m.subject_id, m.recipient_id, m.period, left(m.title, 120), m.body, m.url,
       CASE WHEN m.is_passed_over THEN 'passed_over' WHEN person.email = '' THEN 'no_address' ELSE 'queued' END,
       0, CASE WHEN m.is_passed_over OR person.email = '' THEN NULL ELSE %(now)s::timestamptz END, '', %(now)s
FROM jsonb_to_recordset(%(messages)s::jsonb) AS m(
    kind text, subject_type text, subject_id bigint, recipient_id bigint, period text,
    title text, body text, url text, is_passed_over boolean
)
JOIN accounts_user AS person ON person.id = m.recipient_id AND person.is_active
ORDER BY m.kind, m.subject_type, m.subject_id, m.recipient_id, m.period
ON CONFLICT ON CONSTRAINT one_notice_per_period DO NOTHING
RETURNING state
"""


@dataclass(frozen=True)
class Message:
    """What one person is to be told. `url` is a path within the site; `period` tells repetitions of a kind apart."""

    kind: str
    subject_type: str
    subject_id: int
    recipient_id: int
    period: str
    title: str
    body: str = ""
    url: str = ""
    is_passed_over: bool = False


def tell(
    kind: str,
    *,
    subject: models.Model,
    recipients: Iterable[User | int],
    period: str,
    title: str,
    body: str = "",
    url: str,
) -> int:
    """Tell the recipients (people or their ids) something about `subject`; return how many are told for the first time.

    The notice is in the inbox with the surrounding transaction; the e-mail follows after its commit.
    """
    return write(
        Message(kind, subject._meta.label_lower, subject.pk, _id(person), period, title, body, url)
        for person in recipients
    )


def settle(*kinds: str, subject: models.Model, recipients: Iterable[User | int]) -> None:
    """Count as read what asks these people for an act that is done, or that nobody wants of them any more."""
    asked = Notice.objects.filter(
        kind__in=kinds, subject_type=subject._meta.label_lower, subject_id=subject.pk, recipient__in=recipients
    )
    asked.unread().update(read_at=timezone.now())


def pass_over(
    kind: str, *, subject: models.Model, recipients: Iterable[User | int], periods: Iterable[str], title: str, url: str
) -> None:
    """Note that these periods were jumped over for the recipients, so that they never come later."""
    people = [_id(person) for person in recipients]
    write(
        Message(kind, subject._meta.label_lower, subject.pk, person, period, title, "", url, is_passed_over=True)
        for period in periods
        for person in people
    )


def write(messages: Iterable[Message]) -> int:
    """Write what was not told before, and return how many people are newly told something.

    In one statement for as many messages as 10,000: a survey asks a whole region's people.
    """
    rest = iter(messages)
    told = 0
    while some := [vars(message) for message in islice(rest, AT_ONCE)]:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(INSERT, {"messages": json.dumps(some, ensure_ascii=False), "now": timezone.now()})
                states = [state for (state,) in cursor.fetchall()]
            if "queued" in states:
                jobs.ring_on_commit(LETTERS)
        told += sum(state != "passed_over" for state in states)
    return told


def _id(person: User | int) -> int:
    return person.pk if isinstance(person, User) else person
