"""Rendered papers: one rendition is one run of the renderer; it makes the copies and the print file."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from agreements.models.frozen import FrozenText

if TYPE_CHECKING:
    from agreements.models.issued_file import IssuedFile


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def final(self) -> Self:
        """Return those of the frozen text that the agreement shows; not of an earlier, voided one, nor of a draft."""
        return self.filter(frozen=F("agreement__frozen"))


class Rendition(models.Model):
    """One run of the renderer for one state of the text. A person sees its progress; a sweep repairs a stuck one."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RENDERING = "rendering", "正在生成"
        READY = "ready", "已生成"
        FAILED = "failed", "生成失败"

    agreement = models.ForeignKey("agreements.Agreement", models.CASCADE, related_name="renditions")
    revision = models.PositiveIntegerField("文本修订号", help_text="the agreement's revision that was rendered")
    frozen = models.ForeignKey(
        FrozenText,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renditions",
        verbose_name="所印定稿",
        help_text="printed without watermark; empty for a draft",
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField("失败原因", blank=True)
    text_digest = models.CharField(
        "文本摘要 SHA-256", max_length=64, blank=True, help_text="a frozen text's own, of a draft that of its words"
    )
    page_count = models.PositiveIntegerField("每份页数", default=0)
    areas = models.JSONField("签署栏位置", default=list, blank=True, help_text="see documents/places.py")
    print_file = models.FileField("合并打印文件", blank=True, max_length=200)
    print_sha256 = models.CharField(max_length=64, blank=True)

    objects = RenditionQuerySet.as_manager()

    if TYPE_CHECKING:
        agreement_id: int
        frozen_id: int | None

    class Meta:
        verbose_name = "生成记录"
        ordering = ["-id"]
        # The clock asks every few seconds for what waits and what a dead worker held.
        indexes = [
            models.Index(fields=["state", "requested_at"], condition=~Q(state="ready"), name="rendition_at_work")
        ]
        constraints = [
            # Asking twice for the same text rings the same bell; a failed run may be asked for again.
            models.UniqueConstraint(
                fields=["agreement", "revision", "frozen"],
                nulls_distinct=False,
                condition=~Q(state="failed"),
                name="one_live_rendition_per_revision",
            ),
            # What was printed and signed is compared with the copies of its text: there are no others beside them.
            models.UniqueConstraint(
                fields=["frozen"], condition=~Q(state="failed"), name="one_live_rendition_per_frozen_text"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(page_count__gt=0) & ~Q(print_sha256="")),
                name="ready_rendition_has_files",
            ),
            # Whether each side has signed a scanned page is asked of its part of the signature block.
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(frozen=None)
                | Q(areas__contains=[{"role": "medical"}]) & Q(areas__contains=[{"role": "elder_care"}]),
                name="ready_rendition_knows_where_each_side_signs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} 修订 {self.revision} {self.get_state_display()}"

    @property
    def is_final(self) -> bool:
        """Whether it prints a frozen text, without watermark."""
        return self.frozen_id is not None

    @property
    def copies(self) -> int:
        """How many numbered copies the print file holds."""
        return Counterpart.objects.filter(rendition=self).count()

    @property
    def sheets_each(self) -> int:
        """How many sheets one copy takes, printed on both sides: each begins on a sheet of its own."""
        return (self.page_count + 1) // 2


class Counterpart(models.Model):
    """One numbered copy (正本) with its holder and file."""

    rendition = models.ForeignKey(Rendition, models.CASCADE, related_name="counterparts")
    number = models.PositiveSmallIntegerField("第几份")
    holder = models.CharField("执存方", max_length=20)
    holder_label = models.CharField("执存标注", max_length=40)
    holder_name = models.CharField("执存单位", max_length=100, blank=True)
    file = models.FileField("文件", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    page_count = models.PositiveIntegerField("页数")

    class Meta:
        verbose_name = "正本"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["rendition", "number"], name="counterpart_number"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=6), name="counterpart_number_1_to_6"),
        ]

    def __str__(self) -> str:
        return f"正本 {self.number} · {self.holder_label}"

    @cached_property
    def newest(self) -> "Counterpart | IssuedFile":
        """The copy with all that was signed and stamped on it: its last issued file, itself before any.

        Both have `file` and `sha256`. One question, or none where `issued` was fetched.
        """
        return max(self.issued.all(), key=lambda each: each.order, default=self)
