# ruff: noqa: S608  -- the names of columns are put into SQL on purpose, and all are ours
"""A small log of several days, and the means to spoil it as a superuser would."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.events import SignInFailed
from accounts.models import User
from audit.anchoring import anchor_due
from audit.checking import check_log
from audit.events import Event, fact
from audit.log import append
from audit.models import Anchor, AnchorLeaf, Entry
from audit.origin import coming_from, set_role
from audit.verifier.rules import GENESIS, STRAND, Finding, Tally

CLERK = User(pk=7, username="clerk", full_name="陈喆")
SUBJECTS = [User(pk=100 + number, username=f"u{number}") for number in range(5)]
DAYS = 3
FAR = 10**9  # where forgers put sequences out of the way


class Anything(Event, code="log.anything", words="试验"):
    """What has whatever facts a test wants."""

    data: Mapping[str, Any] = fact("事实")

    def facts(self) -> dict[str, object]:
        return dict(self.data)


NOTHING = Anything(data={})


def subject(number: int) -> User:
    return SUBJECTS[number]


@contextmanager
def clock_at(time: dt.datetime) -> Iterator[None]:
    """The clock of this process shows `time`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: time)
        yield


def write_day(days_ago: int, *, entries: int = 3) -> None:
    """Append to every chain on one day, and a little to the platform's own."""
    noon = timezone.localtime().replace(hour=12) - dt.timedelta(days=days_ago) if days_ago else timezone.localtime()
    origin = coming_from(address="10.0.0.8", user_agent="Mozilla/5.0 测试", request_id="ABCD2345")
    with clock_at(noon), origin:
        set_role("经办人 · 福星养老院")
        for number in range(entries):
            for about in SUBJECTS:
                anything = Anything(data={"step": f"第{number}步", "parts": [number, None, True]})
                append(anything, by=CLERK, subject=about)
        append(SignInFailed(username="张三"), by=None, subject=None)


def write_world() -> None:
    """Three days that are anchored, each in the evening, and today, which is not."""
    for days_ago in range(DAYS, 0, -1):
        write_day(days_ago)
        anchor_in_the_evening(days_ago)
    write_day(0)


def anchor_in_the_evening(days_ago: int) -> Anchor:
    """Make the anchor of a day, which our world has one of, at eight."""
    with clock_at(timezone.localtime().replace(hour=20, minute=5) - dt.timedelta(days=days_ago)):
        anchor = anchor_due()
    assert anchor is not None
    return anchor


def checked() -> tuple[list[Finding], Tally]:
    tally = Tally()
    return list(check_log(tally)), tally


@contextmanager
def spoiling() -> Iterator[None]:
    """Do what follows as a superuser with all triggers off, and take it back at the end. The test asks for `owner`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


def remake() -> None:
    """Forge: number and calculate everything again that no anchor holds, chains and strands, and set all ends."""
    ends: dict[tuple[str, int], tuple[int, str]] = {}
    for leaf in AnchorLeaf.objects.order_by("last"):
        ends[leaf.subject_type, leaf.subject_id] = (leaf.last, leaf.hash)
    anchored = {subject: last for subject, (last, _) in ends.items()}
    loose = [one for one in Entry.objects.order_by("id") if one.sequence > anchored.get(_subject(one), 0)]
    for one in loose:
        execute(f"UPDATE audit_entry SET sequence = id + {FAR}, place = id + {FAR} WHERE id = %s", one.pk)
    for one in loose:
        sequence, one.previous_hash = ends.get(_subject(one), (0, GENESIS))
        place, one.beside = ends.get((STRAND, one.strand), (0, GENESIS))
        one.sequence, one.place = sequence + 1, place + 1
        one.seal()
        values = (one.sequence, one.previous_hash, one.place, one.beside, one.hash, one.pk)
        written = "sequence = %s, previous_hash = %s, place = %s, beside = %s, hash = %s"
        execute(f"UPDATE audit_entry SET {written} WHERE id = %s", *values)
        ends[_subject(one)], ends[STRAND, one.strand] = (one.sequence, one.hash), (one.place, one.hash)
    execute("DELETE FROM audit_head")
    execute("UPDATE audit_strand SET place = 0, hash = %s", GENESIS)
    for (kind, key), (last, own) in ends.items():
        if kind == STRAND:
            execute("UPDATE audit_strand SET place = %s, hash = %s WHERE number = %s", last, own, key)
        else:
            execute("INSERT INTO audit_head VALUES (%s, %s, %s, %s)", kind, key, last, own)


def _subject(entry: Entry) -> tuple[str, int]:
    return entry.subject_type, entry.subject_id


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rehash(subject_type: str, subject_id: int) -> None:
    """Forge: number one chain again, calculate all its hashes again and set its head, as the rules want them."""
    where, subject = "WHERE subject_type = %s AND subject_id = %s", (subject_type, subject_id)
    chain = list(Entry.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("sequence", "id"))
    execute(f"UPDATE audit_entry SET sequence = id + {FAR} {where}", *subject)
    previous = GENESIS
    for number, entry in enumerate(chain, start=1):
        entry.sequence, entry.previous_hash = number, previous
        entry.seal()
        previous = entry.hash
        values = (entry.sequence, entry.previous_hash, entry.hash, entry.pk)
        execute("UPDATE audit_entry SET sequence = %s, previous_hash = %s, hash = %s WHERE id = %s", *values)
    execute(f"DELETE FROM audit_head {where}", *subject)
    if chain:
        execute("INSERT INTO audit_head VALUES (%s, %s, %s, %s)", *subject, len(chain), previous)
