"""One filing per agreement and authority; a correction is a new row that refers to the old."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from agreements.models import Agreement
from institutions.models import Authority, authorities_of, institutions_of, remit_of

OPEN = ["due", "submitted", "under_review"]


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> Self:
        """Return what a person may see: clerks their agreements' filings, officials those of their own remit."""
        mine = institutions_of(user)
        own = Q(agreement__medical__in=mine) | Q(agreement__elder_care__in=mine)
        with_us = Q(authority__in=authorities_of(user)) | Q(authority__region__in=remit_of(user))
        return self.filter(own | with_us)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)


class Filing(models.Model):
    class State(models.TextChoices):
        DUE = "due", "待报送"
        SUBMITTED = "submitted", "已报送"
        UNDER_REVIEW = "under_review", "审核中"
        ACCEPTED = "accepted", "已备案"
        RETURNED = "returned", "退回补正"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="filings")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="filings")
    state = models.CharField("状态", max_length=20, choices=State, default=State.DUE)
    round = models.PositiveSmallIntegerField("第几次", default=1)
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="resubmission", verbose_name="上一次报送"
    )
    due_on = models.DateField("报送期限")
    due_basis = models.CharField("期限依据", max_length=300)
    is_platform_default = models.BooleanField("平台默认期限", default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    remark = models.TextField("报送说明", blank=True)
    taken_up_at = models.DateTimeField(null=True, blank=True)
    taken_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField("备案号", max_length=60, blank=True)
    reasons = models.TextField("退回原因", blank=True)
    receipt = models.FileField("备案回执", blank=True, max_length=200)
    receipt_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FilingQuerySet.as_manager()

    if TYPE_CHECKING:
        agreement_id: int
        authority_id: int

    class Meta:
        verbose_name = "备案"
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["authority", "state", "due_on"], name="filing_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "authority"], condition=Q(state__in=OPEN), name="one_open_filing_per_authority"
            ),
            models.UniqueConstraint(
                fields=["agreement", "authority"],
                condition=Q(state="accepted"),
                name="one_accepted_filing_per_authority",
            ),
            models.UniqueConstraint(fields=["agreement", "authority", "round"], name="filing_round"),
            models.UniqueConstraint(fields=["authority", "number"], condition=~Q(number=""), name="filing_number"),
            models.CheckConstraint(
                condition=Q(state="accepted", decided_at__isnull=False, decided_by__isnull=False) & ~Q(number="")
                | ~Q(state="accepted") & Q(number=""),
                name="numbered_exactly_when_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", decided_at__isnull=False) & ~Q(reasons="")
                | ~Q(state="returned") & Q(reasons=""),
                name="reasons_exactly_when_returned",
            ),
            models.CheckConstraint(
                condition=Q(state="due", submitted_at__isnull=True) | ~Q(state="due") & Q(submitted_at__isnull=False),
                name="submitted_at_exactly_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} → {self.authority}（{self.get_state_display()}）"
