"""Regions of GB/T 2260 with validity dates, and the policy schemes in force there."""

from typing import TYPE_CHECKING, Self

from django.db import models

NATION_CODE = "000000"


class RegionQuerySet(models.QuerySet["Region"]):
    def under(self, region: "Region") -> Self:
        """Return the region itself and everything below it."""
        return self.filter(code__startswith=region.prefix)

    def search(self, text: str) -> Self:
        """Return regions whose name contains `text` or whose code starts with it."""
        text = text.strip()
        return self.filter(models.Q(name__contains=text) | models.Q(code__startswith=text)) if text else self


class Region(models.Model):
    class Level(models.IntegerChoices):
        NATION = 0, "全国"
        PROVINCE = 1, "省级"
        PREFECTURE = 2, "地级"
        COUNTY = 3, "县级"

    code = models.CharField("行政区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("层级", choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)
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

    @property
    def prefix(self) -> str:
        """The leading digits that every code below this region shares ("" for the nation)."""
        return self.code[: 2 * self.level]

    def chain(self) -> list["Region"]:
        """Return nation → … → this region, in one query."""
        codes = {NATION_CODE, self.code[:2] + "0000", self.code[:4] + "00", self.code}
        return list(Region.objects.filter(code__in=codes).order_by("level"))

    @property
    def full_name(self) -> str:
        """Province, prefecture and county names in one string, as addresses begin."""
        return "".join(region.name for region in self.chain() if region.level > 0)
