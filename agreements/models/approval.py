"""What the leader of one side says of a text before that side agrees to it: of one text, and of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from institutions.models import Institution, Role, keys_read_by


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the user's own institutions: the other side and the bureaus see nothing of it."""
        return self.filter(institution__in=keys_read_by(user))

    def waiting(self) -> Self:
        return self.filter(state=Approval.State.WAITING)


class Approval(models.Model):
    """One request of a clerk to the leaders of the own institution, and how it was answered."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待审批"
        APPROVED = "approved", "已同意"
        DECLINED = "declined", "未同意"
        TAKEN_BACK = "taken_back", "申请已撤回"
        LAPSED = "lapsed", "申请已失效"

    agreement = models.ForeignKey("agreements.Agreement", models.PROTECT, related_name="approvals")
    institution = models.ForeignKey(Institution, models.PROTECT, verbose_name="审批的机构", related_name="+")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    digest = models.CharField("文本摘要", max_length=64, help_text="FilledText.digest of what is approved")
    revision = models.PositiveIntegerField("修订号", help_text="of the agreement when it was asked for")
    words = models.TextField("申请说明", blank=True)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
        help_text="or who took it back, or made it lapse; null for the clock",
    )
    answer = models.TextField("审批意见", blank=True, help_text="or why it lapsed")

    objects = ApprovalQuerySet.as_manager()

    if TYPE_CHECKING:
        agreement_id: int
        institution_id: int
        asked_by_id: int
        answered_by_id: int | None

    class Meta:
        verbose_name = "负责人审批"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "institution"], condition=Q(state="waiting"), name="one_waiting_approval_per_side"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(state__in=["approved", "declined", "taken_back"], answered_at__isnull=False)
                & Q(answered_by__isnull=False)
                | Q(state="lapsed", answered_at__isnull=False),
                name="approval_answered_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "lapsed"]) | ~Q(answer=""), name="approval_declined_for_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "declined"]) | ~Q(answered_by=F("asked_by")),
                name="approval_is_of_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} · {self.institution}"

    @property
    def role(self) -> Role:
        return Role(self.institution.role)
