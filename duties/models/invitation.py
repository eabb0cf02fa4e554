"""An invitation to a duty. The link holds a secret; only its digest is kept here."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from institutions.models.authority import Authority
from institutions.models.duty import OF_AUTHORITIES, OF_INSTITUTIONS, OF_THE_PLATFORM, Duty
from institutions.models.institution import Institution


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """Return those that can still be accepted."""
        return self.filter(state=Invitation.State.OPEN, expires_at__gt=timezone.now())

    def cancel(self) -> int:
        """End those that nobody has accepted; return how many."""
        unanswered = self.filter(state=Invitation.State.OPEN)
        return unanswered.update(state=Invitation.State.CANCELLED, settled_at=timezone.now())


class Invitation(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "等待接受"
        ACCEPTED = "accepted", "已接受"
        CANCELLED = "cancelled", "已撤回"

    class Mail(models.TextChoices):
        NONE = "none", "没有发邮件"
        QUEUED = "queued", "邮件待发送"
        SENT = "sent", "邮件已发送"
        FAILED = "failed", "邮件没有发出"

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the link, hexadecimal")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="invitations")
    authority = models.ForeignKey(Authority, models.CASCADE, null=True, blank=True, related_name="invitations")
    duty = models.CharField("职责", max_length=20, choices=Duty)
    full_name = models.CharField("姓名", max_length=50)
    email = models.EmailField("电子邮箱", blank=True)
    mail = models.CharField("邮件", max_length=10, choices=Mail, default=Mail.NONE)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    # None: from the operator's console, for the first administrator of the platform.
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="邀请人"
    )
    invited_at = models.DateTimeField("邀请时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接受人"
    )
    settled_at = models.DateTimeField("接受或撤回时间", null=True, blank=True)
    printed_at = models.DateTimeField("密封信打印时间", null=True, blank=True)
    # Signed in to which accounts the link was opened: they have held the secret, and see nobody for it.
    opened_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name="打开过链接的账号"
    )

    objects = InvitationQuerySet.as_manager()

    if TYPE_CHECKING:
        institution_id: int | None
        authority_id: int | None
        invited_by_id: int | None

    class Meta:
        verbose_name = "邀请"
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duty__in=OF_INSTITUTIONS, institution__isnull=False, authority__isnull=True)
                | Q(duty__in=OF_AUTHORITIES, institution__isnull=True, authority__isnull=False)
                | Q(duty__in=OF_THE_PLATFORM, institution__isnull=True, authority__isnull=True),
                name="invitation_place_fits_duty",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_by__isnull=False)
                | ~Q(state="accepted") & Q(accepted_by__isnull=True),
                name="invitation_knows_who_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | ~Q(state="open") & Q(settled_at__isnull=False),
                name="invitation_settled_exactly_when_decided",
            ),
            models.UniqueConstraint(
                fields=["institution", "authority", "duty", "full_name"],
                condition=Q(state="open"),
                name="one_open_invitation_per_person_and_duty",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} · {self.place}"

    @property
    def place(self) -> str:
        """The institution or authority that invites, or the platform."""
        return str(self.institution or self.authority or "平台")

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
