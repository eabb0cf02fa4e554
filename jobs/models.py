"""Which worker is at which job, as seen from outside: a row for each job that is or was under way and has not ended."""

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
