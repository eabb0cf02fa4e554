"""Who acts for which institution."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from accounts.models import User
from institutions.models.institution import Institution, InstitutionQuerySet


class Membership(models.Model):
    """A person acting for an institution in one role. Authorities' people come with filing."""

    class Duty(models.TextChoices):
        CLERK = "clerk", "经办人"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="memberships")
    duty = models.CharField("职责", max_length=20, choices=Duty, default=Duty.CLERK)

    if TYPE_CHECKING:
        user_id: int
        institution_id: int

    class Meta:
        verbose_name = "任职"
        constraints = [models.UniqueConstraint(fields=["user", "institution", "duty"], name="one_membership_per_duty")]

    def __str__(self) -> str:
        return f"{self.user} · {self.institution}"


def institutions_of(user: User) -> InstitutionQuerySet:
    """Return the institutions that the user is a clerk of."""
    return Institution.objects.filter(memberships__user=user, memberships__duty=Membership.Duty.CLERK).distinct()
