"""Walks the whole log in the database, by the rules that outsiders use, in bounded memory."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from audit import platform_key, timestamping
from audit.anchoring import leaves_of, open_since
from audit.models import Anchor, AnchorLeaf, AnchorToken, Entry, Head, Strand, in_utc
from audit.verifier.anchors import check_anchors
from audit.verifier.chains import check_chains, check_strands
from audit.verifier.rules import STRAND, Finding, Leaf, Link, Record, Tally, named, pack
from audit.verifier.rules import Head as End

PAGE = 2000
ANCHORED_WITHIN = dt.timedelta(hours=2)  # the clock turns hourly, and at every start of the platform
STRAND_COLUMNS = ("strand", "place", "beside", "hash", "at")
SUBJECT = ("subject_type", "subject_id")


def check_log(tally: Tally, *, seen: Callable[[int], None] = lambda entries: None) -> Iterator[Finding]:
    """Yield whatever is broken in chains, anchors and timestamps; what was looked at is counted in the tally.

    `seen` is told now and then how many entries have been walked. Everything is read as of one moment.
    """
    drawn = _last_drawn()
    with one_moment():
        yield from check_chains(_entries(seen), _leaves(), tally, heads=_heads())
        yield from check_strands(_links(), _leaves(of_strands=True), heads=_strands())
        trusted, authorities = platform_key.trusted_keys(), timestamping.certificates()
        yield from check_anchors(_anchors(), tally, trusted=trusted, authorities=authorities, complete=True)
        yield from _strays()
        yield from _missing(tally)
        _tell_drawn(drawn, tally)


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


def _leaves(*, of_strands: bool = False) -> Iterator[Leaf]:
    ours = Q(subject_type=STRAND)
    leaves = AnchorLeaf.objects.filter(ours if of_strands else ~ours).order_by(*SUBJECT, "last")
    found = leaves.values_list(*SUBJECT, "first", "last", "hash", "anchor__made_at")
    for *leaf, made_at in found.iterator(chunk_size=PAGE):
        yield Leaf._make([*leaf, named(in_utc(made_at))])


def _links() -> Iterator[Link]:
    links = Entry.objects.order_by("strand", "place").values_list(*STRAND_COLUMNS)
    for *link, at in links.iterator(chunk_size=PAGE):
        yield Link._make([*link, named(in_utc(at))])


def _strands() -> Iterator[End]:
    strands = Strand.objects.order_by("number").values_list("number", "place", "hash")
    return (End(STRAND, *strand) for strand in strands)


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
        # Not in their own order: it joins the anchor, and so would leave out exactly these.
        stray = model._default_manager.exclude(anchor_id__in=Anchor.objects.values("number")).order_by()
        for number in sorted(set(stray.values_list("anchor_id", flat=True))):
            yield Finding(f"第 {number} 个锚", f"已不在，只剩下它的{what}")


def _missing(tally: Tally) -> Iterator[Finding]:
    """An entry that is older than an anchor takes, and in none: the anchor that held it is gone, or none is made."""
    oldest = open_since()
    if oldest and oldest < timezone.now() - ANCHORED_WITHIN:
        yield Finding("最近的锚", f"缺失：{named(in_utc(oldest))} 的记录至今没有锚定")
    elif not Anchor.objects.exists():
        tally.notes.append("还没有锚。")


def _last_drawn() -> int:
    """Return the last number drawn for an entry: drawing is not undone with its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value('audit_entry_id_seq'), 0)")
        (drawn,) = cursor.fetchone()
    return int(drawn)


def _tell_drawn(drawn: int, tally: Tally) -> None:
    """Name the numbers after the last entry. Acts that failed draw some too, so that they prove nothing alone."""
    last = Entry.objects.aggregate(last=Max("id"))["last"] or 0
    if drawn > last:
        tally.notes.append(
            f"最后一条记录（编号 {last}）之后已取用 {drawn - last} 个编号而没有记录："
            "操作未完成或已撤回，或记录已被删除。"
        )
