"""Which worker is at which job, as seen from outside, and where the rounds of the clock have come to."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Lease(models.Model):
    """The sign of life of whoever has claimed a job, and how many have died at it.

    A row of its own, because the job's row is written inside the transactions of the work itself: a sign of life must
    be seen before they end, and must not wait for them.
    """

    kind = models.CharField("任务种类", max_length=40)
    key = models.BigIntegerField("任务")
    seen_at = models.DateTimeField("最近一次心跳", default=timezone.now)
    deaths = models.PositiveSmallIntegerField("中断次数", default=0)

    class Meta:
        verbose_name = "后台任务的占用"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_lease_for_each_job")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Round(models.Model):
    """Where a round of the clock through many rows has come to (jobs/rounds.py); one row for each kind of round."""

    name = models.CharField("名称", max_length=60, unique=True)
    about = models.CharField("这一轮", max_length=100, blank=True, help_text="what it is a round of, such as a day")
    turn = models.PositiveBigIntegerField("次数", default=0, help_text="counts moves: who knows the number may move it")
    step = models.CharField("环节", max_length=60, blank=True, help_text="empty once it has ended")
    after = models.JSONField("位置", null=True, help_text="the last key that was done")
    done = models.PositiveBigIntegerField("已办", default=0)
    begun_at = models.DateTimeField("开始时间", default=timezone.now)
    moved_at = models.DateTimeField("最近一次前进", default=timezone.now)
    ended_at = models.DateTimeField("走完时间", null=True)

    class Meta:
        verbose_name = "定时任务的进度"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(step="", after__isnull=True),
                name="a_round_that_ended_is_nowhere",
            )
        ]

    def __str__(self) -> str:
        return self.name
