"""One list that somebody takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

LONGEST_QUERY = 2000


def place_of(user: User) -> str:
    """Return the place that a person acts for as a row keeps it, such as institution-7; "" for none."""
    return "-".join(map(str, user.acting or ()))


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """Return what the person ordered for the place that they act for; none from before, while it is not confirmed
        who uses the account."""
        own = self.filter(ordered_by=user, place=place_of(user))
        return own if user.doubted_since is None else own.filter(ordered_at__gte=user.doubted_since)

    def under_way(self) -> Self:
        return self.filter(state__in=Export.UNDER_WAY)


class Export(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "正在生成"
        DONE = "done", "已生成"
        FAILED = "failed", "没有生成"

    UNDER_WAY = (State.WAITING, State.RUNNING)

    slug = models.CharField(max_length=30, help_text="slug of a Listed (exports.sockets)")
    query = models.CharField(max_length=LONGEST_QUERY, blank=True, help_text="of the list's address, in one order")
    title = models.CharField("清单", max_length=60)
    asked = models.TextField("条件", help_text="the query in words, as it was ordered")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导出人")
    place = models.CharField(max_length=40, blank=True, help_text="acted for, as institution-7; empty for none")
    duties = ArrayField(
        models.BigIntegerField(),
        default=list,
        help_text="memberships by which it was seen: all must still count",
    )
    origin: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    ordered_at = models.DateTimeField("导出时间", default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField("完成时间", null=True, blank=True)
    failure = models.TextField("原因", blank=True)
    rows = models.PositiveIntegerField("行数", null=True, blank=True)
    file = models.FileField("文件", max_length=200, blank=True, help_text="empty once the clock has cleared it away")
    name = models.CharField("文件名", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    objects = ExportQuerySet.as_manager()

    if TYPE_CHECKING:
        ordered_by_id: int

    class Meta:
        verbose_name = "导出"
        ordering = ["-ordered_at", "-id"]
        indexes = [
            models.Index(fields=["ordered_by", "-ordered_at"], name="export_of_person"),
            models.Index(fields=["ordered_at"], condition=Q(state__in=["waiting", "running"]), name="export_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ordered_by", "place", "slug", "query"],
                condition=Q(state__in=["waiting", "running"]),
                name="same_export_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="running", claimed_at__isnull=False)
                | ~Q(state="running") & Q(claimed_at__isnull=True),
                name="export_claimed_exactly_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed"], ended_at__isnull=False),
                name="export_ended_exactly_when_it_is",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(failure="") | ~Q(state="failed") & Q(failure=""),
                name="export_reason_exactly_when_failed",
            ),
            models.CheckConstraint(
                condition=Q(state="done", rows__isnull=False) & ~Q(name="") | ~Q(state="done") & Q(file="", name=""),
                name="export_file_only_when_done",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
