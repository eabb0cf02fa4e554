"""The register of what was given out signed: each file, after each signature and each timestamp, known by its digest.

Written once. With the frozen copies (`Counterpart`) these are all files that the platform ever calls its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agreements.models.rendition import Counterpart
from agreements.models.signature import Signature


class IssuedFileQuerySet(models.QuerySet["IssuedFile"]):
    def newest(self) -> Self:
        """Return of each copy the file that holds all that was added to it."""
        later = IssuedFile.objects.filter(previous=models.OuterRef("pk"))
        return self.filter(~models.Exists(later))


class IssuedFile(models.Model):
    """One copy after one more revision: a party's signature, or a timestamp over all before."""

    class Level(models.TextChoices):
        B = "B-B", "只有签约人自己的时间"
        T = "B-T", "带可信时间戳"
        LTA = "B-LTA", "带可信时间戳和长期验证资料"

    counterpart = models.ForeignKey(Counterpart, models.PROTECT, verbose_name="正本", related_name="issued")
    order = models.PositiveSmallIntegerField("第几次签章", help_text="of the revisions of this copy, from 1")
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="next")
    signature = models.ForeignKey(
        Signature, models.PROTECT, null=True, blank=True, related_name="files", help_text="empty for a timestamp"
    )
    field = models.CharField("签署域", max_length=40, help_text="seal-ROLE or time-N: what the revision fills")
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveIntegerField("字节数")
    file = models.FileField("文件", max_length=200)
    looks = models.JSONField("外观摘要", default=dict, blank=True, help_text="SHA-256 of what is shown, by field")
    level = models.CharField("级别", max_length=10, choices=Level)
    no_time = models.CharField("没有时间戳的原因", max_length=500, blank=True)
    proved_until = models.DateTimeField("时间戳证书到期", null=True, blank=True)
    made_at = models.DateTimeField("形成时间", auto_now_add=True)

    objects = IssuedFileQuerySet.as_manager()

    if TYPE_CHECKING:
        counterpart_id: int
        previous_id: int | None
        signature_id: int | None

    class Meta:
        verbose_name = "签章文件"
        ordering = ["counterpart", "order"]
        constraints = [
            models.UniqueConstraint(fields=["counterpart", "order"], name="issued_file_order"),
            models.UniqueConstraint(fields=["counterpart", "field"], name="issued_file_fills_a_field_once"),
            models.CheckConstraint(
                condition=Q(order=1, previous__isnull=True) | Q(order__gt=1, previous__isnull=False),
                name="issued_file_follows_one",
            ),
            models.CheckConstraint(
                condition=Q(field__startswith="seal-", signature__isnull=False)
                | Q(field__startswith="time-", signature__isnull=True),
                name="issued_file_by_a_signature_or_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counterpart} 第 {self.order} 次签章"
