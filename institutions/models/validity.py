"""How long a practice licence or an elder-care filing (养老机构备案) held: every period entered, and each lapse."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models.institution import Institution
from uploads.models import Upload


class Document(models.TextChoices):
    """What an institution must hold to be a party: a medical one a licence, an elder-care one a filing."""

    LICENCE = "licence", "医疗机构执业许可证"
    FILING = "filing", "养老机构备案"


class ValidityPeriod(models.Model):
    """One period as it was entered. The profile holds the newest; a renewal adds a row and changes none."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="validity_periods")
    document = models.CharField("证件", max_length=10, choices=Document)
    number = models.CharField("编号", max_length=60, blank=True)
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_to = models.DateField("有效期止", null=True, blank=True, help_text="last day, included; none means no end")
    upload = models.ForeignKey(
        Upload, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传的文件"
    )
    scan = models.FileField("扫描件", max_length=200, blank=True, help_text="that of the upload")
    scan_content_type = models.CharField(max_length=40, blank=True)
    scan_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    # None: the period that stood in the profile before the first renewal was entered.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    if TYPE_CHECKING:
        institution_id: int
        entered_by_id: int | None

    class Meta:
        verbose_name = "证件有效期"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="validity_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(upload__isnull=True, scan="", scan_sha256="", scan_content_type="")
                | Q(upload__isnull=False) & ~Q(scan="") & ~Q(scan_sha256="") & ~Q(scan_content_type=""),
                name="validity_scan_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_document_display()} {self.number}"


class Lapse(models.Model):
    """That a licence or filing ran out was seen and logged. The unique key makes it happen once for each last day."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="lapses")
    document = models.CharField("证件", max_length=10, choices=Document)
    last_day = models.DateField("最后有效日")
    noted_at = models.DateTimeField("记录时间", auto_now_add=True)

    class Meta:
        verbose_name = "失效记录"
        ordering = ["-last_day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "document", "last_day"], name="one_lapse_per_last_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_document_display()} {self.last_day}"
