"""Many filings taken up or accepted at once: what was ordered and what became of each. A job of the worker's."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from accounts.models import User
from filing.models.filing import Filing
from institutions.models import Authority, Duty, Role, authorities_of


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> Self:
        """Return the batches of the authorities that the user reviews for."""
        return self.filter(authority__in=authorities_of(user, Duty.REVIEWER))

    def with_counts(self) -> Self:
        """Add `total`, `done` and `refused`: how many filings are in it, and what became of them so far."""
        outcomes = BatchRow.Outcome
        return self.annotate(
            total=Count("rows"),
            done=Count("rows", filter=Q(rows__outcome=outcomes.DONE)),
            refused=Count("rows", filter=Q(rows__outcome=outcomes.REFUSED)),
        ).order_by("-id")


class Batch(models.Model):
    class Verb(models.TextChoices):
        TAKE_UP = "take_up", "批量接收"
        ACCEPT = "accept", "批量受理备案"

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在办理"
        DONE = "done", "办理完毕"
        FAILED = "failed", "中途停止"

    verb = models.CharField("办理", max_length=10, choices=Verb)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name="主管部门")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="办理人"
    )
    origin = models.JSONField(default=dict, blank=True, help_text="from where it was ordered (audit.origin)")
    ordered_at = models.DateTimeField("提交时间", auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    failure = models.TextField("停止的原因", blank=True)

    objects = BatchQuerySet.as_manager()

    if TYPE_CHECKING:
        authority_id: int
        # Added by `with_counts`.
        total: int
        done: int
        refused: int

    class Meta:
        verbose_name = "批量办理"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(failure="") | ~Q(state="failed") & Q(failure=""),
                name="batch_with_reason_exactly_when_failed",
            ),
            models.CheckConstraint(
                condition=Q(state="running", claimed_at__isnull=False)
                | ~Q(state="running") & Q(claimed_at__isnull=True),
                name="batch_claimed_exactly_while_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}


class BatchRow(models.Model):
    """One filing of a batch, and what became of it in words."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "还没有办"
        DONE = "done", "办成"
        REFUSED = "refused", "没有办成"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", db_index=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("第几件")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.WAITING)
    text = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "批量办理的一件"
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_row_position"),
            # Pressed twice, or by two people: a filing waits in one batch only.
            models.UniqueConstraint(
                fields=["filing"], condition=Q(outcome="waiting"), name="one_waiting_batch_of_a_filing"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", text="") | ~Q(outcome="waiting") & ~Q(text=""),
                name="batch_row_in_words_exactly_when_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.get_outcome_display()}"

    @property
    def medical_name(self) -> str:
        """As the agreement says it, and as the list from which it was ticked does."""
        return self.filing.agreement.party_name(Role.MEDICAL)

    @property
    def elder_care_name(self) -> str:
        return self.filing.agreement.party_name(Role.ELDER_CARE)
