"""A notice is a row before it is a message."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User

ASKS = "请"  # how a line begins that asks for an act
LONG_ENOUGH = 4  # characters of a fact that does not stand in a title by chance


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> Self:
        """Return a person's own notices; none from before, while it is not confirmed who uses the account."""
        own = self.filter(recipient=user).exclude(state=Notice.State.PASSED_OVER)
        return own if user.doubted_since is None else own.filter(created_at__gte=user.doubted_since)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One thing told to one person. The unique key makes a second notice of it impossible.

    It is in the person's inbox from the moment it is written; `state` is about the e-mail.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"
        NO_ADDRESS = "no_address", "没有邮箱，只在系统内提醒"
        PASSED_OVER = "passed_over", "已由更近的提醒代替"

    kind = models.CharField("类别", max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    period = models.CharField("期次", max_length=60, help_text="e.g. the deadline and the days before it")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=200, help_text="path within the site")
    state = models.CharField("邮件", max_length=20, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="by a worker, while sending")
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text="written before the mail server is given the message"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    if TYPE_CHECKING:
        recipient_id: int

    class Meta:
        verbose_name = "提醒"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_inbox"),
            models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="notice_outbox"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="notice_claimed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "recipient", "period"], name="one_notice_per_period"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="sent_exactly_with_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(next_attempt_at__isnull=False), name="queued_knows_its_next_attempt"
            ),
            models.CheckConstraint(
                condition=Q(state="sending", claimed_at__isnull=False)
                | ~Q(state="sending") & Q(claimed_at__isnull=True),
                name="claimed_exactly_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True) | Q(state__in=["sending", "sent"]),
                name="handed_over_only_when_sending_or_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def acts(self) -> list[str]:
        """What the letter asks for."""
        return [line for line in self._beyond_title() if line.startswith(ASKS)]

    @property
    def facts(self) -> list[str]:
        """What else it says, without what its title says already."""
        return [line for line in self._beyond_title() if not line.startswith(ASKS)]

    def _beyond_title(self) -> list[str]:
        said = (line.strip() for line in self.body.splitlines())
        return [line for line in said if line and not self._is_in_title(line)]

    def _is_in_title(self, line: str) -> bool:
        _, colon, fact = line.partition("：")
        return bool(colon) and len(fact) >= LONG_ENOUGH and fact in self.title
