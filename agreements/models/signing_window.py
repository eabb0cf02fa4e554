"""Until when a frozen text can be signed electronically, and which of its pages a person has been shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agreements.models.frozen import FrozenText


class SigningWindow(models.Model):
    """Of a text that at least one side signs electronically. `closes_on` is its last day, included.

    Who is away may ask for more time; a text that is not signed by then goes back to draft by itself
    (lifecycle/windows.py), so that nothing stays half signed for ever.
    """

    DAYS = 30  # from freezing; a month is what a set of paper copies takes as well
    MOST_DAYS = 180  # however often it is put off

    frozen = models.OneToOneField(FrozenText, models.PROTECT, related_name="window")
    closes_on = models.DateField("签署截止日期")
    extensions = models.PositiveSmallIntegerField("延长次数", default=0)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="延长人"
    )
    extended_at = models.DateTimeField("延长时间", null=True, blank=True)

    class Meta:
        verbose_name = "签署期限"
        constraints = [
            models.CheckConstraint(
                condition=Q(extensions=0, extended_by__isnull=True, extended_at__isnull=True)
                | Q(extensions__gt=0, extended_by__isnull=False, extended_at__isnull=False),
                name="signing_window_extended_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.frozen} 签署期限"

    @property
    def is_over(self) -> bool:
        return timezone.localdate() > self.closes_on

    @property
    def latest(self) -> date:
        """The last day to which it can be put off."""
        return timezone.localdate(self.frozen.frozen_at) + timedelta(days=self.MOST_DAYS)


class ShownPage(models.Model):
    """That one page of a frozen text was shown to a person who signs it. Written once, by showing it."""

    frozen = models.ForeignKey(FrozenText, models.PROTECT, related_name="shown_pages")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="看过的人")
    page = models.PositiveSmallIntegerField("第几页")
    at = models.DateTimeField("时间", auto_now_add=True)

    if TYPE_CHECKING:
        frozen_id: int
        person_id: int

    class Meta:
        verbose_name = "看过的页"
        ordering = ["frozen", "person", "page"]
        constraints = [
            models.UniqueConstraint(fields=["frozen", "person", "page"], name="page_is_shown_once"),
            models.CheckConstraint(condition=Q(page__gte=1), name="shown_page_is_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.frozen} 第 {self.page} 页 {self.person}"
