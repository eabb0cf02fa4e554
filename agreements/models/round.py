"""Each time that a text was sent to the other side, as it read then. A row is never changed but to say how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.text.filling import FilledText
from agreements.text.remarks import Remark, reason_in_words
from institutions.models import Role


class Round(models.Model):
    """One sending: what the other side was shown, and how it came back to the drafting side, if it did."""

    agreement = models.ForeignKey("agreements.Agreement", models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField("第几轮", help_text="counted from 1 within the agreement")
    body = models.JSONField("送出的文本", help_text="FilledText.to_json()")
    sent_at = models.DateTimeField("送出时间")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    is_withdrawn = models.BooleanField("撤回", default=False, help_text="taken back, not returned by who answers")
    declined_by = models.CharField(
        "拒绝签署的一方", max_length=10, choices=Role.choices, blank=True, help_text="whose signatory would not sign it"
    )
    reason = models.TextField("退回或撤回原因", blank=True, help_text="of the whole, not what is said at passages")
    remarks = models.JSONField("各条意见", default=list, blank=True, help_text="Remark as JSON, in the text's order")

    if TYPE_CHECKING:
        agreement_id: int
        returned_by_id: int | None

    class Meta:
        verbose_name = "协商轮次"
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="round_number"),
            models.CheckConstraint(
                condition=Q(
                    returned_at__isnull=True, returned_by__isnull=True, is_withdrawn=False, reason="", remarks=[]
                )
                | Q(returned_at__isnull=False, returned_by__isnull=False)
                & (Q(is_withdrawn=True, remarks=[]) | Q(is_withdrawn=False) & ~Q(reason="", remarks=[]))
                # The clock takes back a supplement whose agreement has run out.
                | Q(returned_at__isnull=False, returned_by__isnull=True, is_withdrawn=True, remarks=[]) & ~Q(reason=""),
                name="returned_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(declined_by="")
                | Q(declined_by__in=Role.values, is_withdrawn=True, returned_by__isnull=False),
                name="declined_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} 第 {self.number} 轮"

    @property
    def is_by_clock(self) -> bool:
        """Whether nobody took it back but the clock: the time to sign, or the main agreement, had run out."""
        return self.returned_at is not None and self.returned_by_id is None

    @property
    def ended_as(self) -> str:
        """In words how it came back to the drafting side, once it did."""
        if self.declined_by:
            return f"{Role(self.declined_by).label}签约人拒绝签署"
        if self.is_by_clock:
            return "到期收回"
        return "撤回" if self.is_withdrawn else "退回"

    @property
    def text(self) -> FilledText:
        return FilledText.from_json(self.body)

    @property
    def said(self) -> list[Remark]:
        """What was said at passages when it came back."""
        return [Remark.from_json(row) for row in self.remarks]

    @property
    def why(self) -> str:
        """In words all that it came back for."""
        return reason_in_words(self.reason, self.said)
