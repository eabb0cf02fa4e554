"""Previews: one numbered copy as it would print, made by the worker, kept for a day."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.rendition import Rendition


class Preview(models.Model):
    """The first copy of an agreement as it stood when somebody looked. A record of nothing: a day later it is gone."""

    State = Rendition.State

    agreement = models.ForeignKey("agreements.Agreement", models.CASCADE, related_name="previews")
    shows = models.CharField(
        "所示内容摘要", max_length=64, help_text="SHA-256 of all that is printed: of a text that changed, another row"
    )
    state = models.CharField("状态", max_length=10, choices=Rendition.State, default=Rendition.State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField("失败原因", blank=True)
    file = models.FileField("文件", blank=True, max_length=200)

    if TYPE_CHECKING:
        agreement_id: int

    class Meta:
        verbose_name = "打印预览"
        ordering = ["-id"]
        constraints = [
            # Whoever looks at the same text meanwhile waits for the same file.
            models.UniqueConstraint(
                fields=["agreement", "shows"], condition=~Q(state="failed"), name="one_live_preview_per_text"
            ),
            models.CheckConstraint(condition=~Q(state="ready") | ~Q(file=""), name="ready_preview_has_file"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.get_state_display()}"

    @property
    def is_coming(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in {Rendition.State.QUEUED, Rendition.State.RENDERING}
