"""What an institution was called before. Past agreements keep the old name; the register finds it by either."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from institutions.models.institution import Institution


class FormerName(models.Model):
    """A name and the days on which it was in use. `Institution.former_names` holds the same names for the search."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="past_names")
    name = models.CharField("曾用名", max_length=100)
    used_from = models.DateField("启用日期", null=True, blank=True, help_text="unknown for the first name known")
    used_until = models.DateField("更名日期", help_text="the first day of the next name")
    reason = models.CharField("更名原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    if TYPE_CHECKING:
        institution_id: int

    class Meta:
        verbose_name = "曾用名"
        ordering = ["-used_until", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_from__isnull=True) | Q(used_until__gte=F("used_from")),
                name="former_name_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name
