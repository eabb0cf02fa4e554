"""The hourly anchor: all chains that grew, under one root, linked to the one before, signed and timestamped."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import log_events, platform_key, timestamping
from audit.log import append
from audit.models import Anchor, AnchorLeaf, AnchorToken, Entry, in_utc
from audit.verifier.rules import GENESIS, STRAND, Leaf, merkle_root, named, statement
from audit.verifier.timestamps import read_token

ONE_AT_A_TIME = 0x61756469  # "audi", the name of the lock among advisory locks
LEAF = ("subject_type", "subject_id", "first", "last", "hash")
logger = logging.getLogger(__name__)

# What each chain and each strand grew by since it was anchored last. Sequences decide and not times: whatever had been
# committed when it was made is in it, by chains and by strands alike, and what is still under way goes into the next.
GATHER = """
    WITH anchored AS (
        SELECT subject_type, subject_id, max(last) AS last FROM audit_anchorleaf GROUP BY subject_type, subject_id
    ), ends AS (
        SELECT subject_type, subject_id, sequence AS last, hash FROM audit_head
        UNION ALL SELECT %s COLLATE "C", number, place, hash FROM audit_strand
    )
    INSERT INTO audit_anchorleaf (anchor_id, position, subject_type, subject_id, first, last, hash)
    SELECT %s, row_number() OVER (ORDER BY subject_type, subject_id), subject_type, subject_id,
        coalesce(anchored.last, 0) + 1, ends.last, ends.hash
    FROM ends LEFT JOIN anchored USING (subject_type, subject_id)
    WHERE ends.last > coalesce(anchored.last, 0)
"""
# The first entry of each strand that no anchor holds.
OPEN_SINCE = """
    SELECT min(entry.at) FROM audit_strand AS strand JOIN audit_entry AS entry ON entry.strand = strand.number
    WHERE entry.place = 1 + coalesce(
        (SELECT max(last) FROM audit_anchorleaf WHERE subject_type = %s AND subject_id = strand.number), 0
    )
"""


def anchor_due() -> Anchor | None:
    """Make the anchor of this hour, unless it has one; return it if made.

    Hours in which nothing ran have none: the next anchor holds what they left, and says when it was made. Two that come
    at once make one.
    """
    anchor = _make_next()
    if anchor is not None:
        _stamp(anchor, is_new=True)
    return anchor


def stamp_missing() -> int:
    """Ask again for the timestamps that anchors lack; return how many came. Stops at the first refusal."""
    missing = Anchor.objects.filter(stamp=None) if timestamping.is_set() else Anchor.objects.none()
    return sum(takewhile(bool, (_stamp(anchor, is_new=False) for anchor in missing)))


def leaves_of(anchor: Anchor) -> Iterator[tuple[Any, ...]]:
    """Yield the leaves in their order, in bounded memory."""
    leaves = AnchorLeaf.objects.filter(anchor=anchor).order_by("position")
    return leaves.values_list(*LEAF).iterator(chunk_size=2000)


def open_since() -> dt.datetime | None:
    """Return when the oldest entry that no anchor holds was written; None when all are held."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SINCE, [STRAND])
        (at,) = cursor.fetchone()
    oldest: dt.datetime | None = at
    return oldest


def _make_next() -> Anchor | None:
    """Make the anchor that is due, None if none is or somebody else is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        (is_ours,) = cursor.fetchone()
        if not is_ours:
            return None
        now, last = timezone.now(), Anchor.objects.order_by("-number").first()
        is_due = last.made_at < _hour(now) if last else Entry.objects.exists()
        return _make(now, last) if is_due else None


def _hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _make(now: dt.datetime, previous: Anchor | None) -> Anchor:
    anchor = Anchor(
        number=previous.number + 1 if previous else 1,
        made_at=now,
        previous_hash=previous.hash if previous else GENESIS,
    )
    with connection.cursor() as cursor:
        cursor.execute(GATHER, [STRAND, anchor.number])
        anchor.leaf_count = cursor.rowcount
    anchor.root = merkle_root(Leaf(*leaf) for leaf in leaves_of(anchor))
    anchor.public_key = platform_key.public_key()
    said = statement(anchor.record())
    anchor.hash = hashlib.sha256(said).hexdigest()
    anchor.signature = platform_key.sign(said)
    anchor.save(force_insert=True)
    return anchor


def _stamp(anchor: Anchor, *, is_new: bool) -> bool:
    """Have the anchor timestamped; a failure costs the level only, is logged, and is tried again by the sweep."""
    if not timestamping.is_set():
        return False
    try:
        token = timestamping.stamp(statement(anchor.record()))
    except timestamping.NotStamped as problem:
        logger.warning("no timestamp for %s: %s", anchor, problem)
        if is_new:
            refused = log_events.TimestampRefused(made=named(in_utc(anchor.made_at)), reason=str(problem))
            append(refused, by=None, subject=anchor)
        return False
    with transaction.atomic():
        time = read_token(token).time
        _, is_first = AnchorToken.objects.get_or_create(anchor=anchor, defaults={"token": token, "stamped_at": time})
        if is_first and not is_new:
            obtained = log_events.TimestampObtained(made=named(in_utc(anchor.made_at)), stamped_at=in_utc(time))
            append(obtained, by=None, subject=anchor)
    return True
