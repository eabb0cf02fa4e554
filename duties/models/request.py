"""Somebody asks to become the administrator of an institution; the county's authority looks at the licence."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from duties.models.introduction import Introduction
from duties.models.invitation import Invitation
from institutions.models.institution import Institution
from uploads.models import Upload


class AdministratorRequest(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "等待主管部门核实"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "不予确认"

    number = models.CharField("受理编号", max_length=20, unique=True)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="administrator_requests")
    full_name = models.CharField("姓名", max_length=50)
    mobile = models.CharField("手机号", max_length=20)
    email = models.EmailField("电子邮箱", blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+", verbose_name="上传的文件")
    licence = models.FileField("证照扫描件", max_length=200, help_text="that of the upload")
    original_name = models.CharField("原文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField("SHA-256", max_length=64)
    page_count = models.PositiveIntegerField("页数")
    size = models.PositiveIntegerField("字节数")
    browser = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the secret that the asking browser keeps; empty without one"
    )
    claim = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the secret of the applicant's link; empty without a code"
    )
    # None: it came by nobody's letter.
    introduction = models.ForeignKey(
        Introduction, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name="介绍函"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField("不予确认的原因", blank=True)
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, blank=True, related_name="request")

    if TYPE_CHECKING:
        institution_id: int
        decided_by_id: int | None

    class Meta:
        verbose_name = "机构管理员申请"
        ordering = ["requested_at", "id"]
        indexes = [
            models.Index(fields=["institution"], condition=Q(state="waiting"), name="administrator_request_waiting")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "full_name", "mobile", "browser"],
                condition=Q(state="waiting"),
                name="one_waiting_request_per_person_and_browser",
            ),
            models.UniqueConstraint(
                fields=["introduction"], condition=Q(state="waiting"), name="one_waiting_request_per_introduction"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="administrator_request_decided_with_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
                name="administrator_request_reason_when_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.full_name}"
