"""What coverage keeps: nothing that is true by itself, all of it folded from the register, agreements and filings.

Every figure of an institution is constant between the days on which something about it changes. So a region's own
figures are kept once for each day on which any of them changes, and hold up to the next (`steps/`). All of it
can be made anew by `./script/manage fold_coverage --all`.
"""

from django.db import models
from django.db.models.functions import Now

from institutions.models import Institution
from regions.models import Region


class FoldedRegion(models.Model):
    """A region in which elder-care institutions are registered, and with which statement its steps were folded."""

    region = models.OneToOneField(Region, models.CASCADE, primary_key=True, related_name="+", verbose_name="地区")
    version = models.CharField("算法", max_length=16, help_text="of the statement and what is written into it")
    folded_at = models.DateTimeField("计算时间")
    days = models.PositiveIntegerField("变化日数", help_text="how many steps it has")
    first_month = models.DateField("首个月末", null=True, help_text="of its month ends; null where it has none")
    last_month = models.DateField("末个月末", null=True)

    class Meta:
        verbose_name = "已计算的地区"

    def __str__(self) -> str:
        return str(self.region)


class Figures(models.Model):
    """The fields of `Counts`, of the institutions of one region."""

    region = models.ForeignKey(
        Region, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name="地区"
    )
    obliged = models.IntegerField()
    signed = models.IntegerField()
    own_clinic = models.IntegerField()
    uncovered = models.IntegerField()
    clinic_unexempt = models.IntegerField()
    agreements = models.IntegerField()
    filed_both = models.IntegerField()
    filed_health = models.IntegerField()
    filed_civil_affairs = models.IntegerField()
    filed_neither = models.IntegerField()
    ending_30 = models.IntegerField()
    ending_60 = models.IntegerField()
    ending_90 = models.IntegerField()
    left_closed = models.IntegerField()
    left_closed_undated = models.IntegerField()
    left_other_kind = models.IntegerField()
    left_unfiled = models.IntegerField()
    left_not_yet = models.IntegerField()
    left_no_capacity = models.IntegerField()
    undated_opening = models.IntegerField()
    undated_clinic = models.IntegerField()

    class Meta:
        abstract = True


class Step(Figures):
    """The figures of a region from a day on, up to its next step. The first one of a region is of the first day."""

    pk = models.CompositePrimaryKey("region_id", "day")
    day = models.DateField("起算日")

    class Meta:
        verbose_name = "覆盖数字"

    def __str__(self) -> str:
        return f"{self.region_id} {self.day}"


class MonthEnd(Figures):
    """The figures of a region on the last day of a month: what a line of months is drawn from, of all regions at once.

    A region has one for each month between its first change and its last.
    """

    pk = models.CompositePrimaryKey("day", "region_id")
    day = models.DateField("月末")

    class Meta:
        verbose_name = "月末覆盖数字"

    def __str__(self) -> str:
        return f"{self.region_id} {self.day}"


class Mark(models.Model):
    """Says that something has changed of which the steps do not know yet, at an institution or in a whole region.
    Written by triggers, within whatever changes it; whoever folds the region takes away the marks that they have seen.

    Of an institution the mark names itself and not its region: it may be moving just now, unseen by whoever marks it.
    """

    region = models.ForeignKey(
        Region, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, verbose_name="地区"
    )
    home = models.ForeignKey(
        Institution, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, verbose_name="养老服务机构"
    )
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "待重新计算"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(region__isnull=False) ^ models.Q(home__isnull=False), name="mark_is_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.home_id}"
