"""The one way to write the log."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from audit import origin
from audit.events import Event
from audit.models import Entry
from audit.plain import plain, text
from audit.verifier.rules import GENESIS

PLATFORM = "platform"  # the subject of what is about no row of ours: an unknown name, a refused address
CHUNK = 2000  # entries that append_many writes at once
Subject = tuple[str, int]
End = tuple[int, str]  # of a chain: sequence and hash


@dataclass
class Place:
    """Where the next entry stands in a strand that this transaction holds."""

    strand: int
    last: int
    hash: str


class Actor(Protocol):
    """Who acts: a row of the people's table, or what is kept of one. Its text is the name that the log keeps."""

    @property
    def pk(self) -> Any: ...


# Begins the chain or waits for it, locks it and tells its end. Unlike a look and then a lock, this one statement sees
# what the transaction that it waited for has committed. The entry that follows moves the end, by trigger. With it comes
# a strand that no other transaction holds: the first such, so that a quiet platform writes one after another into one.
GRASP = """
    WITH strand AS (
        SELECT number, place, hash FROM audit_strand ORDER BY number LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
    INSERT INTO audit_head AS head (subject_type, subject_id, sequence, hash)
    SELECT subject_type, subject_id, 0, %s FROM unnest(%s::text[], %s::bigint[]) AS asked (subject_type, subject_id)
    ON CONFLICT (subject_type, subject_id) DO UPDATE SET sequence = head.sequence
    RETURNING subject_type, subject_id, sequence, hash, nextval('audit_entry_id_seq'),
        (SELECT number FROM strand), (SELECT place FROM strand), (SELECT hash FROM strand)
"""
# Only when more transactions write at once than there are strands.
WAIT = "SELECT number, place, hash FROM audit_strand WHERE number = %s FOR NO KEY UPDATE"
STRANDS = 64  # more than connections to a server of this size
DRAW = "SELECT nextval('audit_entry_id_seq') FROM generate_series(1, %s)"


def append(event: Event, *, by: Actor | None, subject: Model | None) -> Entry:
    """Write one entry in the caller's transaction and return it. One query more than the insert.

    `by` is the acting user, or None for the clock; `subject` None stands for the platform itself. The event's facts
    must be plain (audit.plain); names in them are kept as they were. The subject's chain stays locked until the
    transaction ends: append last, after every row that the act locks. Raises TypeError or ValueError for facts that are
    not plain.
    """
    entry = _unchained(event, by, _key(subject))
    with transaction.atomic(savepoint=False):
        ((_, _, sequence, previous, number),), place = _grasp([_key(subject)])
        _chain(entry, number, (sequence, previous), place)
        entry.save(force_insert=True)
    return entry


def append_many(*, by: Actor | None, about: Iterable[tuple[Model, Event]]) -> int:
    """Write an event for each subject, in the caller's transaction, three queries for 2,000; return how many.

    Subjects are taken in one order, so that two batches about the same ones cannot wait for each other in a ring.
    """
    ordered = sorted(about, key=lambda one: _key(one[0]))
    with transaction.atomic(savepoint=False):
        for chunk in _chunks(ordered):
            entries = [_unchained(event, by, _key(subject)) for subject, event in chunk]
            Entry.objects.bulk_create(_chained(entries))
    return len(ordered)


def history(subject: Model, *, leave_out: Iterable[str] = ()) -> QuerySet[Entry]:
    """Return the entries about one subject, newest first."""
    subject_type, subject_id = _key(subject)
    entries = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return entries.exclude(event__in=list(leave_out)).order_by("-sequence")


def facts(entry: Entry) -> Mapping[str, Any]:
    """Return the data of an entry, read-only by type."""
    data: Mapping[str, Any] = entry.data
    return data


def _key(subject: Model | None) -> Subject:
    return (subject._meta.label_lower, subject.pk) if subject else (PLATFORM, 0)


def _unchained(event: Event, by: Actor | None, subject: Subject) -> Entry:
    came_from = origin.current()
    return Entry(
        event=event.code,
        actor_id=by.pk if by else None,
        actor_name=text(str(by)[:100], "by") if by else "系统",
        subject_type=subject[0],
        subject_id=subject[1],
        data=plain(event.facts()),
        address=came_from.address,
        user_agent=came_from.user_agent,
        role=came_from.role,
        request_id=came_from.request_id,
    )


def _chain(entry: Entry, number: int, end: End, place: Place) -> None:
    """Put the entry after the end of its chain and of the strand. The time is taken here, under the locks."""
    sequence, previous = end
    entry.pk, entry.sequence, entry.previous_hash, entry.at = number, sequence + 1, previous, timezone.now()
    entry.strand, entry.place, entry.beside = place.strand, place.last + 1, place.hash
    entry.seal()
    place.last, place.hash = entry.place, entry.hash


def _chained(entries: Sequence[Entry]) -> Iterable[Entry]:
    """Lock the chains of all these entries and put each at the end of its own."""
    subjects = sorted({(entry.subject_type, entry.subject_id) for entry in entries})
    grasped, place = _grasp(subjects)
    ends = {(kind, pk): (sequence, last) for kind, pk, sequence, last, _ in grasped}
    for entry, number in zip(entries, _draw(len(entries)), strict=True):
        subject = (entry.subject_type, entry.subject_id)
        _chain(entry, number, ends[subject], place)
        ends[subject] = (entry.sequence, entry.hash)
    return entries


def _grasp(subjects: Sequence[Subject]) -> tuple[list[tuple[str, int, int, str, int]], Place]:
    """Return type, key, sequence and hash of the end of each chain and a number drawn under the lock; and a strand."""
    with connection.cursor() as cursor:
        cursor.execute(GRASP, [GENESIS, [kind for kind, _ in subjects], [key for _, key in subjects]])
        rows = cursor.fetchall()
        place = rows[0][5:]
        if place[0] is None:  # all are held
            cursor.execute(WAIT, [secrets.randbelow(STRANDS) + 1])
            place = cursor.fetchone()
    return [row[:5] for row in rows], Place(*place)


def _draw(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(DRAW, [count])
        return [number for (number,) in cursor.fetchall()]


def _chunks(about: Sequence[tuple[Model, Event]]) -> Iterator[Sequence[tuple[Model, Event]]]:
    for start in range(0, len(about), CHUNK):
        yield about[start : start + CHUNK]
