"""Whether an institution meets the checklist of its region's scheme: answered with evidence, confirmed item by item."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from institutions.models.authority import Authority
from institutions.models.duty import AT_INSTITUTIONS, in_use
from institutions.models.institution import Institution
from institutions.models.remit import remit_read_by
from uploads.models import Upload


class EligibilityCaseQuerySet(models.QuerySet["EligibilityCase"]):
    def visible_to(self, user: User) -> Self:
        """Return what a person may see: the own institutions' cases, and for an official those of the remit.

        What is not submitted yet is the institution's alone.
        """
        own = Institution.objects.filter(in_use(user, "memberships"), memberships__duty__in=AT_INSTITUTIONS)
        handed_in = Q(institution__region__in=remit_read_by(user)) | Q(authority__region__in=remit_read_by(user))
        return self.filter(Q(institution__in=own.values("pk")) | handed_in & ~Q(state=EligibilityCase.State.DRAFT))

    def open(self) -> Self:
        return self.filter(state__in=[EligibilityCase.State.DRAFT, EligibilityCase.State.SUBMITTED])

    def valid_on(self, day: date) -> Self:
        """Return the confirmations that hold on a day; one that ended or was withdrawn later held before."""
        confirmed = [EligibilityCase.State.CONFIRMED, EligibilityCase.State.EXPIRED, EligibilityCase.State.WITHDRAWN]
        held = self.filter(state__in=confirmed, valid_from__lte=day, valid_to__gte=day)
        return held.filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day))

    def with_places(self) -> Self:
        return self.select_related(
            "institution__region", "authority__region", "created_by", "submitted_by", "decided_by", "withdrawn_by"
        )


class EligibilityCase(models.Model):
    """One round of answering a checklist. A later round is a new row that copies the answers of the earlier."""

    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        SUBMITTED = "submitted", "待核对"
        CONFIRMED = "confirmed", "符合条件"
        RETURNED = "returned", "已退回"
        EXPIRED = "expired", "已到期"
        WITHDRAWN = "withdrawn", "已撤销"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="eligibility_cases")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="eligibility_cases", verbose_name="核对部门")
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    round = models.PositiveIntegerField("第几次", default=1)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上一次填报"
    )
    # The checklist as it was when the round began: a scheme that changes later changes no round.
    checklist: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("清单")
    revision = models.PositiveIntegerField(default=0, help_text="of answers and findings; an older one is refused")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("开始填报", default=timezone.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("核对时间", null=True, blank=True)
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_to = models.DateField("有效期止", null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)
    reason = models.TextField("原因", blank=True, help_text="of returning or withdrawing")

    objects = EligibilityCaseQuerySet.as_manager()

    if TYPE_CHECKING:
        institution_id: int
        authority_id: int

    class Meta:
        verbose_name = "资格核对"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["authority", "state"], name="eligibility_queue"),
            models.Index(
                fields=["valid_to", "id"], condition=Q(state__in=["confirmed", "expired"]), name="eligibility_by_end"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "round"], name="eligibility_round"),
            models.UniqueConstraint(
                fields=["institution"], condition=Q(state__in=["draft", "submitted"]), name="one_open_eligibility_case"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at__isnull=True, submitted_by__isnull=True)
                | ~Q(state="draft") & Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="eligibility_submitted_exactly_after_draft",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"], decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state__in=["draft", "submitted"]) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="eligibility_decided_exactly_after_submission",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["confirmed", "expired", "withdrawn"], valid_to__gte=F("valid_from"))
                & Q(valid_from__isnull=False, valid_to__isnull=False)
                | Q(state__in=["draft", "submitted", "returned"], valid_from__isnull=True, valid_to__isnull=True),
                name="eligibility_valid_exactly_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["returned", "withdrawn"]) & ~Q(reason="")
                | ~Q(state__in=["returned", "withdrawn"]) & Q(reason=""),
                name="eligibility_reason_exactly_when_refused",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__isnull=False, withdrawn_by__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True),
                name="eligibility_withdrawn_by_somebody_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}（{self.get_state_display()}）"


class EligibilityAnswer(models.Model):
    """What the institution answers to one item, and what the authority finds of it."""

    case = models.ForeignKey(EligibilityCase, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=40, help_text="id in the case's checklist")
    yes = models.BooleanField("是否符合", null=True, blank=True)
    number = models.PositiveIntegerField("数量", null=True, blank=True)
    day = models.DateField("日期", null=True, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    is_met = models.BooleanField("核对结果", null=True, blank=True)
    finding = models.CharField("核对意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "资格条件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "item"], name="one_answer_per_item")]

    def __str__(self) -> str:
        return self.item


class EligibilityEvidence(models.Model):
    """A file that proves one item. Once submitted it is kept; a later round refers to the same stored file."""

    case = models.ForeignKey(EligibilityCase, models.CASCADE, related_name="evidence")
    item = models.CharField(max_length=40, help_text="id in the case's checklist")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+", verbose_name="上传的文件")
    file = models.FileField("文件", max_length=200, help_text="that of the upload")
    original_name = models.CharField("原文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField("SHA-256", max_length=64)
    page_count = models.PositiveIntegerField("页数")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        verbose_name = "证明材料"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "item", "sha256"], name="same_evidence_once_per_item"),
            models.CheckConstraint(condition=Q(page_count__gt=0), name="evidence_has_pages"),
        ]

    def __str__(self) -> str:
        return self.original_name
