"""The receipt of an accepted filing, a job of the worker's."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from filing.models.filing import Filing


class Receipt(models.Model):
    """The receipt (备案回执) of an accepted filing: ordered by the acceptance, made once in the worker, then issued."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RENDERING = "rendering", "正在生成"
        READY = "ready", "已生成"
        FAILED = "failed", "生成失败"

    filing = models.OneToOneField(Filing, models.PROTECT, primary_key=True, related_name="receipt")
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    ordered_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField("备案回执", blank=True, max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    failure = models.TextField("回执生成失败原因", blank=True)

    if TYPE_CHECKING:
        filing_id: int

    class Meta:
        verbose_name = "备案回执"
        # The clock asks every few seconds for what waits and what a dead worker held.
        indexes = [models.Index(fields=["state", "ordered_at"], condition=~Q(state="ready"), name="receipt_at_work")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", finished_at__isnull=False) & ~Q(file="") & ~Q(sha256="")
                | ~Q(state="ready") & Q(file="", sha256=""),
                name="receipt_with_file_and_digest_exactly_when_ready",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", finished_at__isnull=False) & ~Q(failure="")
                | ~Q(state="failed") & Q(failure=""),
                name="receipt_with_reason_exactly_when_failed",
            ),
            models.CheckConstraint(
                condition=Q(state="rendering", claimed_at__isnull=False)
                | ~Q(state="rendering") & Q(claimed_at__isnull=True),
                name="receipt_claimed_exactly_while_rendering",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.get_state_display()}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RENDERING}
