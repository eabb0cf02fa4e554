"""One file that somebody sent, and the pictures of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

FOLDER = "uploads"  # in the private storage: a folder for each file, of a name that nobody can guess
ORIGINAL = "original"


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, purpose: str, subject: int, part: str | None = None) -> Self:
        """Return what was sent for one thing, or for a part of it."""
        found = self.filter(purpose=purpose, subject=subject)
        return found if part is None else found.filter(part=part)

    def waiting(self) -> Self:
        """Return those without a verdict."""
        return self.filter(state__in=[Upload.State.WAITING, Upload.State.OPENING])

    def refused_to(self, user: User) -> Self:
        """Return what the person sent and has not taken note of."""
        return self.filter(state=Upload.State.REFUSED, uploaded_by=user)


class Upload(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "等待检查"
        OPENING = "opening", "正在检查"
        KEPT = "kept", "已收下"
        REFUSED = "refused", "没有收下"

    purpose = models.CharField(max_length=30, help_text="name of a Purpose (uploads.sockets)")
    subject = models.PositiveBigIntegerField(help_text="key of the row that it is for, of the purpose's own model")
    part = models.CharField(max_length=40, blank=True, help_text="which part of the subject, in the purpose's words")
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, help_text="what else was entered with the file"
    )
    # Who sent it, acting for which place; None for somebody without an account.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传人"
    )
    acting: models.JSONField[list[Any] | None, list[Any] | None] = models.JSONField(null=True, blank=True)
    sender = models.CharField(max_length=64, db_index=True, help_text="whose turn it is: an account, or an address")
    turn = models.PositiveIntegerField(default=0, help_text="how many the same sender had sent shortly before")
    origin: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    token = models.CharField(max_length=32, unique=True, help_text="name of its folder")
    file = models.FileField("文件", max_length=200)
    name = models.CharField("原文件名", max_length=200)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    sent_at = models.DateTimeField("上传时间", default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField("检查时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField("没有收下的原因", blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    page_count = models.PositiveIntegerField("页数", default=0)

    objects = UploadQuerySet.as_manager()

    if TYPE_CHECKING:
        uploaded_by_id: int | None

    class Meta:
        verbose_name = "上传的文件"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["purpose", "subject"], name="upload_of_subject"),
            models.Index(fields=["turn", "sent_at"], condition=Q(state="waiting"), name="upload_queue"),
            models.Index(fields=["state", "sent_at"], condition=~Q(state="kept"), name="upload_at_work"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject", "part", "sender", "sha256"],
                condition=Q(state__in=["waiting", "opening"]),
                name="same_upload_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="opening", claimed_at__isnull=False)
                | ~Q(state="opening") & Q(claimed_at__isnull=True),
                name="upload_claimed_exactly_while_opening",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "opening"], decided_at__isnull=True)
                | Q(state__in=["kept", "refused"], decided_at__isnull=False),
                name="upload_decided_exactly_when_it_is",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
                name="upload_reason_exactly_when_refused",
            ),
            models.CheckConstraint(
                condition=Q(state="kept") & ~Q(content_type="") | ~Q(state="kept") & Q(content_type="", page_count=0),
                name="upload_known_exactly_when_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_waiting(self) -> bool:
        return self.state in {self.State.WAITING, self.State.OPENING}

    @property
    def by(self) -> User | None:
        """Who sent it, acting for the place that they acted for then."""
        if self.uploaded_by is None or self.acting is None:
            return self.uploaded_by
        return self.uploaded_by.at(*self.acting)

    @property
    def folder(self) -> str:
        return f"{FOLDER}/{self.token}"


class Page(models.Model):
    """One page as it was drawn once: upright, in eight bits, on white. The pictures lie beside the file."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField("第几页")
    width = models.PositiveIntegerField(help_text="dots of the larger picture")
    height = models.PositiveIntegerField()
    doubt = models.CharField("疑点", max_length=200, blank=True, help_text="what a person should look at")
    # {"codes": [texts of its QR codes], "turned": degrees clockwise that the sheet lies turned in the file (its
    # pictures stand upright), "compared": {"code": that of our page with which it was compared, "same": whether it
    # equals our own print with nothing added, "ink": {name of an area: share of it that is inked beyond our print},
    # "differing": [words of ours in whose places another text stands], where it does, and with them "bent": true where
    # they may be ours all the same}};
    # "white": true of one without codes that shows nothing but light paper;
    # no "compared" where there was nothing to compare with; empty while nobody has read it.
    seen: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, help_text="what was read on it: codes, turned, compared, white"
    )

    if TYPE_CHECKING:
        upload_id: int

    class Meta:
        verbose_name = "页面"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="upload_page_once"),
            models.CheckConstraint(condition=Q(number__gt=0, width__gt=0, height__gt=0), name="page_is_there"),
        ]

    def __str__(self) -> str:
        return f"{self.upload} {self.number}"

    @property
    def large(self) -> str:
        """Where the larger picture lies in the storage."""
        return f"{self.upload.folder}/{self.number}.jpg"

    @property
    def small(self) -> str:
        return f"{self.upload.folder}/{self.number}-small.jpg"
