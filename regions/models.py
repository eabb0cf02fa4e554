"""Regions of GB/T 2260 with validity dates, the policy schemes in force there, and the working-day calendar."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Length
from django.utils.functional import cached_property

from regions.divisions import NATION_CODE
from regions.scheme_body import SchemeBody


class RegionQuerySet(models.QuerySet["Region"]):
    def under(self, region: "Region") -> Self:
        """Return the region itself and everything below it."""
        return self.filter(code__startswith=region.prefix)

    def valid_on(self, day: datetime.date) -> Self:
        """Return regions whose code holds on that day."""
        started = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        return self.filter(started, Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def lowest(self) -> Self:
        """Return regions in which institutions stand: counties, and prefectures that have none (e.g. 东莞市)."""
        below = Region.objects.filter(parent=OuterRef("pk"))
        return self.filter(Q(level=Region.Level.COUNTY) | Q(level=Region.Level.PREFECTURE) & ~Exists(below))

    def search(self, text: str) -> Self:
        """Return regions found by name or by the start of their code, the likeliest first.

        Several words narrow the search down: "绍兴 越城". Groupings such as 北京市辖区 are no places and never found.
        """
        words = text.split()
        if not words:
            return self
        found = self.filter(is_grouping=False)
        for word in words:
            found = found.filter(Q(code__startswith=word) if word.isdigit() else Q(full_name__contains=word))
        last = words[-1]
        likeness = Case(
            When(Q(name=last) | Q(code=last) | Q(full_name=last), then=Value(0)),
            When(Q(name__startswith=last) | Q(code__startswith=last), then=Value(1)),
            When(name__contains=last, then=Value(2)),
            default=Value(3),
            output_field=models.IntegerField(),
        )
        return found.order_by(models.F("valid_to").desc(nulls_first=True), likeness, "level", Length("name"), "code")


class Region(models.Model):
    class Level(models.IntegerChoices):
        NATION = 0, "全国"
        PROVINCE = 1, "省级"
        PREFECTURE = 2, "地级"
        COUNTY = 3, "县级"

    code = models.CharField("行政区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=60)
    full_name = models.CharField(
        "全称", max_length=120, blank=True, db_index=True, help_text="省、市、县名称连写；留空时自动填写"
    )
    level = models.PositiveSmallIntegerField("层级", choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    is_grouping = models.BooleanField("仅为归类", default=False, help_text="如北京市辖区：不是一个地方，全称里不出现")
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True, help_text="代码失效的第一天")
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = RegionQuerySet.as_manager()

    if TYPE_CHECKING:
        parent_id: int | None

    class Meta:
        verbose_name = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="region_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(level=0, parent__isnull=True) | models.Q(level__gt=0, parent__isnull=False),
                name="region_only_nation_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, filling in the full name of a region that was not made by `load_regions`."""
        if not self.full_name:
            above = self.parent
            while above and above.is_grouping:
                above = above.parent
            self.full_name = (above.full_name if above and above.level else "") + self.name
        super().save(*args, **kwargs)

    @property
    def prefix(self) -> str:
        """The leading digits that every code below this region shares ("" for the nation)."""
        return self.code[: 2 * self.level]

    @property
    def chain_codes(self) -> list[str]:
        """The codes nation → … → this region."""
        return [NATION_CODE] + [self.code[: 2 * level].ljust(6, "0") for level in range(1, self.level + 1)]

    def chain(self) -> list["Region"]:
        """Return nation → … → this region, in one query the first time that this object is asked."""
        return list(self._chain)

    @cached_property
    def _chain(self) -> tuple["Region", ...]:
        return tuple(Region.objects.filter(code__in=self.chain_codes).order_by("level"))


class CalendarDay(models.Model):
    """One day of the working-day table. A year without its official notice is provisional."""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("工作日")
    source_notice = models.CharField("依据", max_length=120)
    provisional = models.BooleanField("暂定", default=False)

    class Meta:
        verbose_name = "工作日历"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'工作日' if self.is_workday else '休息日'}"


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def above(self, region: Region) -> Self:
        """Return the schemes that apply in a region: its own and those of the regions above, upper ones first."""
        return self.filter(region__code__in=region.chain_codes, is_withdrawn=False).upper_first()

    def upper_first(self) -> Self:
        """Return the schemes in the order in which they are merged: upper regions first, then earlier ones."""
        return self.order_by("region__level", models.F("in_force_from").asc(nulls_first=True), "slug")

    def in_force(self, day: datetime.date) -> Self:
        """Return the schemes that hold on that day; one whose source gives no date at all always holds."""
        return self.filter(Q(in_force_from__isnull=True) | Q(in_force_from__lte=day))


class Scheme(models.Model):
    """A region's policy in force: a copy of one data file."""

    slug = models.SlugField("标识", unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="schemes", verbose_name="区域")
    title = models.CharField("标题", max_length=200)
    document_number = models.CharField("发文字号", max_length=60, blank=True)
    in_force_from = models.DateField("施行日期", null=True, blank=True, help_text="原文不精确时取最早的一天")
    digest = models.CharField("数据文件摘要", max_length=64)
    body = models.JSONField("内容")
    is_withdrawn = models.BooleanField("已撤下", default=False, help_text="数据文件已不存在")
    loaded_from = models.CharField(
        "数据文件夹", max_length=500, blank=True, help_text="空：平台自带；否则是 load_schemes --dir 的文件夹"
    )

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "政策方案"
        ordering = ["region__code", "slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def parsed(self) -> SchemeBody:
        return SchemeBody.from_json(self.body)


class LeftOutProblem(models.Model):
    """One mistake in a region's file that was left out when its folder was last loaded; the next load clears it."""

    what = models.CharField("类别", max_length=20, help_text="范本、政策方案")
    loaded_from = models.CharField("数据文件夹", max_length=500, blank=True)
    problem = models.TextField("错误", help_text="文件:行:列: 说明")
    told_at = models.DateTimeField("载入时间", auto_now_add=True)

    class Meta:
        verbose_name = "未载入的文件"
        ordering = ["what", "loaded_from", "pk"]

    def __str__(self) -> str:
        return self.problem
