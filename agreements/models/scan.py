"""A scan of signed paper. What was stored is never deleted; a rejected one stays with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from uploads.models import Upload

UNDECIDED = ["uploaded", "voided", "taken_back"]  # nobody has checked it


class Scan(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded", "待核验"
        CERTIFIED = "certified", "已核验"
        REJECTED = "rejected", "未通过"
        VOIDED = "voided", "文本已作废"  # given up with the text that it shows, undecided
        TAKEN_BACK = "taken_back", "已取回"  # by who uploaded it, undecided

    agreement = models.ForeignKey("agreements.Agreement", models.PROTECT, related_name="scans")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+", verbose_name="上传的文件")
    file = models.FileField("文件", max_length=200, help_text="that of the upload")
    original_name = models.CharField("原文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField("SHA-256", max_length=64)
    page_count = models.PositiveIntegerField("页数")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=20, choices=State, default=State.UPLOADED)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核验人"
    )
    checked_at = models.DateTimeField("核验时间", null=True, blank=True)
    reason = models.TextField("未通过原因", blank=True)

    if TYPE_CHECKING:
        uploaded_by_id: int
        agreement_id: int

    class Meta:
        verbose_name = "扫描件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "sha256"],
                condition=~Q(state__in=["rejected", "taken_back"]),
                name="same_scan_once_per_agreement",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("uploaded_by")),
                name="scan_checked_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, checked_by__isnull=True, checked_at__isnull=True)
                | ~Q(state__in=UNDECIDED) & Q(checked_by__isnull=False, checked_at__isnull=False),
                name="scan_checked_exactly_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected") & ~Q(reason="") | ~Q(state="rejected") & Q(reason=""),
                name="scan_reason_exactly_when_rejected",
            ),
            models.CheckConstraint(condition=Q(page_count__gt=0), name="scan_has_pages"),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def shown(self) -> str:
        """Which pages of which copies it shows, in words; "" for none that stands."""
        found = sorted({(sheet.copy or 0, sheet.page or 0) for sheet in self.sheets.all() if sheet.counts})
        return "；".join(
            f"第 {copy} 份正本第 {in_words(page for _, page in pages)} 页"
            for copy, pages in groupby(found, key=itemgetter(0))
        )


def in_words(pages: Iterable[int]) -> str:
    """Return page numbers in ascending order with runs drawn together: 1–3、5."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return "、".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
