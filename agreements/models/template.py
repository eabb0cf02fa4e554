"""Published templates. A version is immutable: agreements keep theirs for ever."""

import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from agreements.text.schema import TemplateBody
from regions.models import Region


class Template(models.Model):
    slug = models.SlugField("标识", max_length=60, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="适用区域", related_name="templates")
    loaded_from = models.CharField(
        "数据文件夹", max_length=500, blank=True, help_text="空：平台自带；否则是 load_templates --dir 的文件夹"
    )
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True, help_text="从这一天起不能再用来起草")

    class Meta:
        verbose_name = "范本"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_withdrawn(self) -> bool:
        """Whether no new agreement may be drafted by it; those that are on it stay."""
        return self.withdrawn_on is not None and self.withdrawn_on <= timezone.localdate()


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def latest_of_each(self) -> Self:
        """Return the newest version of every template."""
        return self.order_by("template_id", "-number").distinct("template_id")

    def on_offer(self, on: datetime.date | None = None) -> Self:
        """Return those whose template is not withdrawn on a day (default: today)."""
        day = on or timezone.localdate()
        return self.exclude(template__withdrawn_on__isnull=False, template__withdrawn_on__lte=day)

    def of_main_agreements(self) -> Self:
        """Return those that a first agreement is drafted by: all but what supplements one."""
        return self.exclude(body__contains={"purpose": "supplement"})

    def signed_first_by(self, role: str) -> Self:
        """Return those in which this side signs on screen before the other may."""
        return self.filter(body__contains={"first_to_sign": role})

    def newest_of(self, slug: str) -> "TemplateVersion | None":
        """Return the newest version of one template for main agreements; None for a word that names none on offer."""
        return self.on_offer().of_main_agreements().filter(template__slug=slug).order_by("-number").first()

    def for_region(self, region: Region) -> Self:
        """Return the newest versions to draft by in a county: its own and those of the regions above it."""
        applying = self.on_offer().of_main_agreements().filter(template__region__code__in=region.chain_codes)
        return applying.latest_of_each().select_related("template__region")


class TemplateVersion(models.Model):
    template = models.ForeignKey(Template, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    title = models.CharField("标题", max_length=100)
    is_official = models.BooleanField("官方文本")
    body = models.JSONField("内容")
    digest = models.CharField("内容摘要 SHA-256", max_length=64)
    published_at = models.DateTimeField("发布时间", auto_now_add=True)

    objects = TemplateVersionQuerySet.as_manager()

    if TYPE_CHECKING:
        template_id: int

    class Meta:
        verbose_name = "范本版本"
        ordering = ["template", "number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"

    @cached_property
    def parsed(self) -> TemplateBody:
        """The body as dataclasses. Checked when it was published, so no error is expected here."""
        return TemplateBody.from_json(self.body)
