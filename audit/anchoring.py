"""The daily anchor: all chains that grew, under one root, linked to the day before, signed and timestamped."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from audit import log_events, platform_key, timestamping
from audit.log import append
from audit.models import Anchor, AnchorLeaf, AnchorToken, Entry, in_utc
from audit.verifier.rules import GENESIS, Leaf, merkle_root, statement
from audit.verifier.timestamps import read_token

ONE_AT_A_TIME = 0x61756469  # "audi", the name of the lock among advisory locks
LEAF = ("subject_type", "subject_id", "first", "last", "hash")
logger = logging.getLogger(__name__)

# What each chain grew by since it was anchored last, as far as the day's end. Sequences decide and not times: what was
# committed after its day had been anchored goes into the next anchor.
GATHER = """
    WITH anchored AS (
        SELECT subject_type, subject_id, max(last) AS last FROM audit_anchorleaf GROUP BY subject_type, subject_id
    ), moved AS (
        SELECT head.subject_type, head.subject_id, coalesce(anchored.last, 0) + 1 AS first, (
            SELECT max(sequence) FROM audit_entry AS entry
            WHERE entry.subject_type = head.subject_type AND entry.subject_id = head.subject_id
                AND entry.sequence > coalesce(anchored.last, 0) AND entry.at < %s
        ) AS last
        FROM audit_head AS head LEFT JOIN anchored USING (subject_type, subject_id)
        WHERE head.sequence > coalesce(anchored.last, 0)
    )
    INSERT INTO audit_anchorleaf (anchor_id, position, subject_type, subject_id, first, last, hash)
    SELECT %s, row_number() OVER (ORDER BY subject_type, subject_id), subject_type, subject_id, first, last, entry.hash
    FROM moved JOIN audit_entry AS entry USING (subject_type, subject_id)
    WHERE entry.sequence = moved.last
"""


def anchor_due() -> list[Anchor]:
    """Make the anchor of every day up to yesterday that has none, oldest first; return those made.

    Days missed are caught up, and their `made_at` says when. Two that come at once make each anchor once.
    """
    made = []
    while (anchor := _make_next()) is not None:
        made.append(anchor)
        _stamp(anchor, is_new=True)
    return made


def stamp_missing() -> int:
    """Ask again for the timestamps that anchors lack; return how many came. Stops at the first refusal."""
    missing = Anchor.objects.filter(stamp=None) if timestamping.is_set() else Anchor.objects.none()
    return sum(takewhile(bool, (_stamp(anchor, is_new=False) for anchor in missing)))


def leaves_of(anchor: Anchor) -> Iterator[tuple[Any, ...]]:
    """Yield the leaves in their order, in bounded memory."""
    leaves = AnchorLeaf.objects.filter(anchor=anchor).order_by("position")
    return leaves.values_list(*LEAF).iterator(chunk_size=2000)


def due_days(today: dt.date) -> list[dt.date]:
    """Return the days before `today` that should have an anchor and have none."""
    last = Anchor.objects.order_by("-number").values_list("day", flat=True).first()
    first = last + dt.timedelta(days=1) if last else _first_day()
    return [first + dt.timedelta(days=n) for n in range((today - first).days)] if first else []


def _first_day() -> dt.date | None:
    at = Entry.objects.aggregate(at=Min("at"))["at"]
    return timezone.localdate(at) if at else None


def _make_next() -> Anchor | None:
    """Make the oldest anchor that is due, None if none is or somebody else is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        (is_ours,) = cursor.fetchone()
        due = due_days(timezone.localdate()) if is_ours else []
        return _make(due[0]) if due else None


def _make(day: dt.date) -> Anchor:
    previous = Anchor.objects.order_by("-number").first()
    anchor = Anchor(
        number=previous.number + 1 if previous else 1,
        day=day,
        made_at=timezone.now(),
        previous_hash=previous.hash if previous else GENESIS,
    )
    with connection.cursor() as cursor:
        cursor.execute(GATHER, [_end_of(day), anchor.number])
        anchor.leaf_count = cursor.rowcount
    anchor.root = merkle_root(Leaf(*leaf) for leaf in leaves_of(anchor))
    anchor.public_key = platform_key.public_key()
    said = statement(anchor.record())
    anchor.hash = hashlib.sha256(said).hexdigest()
    anchor.signature = platform_key.sign(said)
    anchor.save(force_insert=True)
    return anchor


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _stamp(anchor: Anchor, *, is_new: bool) -> bool:
    """Have the anchor timestamped; a failure costs the level only, is logged, and is tried again by the sweep."""
    if not timestamping.is_set():
        return False
    try:
        token = timestamping.stamp(statement(anchor.record()))
    except timestamping.NotStamped as problem:
        logger.warning("no timestamp for the anchor of %s: %s", anchor.day, problem)
        if is_new:
            append(log_events.TimestampRefused(day=anchor.day, reason=str(problem)), by=None, subject=anchor)
        return False
    with transaction.atomic():
        time = read_token(token).time
        _, is_first = AnchorToken.objects.get_or_create(anchor=anchor, defaults={"token": token, "stamped_at": time})
        if is_first and not is_new:
            append(log_events.TimestampObtained(day=anchor.day, stamped_at=in_utc(time)), by=None, subject=anchor)
    return True
