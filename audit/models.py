"""The log of what happened, by whom, to what. Imports nothing of ours: actor and subject are plain keys."""

import datetime as dt
import logging
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit import events
from audit.verifier.rules import digest, named

logger = logging.getLogger(__name__)


def in_utc(time: dt.datetime) -> str:
    """Return a time as it is hashed: UTC, ISO, to the microsecond."""
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Head(models.Model):
    """The end of one subject's chain. Its row is the lock under which the chain grows; triggers keep it in step."""

    pk = models.CompositePrimaryKey("subject_type", "subject_id")
    subject_type = models.CharField(max_length=60, db_collation="C")
    subject_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "日志链末端"

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} #{self.sequence}"


class Strand(models.Model):
    """The end of one of the strands in which all entries stand too, whatever they are about, in the order of writing.

    A chain alone does not show that it was cut or never was: the entries written after it, in its strand, do. A writer
    takes whichever strand nobody holds, so that none waits for another (docs/decisions/0030-roles.md).
    """

    number = models.SmallIntegerField(primary_key=True)
    place = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "日志横链末端"

    def __str__(self) -> str:
        return f"横链 {self.number} #{self.place}"


class Entry(models.Model):
    """One event. `id` is drawn first, because it is hashed like every other column."""

    # The vocabulary is closed by the events that apps declare (audit.events), the only thing that `append` takes; as
    # choices every new word would be a migration of a huge table.
    event = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=100, blank=True)
    # Byte order, as the offline verifier sorts: chains are walked in the same order everywhere.
    subject_type = models.CharField(max_length=60, db_collation="C")
    subject_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    strand = models.SmallIntegerField()
    place = models.BigIntegerField()  # in the strand, counted like `sequence` in the chain
    beside = models.CharField(max_length=64)  # the hash of the entry before in the strand
    hash = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = "日志"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["at", "id"], name="audit_at"),
            models.Index(fields=["actor_id", "at", "id"], name="audit_actor"),
            models.Index(fields=["event", "at", "id"], name="audit_event"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "sequence"], name="one_entry_for_each_link"),
            models.UniqueConstraint(fields=["strand", "place"], name="one_entry_for_each_place"),
            models.CheckConstraint(condition=Q(sequence__gte=1, place__gte=1), name="links_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.words} {self.actor_name}"

    @property
    def words(self) -> str:
        """What happened, in Chinese; the bare event for a word that is no longer in the vocabulary."""
        return events.words_of(self.event)

    @property
    def happened(self) -> events.Event | None:
        """The event with its typed facts; None for one that is not, or no longer, in the vocabulary or has other facts.

        An entry is for ever and its class is not: one that no longer fits costs its details, never a history its page.
        """
        event = events.ALL.get(self.event)
        try:
            return event.read(self.data) if event else None
        except (KeyError, TypeError, ValueError):
            logger.exception("entry %s (%s) cannot be read as its event", self.pk, self.event)
            return None

    def record(self) -> dict[str, Any]:
        """Return every column as the log is exported and hashed; the time in UTC to the microsecond."""
        return {field: getattr(self, field) for field in COLUMNS} | {"at": in_utc(self.at)}

    def seal(self) -> None:
        """Set the hash over all the other columns, which must be set and plain."""
        self.hash = digest(self.record())


COLUMNS = tuple(field.attname for field in Entry._meta.concrete_fields)


class Anchor(models.Model):
    """One hour of the log: the ends of all chains and strands that have grown since, under one root, signed."""

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3 …: a missing one is noticed
    made_at = models.DateTimeField(unique=True)  # it holds whatever had been committed by then
    previous_hash = models.CharField(max_length=64)
    leaf_count = models.IntegerField()
    root = models.CharField(max_length=64)
    public_key = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        verbose_name = "日志锚"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{named(in_utc(self.made_at))} 的锚"

    def record(self) -> dict[str, Any]:
        """Return what the anchor says and its signature, as it is exported, without leaves and timestamp."""
        values = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        return values | {"made_at": in_utc(self.made_at)}


class AnchorLeaf(models.Model):
    """The end of one chain, or strand, by then; `first` is where the anchor before had left it."""

    pk = models.CompositePrimaryKey("anchor_id", "position")
    anchor = models.ForeignKey(Anchor, models.PROTECT, related_name="leaves", db_index=False)
    position = models.IntegerField()
    subject_type = models.CharField(max_length=60, db_collation="C")
    subject_id = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "日志锚所含的链"
        ordering = ["anchor", "position"]
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "last"], name="anchored_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="a_leaf_holds_entries"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} #{self.last}"


class AnchorToken(models.Model):
    """A timestamp of RFC 3161 over what the anchor says."""

    anchor = models.OneToOneField(Anchor, models.PROTECT, primary_key=True, related_name="stamp")
    token = models.BinaryField()
    stamped_at = models.DateTimeField()  # by the authority's clock

    class Meta:
        verbose_name = "日志锚的可信时间戳"

    def __str__(self) -> str:
        return f"{self.anchor_id} {self.stamped_at}"


class Work(models.Model):
    """Something that takes a while and that the auditor comes back to: a verification or an export."""

    class Kind(models.TextChoices):
        VERIFICATION = "verification", "核验"
        EXPORT = "export", "导出"

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    OPEN = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    asked_by = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    origin = models.JSONField(default=dict)  # of the order, for what the worker logs (audit.origin)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    found = models.IntegerField(default=0)
    lines = models.JSONField(default=list)  # what was found and what the result cannot tell, in Chinese
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "日志核验与导出"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="verification", state__in=["queued", "running"]),
                name="one_verification_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running", claimed_at__isnull=False)
                | ~Q(state="running") & Q(claimed_at__isnull=True),
                name="work_claimed_exactly_while_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"
