"""What a letter of one institution gives another that has nobody here: a code with which its application says so."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from institutions.models.institution import Institution


class Introduction(models.Model):
    """It introduces `institution`, on behalf of `sender`, because of the agreement whose number is `about`.

    What is printed is told here as it was printed. The code itself stands nowhere: `seed` makes it only together with
    the key of this installation, `digest` finds it again.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="introductions")
    sender = models.CharField("来函机构", max_length=100)
    about = models.CharField("协议编号", max_length=30)
    seed = models.CharField(max_length=64, help_text="makes the code, with a key that is not in the database")
    digest = models.CharField(max_length=64, unique=True, help_text="of the code, with the same key, hexadecimal")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打印人")
    issued_at = models.DateTimeField("打印时间", auto_now_add=True)
    expires_on = models.DateField("有效期至")

    if TYPE_CHECKING:
        institution_id: int

    class Meta:
        verbose_name = "介绍函"
        ordering = ["-id"]
        indexes = [models.Index(fields=["about", "institution"], name="introduction_of_an_agreement")]

    def __str__(self) -> str:
        return f"{self.about} {self.sender}"
