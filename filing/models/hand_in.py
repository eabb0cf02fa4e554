"""Supplementary hand-ins (补报): a corrected scan of a copy that an authority has already, a row of its own beside the
filing, whose number and days stay as they are. And the calls for such a scan."""

from typing import TYPE_CHECKING, Self, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agreements.models import Agreement
from filing import states
from filing.states import HAND_IN_DECIDED, HAND_IN_OVER, HANDED_IN
from institutions.models import Authority

USER = settings.AUTH_USER_MODEL


class HandInQuerySet(models.QuerySet["HandIn"]):
    def with_filing(self) -> Self:
        """Fetch what its verbs and pages speak of; the agreements' frozen words stay behind."""
        rows = self.select_related(
            "previous",
            "filing__authority__region",
            "filing__agreement__medical",
            "filing__agreement__elder_care",
            "filing__agreement__frozen",
            "submitted_by",
            "decided_by",
        )
        return rows.defer("filing__agreement__frozen__body")


class HandIn(models.Model):
    State: TypeAlias = states.HandInState

    filing = models.ForeignKey("filing.Filing", models.PROTECT, related_name="hand_ins", verbose_name="所补的备案")
    state = models.CharField("状态", max_length=20, choices=State, default=State.DUE)
    round = models.PositiveSmallIntegerField("第几次补报", default=1)
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name="上一次补报"
    )
    remark = models.TextField("补报说明", blank=True)
    scans = models.JSONField("补报的扫描件", default=list, help_text="SHA-256 of each, in the order of the paper")
    submitted_at = models.DateTimeField("补报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    review_due_on = models.DateField("查收期限", null=True, blank=True, help_text="set when handed in")
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    reasons = models.TextField("退回原因", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HandInQuerySet.as_manager()

    if TYPE_CHECKING:
        filing_id: int
        submitted_by_id: int | None

    class Meta:
        verbose_name = "补报"
        ordering = ["filing", "round"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "round"], name="hand_in_round"),
            models.UniqueConstraint(fields=["filing"], condition=Q(state="due"), name="one_hand_in_due_per_filing"),
            models.UniqueConstraint(
                fields=["filing"], condition=Q(state="submitted"), name="one_hand_in_waits_per_filing"
            ),
            models.CheckConstraint(
                condition=Q(round=1, previous__isnull=True) | Q(round__gt=1, previous__isnull=False),
                name="later_hand_ins_refer_to_the_earlier",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True, scans=[])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False) & ~Q(scans=[]) & ~Q(remark=""),
                name="handed_in_by_whom_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(review_due_on__isnull=True) | Q(submitted_at__isnull=False),
                name="hand_in_review_due_only_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state="due", submitted_at__isnull=True)
                | Q(state__in=[*HANDED_IN, states.HandInState.RETURNED], submitted_at__isnull=False)
                | Q(state="replaced"),
                name="hand_in_submitted_exactly_when_not_due",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HAND_IN_OVER, decided_at__isnull=False, decided_by__isnull=False)
                | ~Q(state__in=HAND_IN_OVER) & Q(decided_at__isnull=True, decided_by__isnull=True),
                name="hand_in_decided_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HAND_IN_DECIDED) | ~Q(decided_by=F("submitted_by")),
                name="hand_in_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="returned") & ~Q(reasons="") | ~Q(state="returned") & Q(reasons=""),
                name="hand_in_reasons_exactly_when_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing}第 {self.round} 次补报（{self.get_state_display()}）"


class RescanCallQuerySet(models.QuerySet["RescanCall"]):
    def open(self) -> Self:
        return self.filter(state=states.CallState.OPEN)


class RescanCall(models.Model):
    """That somebody wants paper scanned again although nobody returned it: a clerk of either side, or an authority."""

    State: TypeAlias = states.CallState

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="rescan_calls")
    filing = models.ForeignKey(
        "filing.Filing",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="从哪一件备案提出",
        help_text="null where a side asks of what is filed nowhere",
    )
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", help_text="null where a side asks"
    )
    state = models.CharField("状态", max_length=20, choices=State, default=State.OPEN)
    reason = models.TextField("原因")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = RescanCallQuerySet.as_manager()

    if TYPE_CHECKING:
        agreement_id: int
        filing_id: int | None
        asked_by_id: int

    class Meta:
        verbose_name = "重新扫描的要求"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement"], condition=Q(state="open"), name="one_open_call_for_a_rescan"),
            models.CheckConstraint(condition=~Q(reason=""), name="call_for_a_rescan_says_why"),
            models.CheckConstraint(
                condition=Q(authority__isnull=True) | Q(filing__isnull=False),
                name="authority_calls_from_its_filing",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False),
                name="call_for_a_rescan_ended_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}：{self.reason}"
