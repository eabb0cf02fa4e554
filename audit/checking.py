"""Walks the whole log in the database, by the rules that outsiders use, in bounded memory."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import platform_key, timestamping
from audit.anchoring import due_days, leaves_of
from audit.models import Anchor, AnchorLeaf, AnchorToken, Entry, Head
from audit.verifier.anchors import check_anchors
from audit.verifier.chains import check_chains
from audit.verifier.rules import Finding, Leaf, Record, Tally, pack
from audit.verifier.rules import Head as End

PAGE = 2000
ANCHORED_BY = 2  # o'clock: the anchor of the day before should be there
SUBJECT = ("subject_type", "subject_id")


def check_log(tally: Tally, *, seen: Callable[[int], None] = lambda entries: None) -> Iterator[Finding]:
    """Yield whatever is broken in chains, anchors and timestamps; what was looked at is counted in the tally.

    `seen` is told now and then how many entries have been walked. Everything is read as of one moment.
    """
    with one_moment():
        yield from check_chains(_entries(seen), _leaves(), tally, heads=_heads())
        trusted, authorities = platform_key.trusted_keys(), timestamping.certificates()
        yield from check_anchors(_anchors(), tally, trusted=trusted, authorities=authorities, complete=True)
        yield from _strays()
        yield from _missing_days(tally)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is as of one moment, however long it takes."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _entries(seen: Callable[[int], None]) -> Iterator[Record]:
    entries = Entry.objects.order_by(*SUBJECT, "sequence").iterator(chunk_size=PAGE)
    for count, entry in enumerate(entries, start=1):
        yield entry.record()
        if count % PAGE == 0:
            seen(count)


def _leaves() -> Iterator[Leaf]:
    leaves = AnchorLeaf.objects.order_by(*SUBJECT, "last")
    for *leaf, day in leaves.values_list(*SUBJECT, "first", "last", "hash", "anchor__day").iterator(chunk_size=PAGE):
        yield Leaf._make([*leaf, day.isoformat()])


def _heads() -> Iterator[End]:
    heads = Head.objects.order_by(*SUBJECT).values_list(*SUBJECT, "sequence", "hash").iterator(chunk_size=PAGE)
    return (End(*head) for head in heads)


def _anchors() -> Iterator[dict[str, Any]]:
    for anchor in Anchor.objects.select_related("stamp").order_by("number").iterator(chunk_size=50):
        stamped = {"stamped_at": anchor.stamp.stamped_at} if hasattr(anchor, "stamp") else {}
        yield exported(anchor) | stamped | {"leaves": leaves_of(anchor)}


def exported(anchor: Anchor) -> dict[str, Any]:
    """Return an anchor as it is exported, without its leaves."""
    stamp = getattr(anchor, "stamp", None)
    return anchor.record() | {"token": pack(bytes(stamp.token)) if stamp else None}


def _strays() -> Iterator[Finding]:
    """What belongs to an anchor that is no longer there."""
    for model, what in ((AnchorLeaf, "链末端"), (AnchorToken, "时间戳")):
        stray = model._default_manager.exclude(anchor_id__in=Anchor.objects.values("number"))
        for number in sorted(set(stray.values_list("anchor_id", flat=True))):
            yield Finding(f"第 {number} 个锚", f"已不在，只剩下它的{what}")


def _missing_days(tally: Tally) -> Iterator[Finding]:
    """A day without its anchor is a fault; yesterday has time until the clock's turns after midnight."""
    now = timezone.localtime()
    for day in due_days(now.date()):
        if day < now.date() - dt.timedelta(days=1) or now.hour >= ANCHORED_BY:
            yield Finding(f"{day} 的锚", "缺失")
        else:
            tally.notes.append(f"{day} 的锚尚未生成。")
