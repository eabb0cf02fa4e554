"""One scanned page: which page of which copy it shows, how that is known, and what a second person said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agreements.models.scan import Scan
from uploads.models import Page

NO_PAGE = "0"  # of the copies: an empty back, one scanned twice


class ScanPageQuerySet(models.QuerySet["ScanPage"]):
    def waiting(self) -> Self:
        """Return the pages of files that nobody has decided, but those that a second person sent back."""
        return self.filter(scan__state=Scan.State.UPLOADED, sent_back_at__isnull=True)

    def with_pictures(self) -> Self:
        """Return them with what a page shows of them."""
        return self.select_related("scan__uploaded_by", "scan__upload", "picture__upload", "sent_back_by")


class ScanPage(models.Model):
    """`copy` and `page` are those of the copy, counted from 1; what is no page of this text's copies has none."""

    class Finding(models.TextChoices):
        FOUND = "found", "找到"
        UNREADABLE = "unreadable", "读不出"
        FOREIGN = "foreign", "别的协议的页"
        OTHER_TEXT = "other_text", "不是定稿文本"  # a draft's, or one that was never printed here
        VOIDED = "voided", "已作废的文本"
        UNSIGNED = "unsigned", "没有签章"
        NO_PAGE = "no_page", "不是正本的页"  # said by hand

    # What a second person may tick: a page of the copies, or said to be none.
    CAN_STAND = frozenset({Finding.FOUND, Finding.NO_PAGE})

    scan = models.ForeignKey(Scan, models.PROTECT, related_name="sheets")
    picture = models.ForeignKey(Page, models.PROTECT, related_name="+", help_text="the page of the file, as drawn")
    finding = models.CharField("识别结果", max_length=10, choices=Finding)
    copy = models.PositiveSmallIntegerField("第几份正本", null=True, blank=True)
    page = models.PositiveSmallIntegerField("第几页", null=True, blank=True)
    of_number = models.CharField(
        "另一份协议的编号", max_length=30, blank=True, help_text="of a foreign page, as its code says it"
    )
    bare: models.JSONField[list[str], list[str]] = models.JSONField(
        "没有签章的地方", default=list, blank=True, help_text="areas of an unsigned page in which no ink stands"
    )
    is_by_hand = models.BooleanField("由人标明", default=False)
    hand_reason = models.TextField("标明的理由", blank=True)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="退回人"
    )
    sent_back_at = models.DateTimeField("退回时间", null=True, blank=True)
    sent_back_reason = models.TextField("退回原因", blank=True)

    objects = ScanPageQuerySet.as_manager()

    if TYPE_CHECKING:
        scan_id: int
        picture_id: int

    class Meta:
        verbose_name = "扫描件的页"
        ordering = ["scan", "picture"]
        constraints = [
            models.UniqueConstraint(fields=["scan", "picture"], name="scan_page_once"),
            models.CheckConstraint(
                condition=Q(finding__in=["found", "unsigned", "voided", "other_text"])
                & Q(copy__isnull=False, page__isnull=False, copy__gt=0, page__gt=0)
                | Q(finding__in=["unreadable", "foreign", "no_page"], copy__isnull=True, page__isnull=True),
                name="scan_page_placed_exactly_when_known",
            ),
            models.CheckConstraint(
                condition=Q(is_by_hand=True, finding__in=["found", "no_page"]) & ~Q(hand_reason="")
                | Q(is_by_hand=False, hand_reason="") & ~Q(finding="no_page"),
                name="scan_page_by_hand_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(finding="foreign") & ~Q(of_number="") | ~Q(finding="foreign") & Q(of_number=""),
                name="scan_page_says_whose_it_is",
            ),
            models.CheckConstraint(
                condition=Q(sent_back_at__isnull=True, sent_back_by__isnull=True, sent_back_reason="")
                | Q(sent_back_at__isnull=False, sent_back_by__isnull=False) & ~Q(sent_back_reason=""),
                name="scan_page_sent_back_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scan} 第 {self.number} 页"

    @property
    def number(self) -> int:
        """Which page of its file it is, counted from 1."""
        return self.picture.number

    @property
    def place(self) -> str:
        """Which page of which copy it shows, as a form carries it: 1-3; "0" for none of them, "" while unknown."""
        if self.finding == self.Finding.NO_PAGE:
            return NO_PAGE
        return f"{self.copy}-{self.page}" if self.copy and self.page else ""

    @property
    def place_in_words(self) -> str:
        """The same for people, "" while nobody knows."""
        if self.finding == self.Finding.NO_PAGE:
            return "不是正本的页"
        return f"第 {self.copy} 份正本第 {self.page} 页" if self.place else ""

    @property
    def differing(self) -> list[str]:
        """Some words of ours in whose places another text stands on it, or none, as the machine has seen it."""
        return list((self.picture.seen.get("compared") or {}).get("differing", ()))

    @property
    def is_white(self) -> bool:
        """Whether the machine has seen no code on it, and nothing else."""
        return bool(self.picture.seen.get("white"))

    @property
    def is_blank(self) -> bool:
        """Whether nobody could read it because nothing stands on it, an empty back, and nobody has said what it is."""
        return self.finding == self.Finding.UNREADABLE and self.is_white

    @property
    def is_set_aside(self) -> bool:
        """Whether its uploader has said of an empty back that it is no page of the copies."""
        return self.finding == self.Finding.NO_PAGE and self.is_white

    @property
    def is_bent(self) -> bool:
        """Whether these may be ours all the same: the sheet did not lie flat."""
        return bool((self.picture.seen.get("compared") or {}).get("bent"))

    @property
    def counts(self) -> bool:
        """Whether it stands for the page that it shows."""
        return self.finding == self.Finding.FOUND and self.sent_back_at is None


class PageTick(models.Model):
    """One second person has compared one scanned page with the text that it should carry."""

    page = models.ForeignKey(ScanPage, models.PROTECT, related_name="ticks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核对人")
    at = models.DateTimeField("核对时间", default=timezone.now)

    if TYPE_CHECKING:
        page_id: int
        by_id: int

    class Meta:
        verbose_name = "逐页核对"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["page", "by"], name="page_ticked_once_by_each")]

    def __str__(self) -> str:
        return f"{self.page} {self.by}"
