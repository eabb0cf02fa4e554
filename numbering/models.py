"""How far each series has come in each year."""

from django.db import models
from django.db.models import Q


class Counter(models.Model):
    """The last number that a series gave out in a year. Whoever draws the next holds this row until the commit."""

    series = models.CharField("系列", max_length=80)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后一个编号")

    class Meta:
        verbose_name = "编号计数"
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="one_counter_a_series_and_year"),
            models.CheckConstraint(condition=Q(last__gte=1), name="counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"
