"""The forms that have been sent, each as one row: the row that is there first is the one that counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SentForm(models.Model):
    """One form that was sent and created something.

    `digest` is of who sent it, from which form, its token and all that was entered: the token itself is nowhere, so
    that nobody who reads this table can send a form again in another's place.
    """

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    address = models.TextField("表单")
    leads_to = models.TextField("结果", blank=True)  # "" where the view itself shows the result again
    sent_at = models.DateTimeField("送出时间", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "已送出的表单"

    def __str__(self) -> str:
        return f"{self.address} → {self.leads_to}"
