"""What a person read of a text besides its pages: the template once, and the filled blanks of one agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from agreements.models.frozen import FrozenText
from agreements.models.template import TemplateVersion


class HowRead(models.TextChoices):
    """The two ways to have read a frozen text before one signs it."""

    PAGES = "pages", "每一页都看过"
    BLANKS = "blanks", "范本全文和每一处填写都看过"


class ReadTemplate(models.Model):
    """That a person was shown a version of a template whole, and said so. Once, for all agreements made by it."""

    version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="+", verbose_name="范本版本")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="看过的人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "看过的范本"
        ordering = ["version", "person"]
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="template_is_read_once")]

    def __str__(self) -> str:
        return f"{self.version} {self.person}"


class ReadBlanks(models.Model):
    """That a person was shown every filled blank of a frozen text, and said so."""

    frozen = models.ForeignKey(FrozenText, models.PROTECT, related_name="+", verbose_name="定稿文本")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="看过的人")
    at = models.DateTimeField("时间", auto_now_add=True)

    if TYPE_CHECKING:
        frozen_id: int

    class Meta:
        verbose_name = "看过的填写内容"
        ordering = ["frozen", "person"]
        constraints = [models.UniqueConstraint(fields=["frozen", "person"], name="blanks_are_read_once")]

    def __str__(self) -> str:
        return f"{self.frozen} {self.person}"
