"""Who acts for which institution or authority, and in which duty."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from institutions.models.authority import Authority
from institutions.models.institution import Institution, InstitutionQuerySet


class Duty(models.TextChoices):
    CLERK = "clerk", "经办人"
    SIGNATORY = "signatory", "授权签约人"
    REVIEWER = "reviewer", "审核员"
    SUPERVISOR = "supervisor", "督查员"
    TEMPLATE_EDITOR = "template_editor", "范本管理员"
    AUDITOR = "auditor", "审计员"


OF_INSTITUTIONS = (Duty.CLERK, Duty.SIGNATORY)
OF_AUTHORITIES = (Duty.REVIEWER, Duty.SUPERVISOR)
OF_THE_PLATFORM = (Duty.TEMPLATE_EDITOR, Duty.AUDITOR)


class Membership(models.Model):
    """A person in one duty: for an institution, for an authority, or for the platform as a whole."""

    Duty = Duty

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="memberships")
    authority = models.ForeignKey(Authority, models.CASCADE, null=True, blank=True, related_name="memberships")
    duty = models.CharField("职责", max_length=20, choices=Duty, default=Duty.CLERK)

    if TYPE_CHECKING:
        user_id: int
        institution_id: int | None
        authority_id: int | None

    class Meta:
        verbose_name = "任职"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "institution", "authority", "duty"],
                name="one_membership_per_duty",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(duty__in=OF_INSTITUTIONS, institution__isnull=False, authority__isnull=True)
                | Q(duty__in=OF_AUTHORITIES, institution__isnull=True, authority__isnull=False)
                | Q(duty__in=OF_THE_PLATFORM, institution__isnull=True, authority__isnull=True),
                name="membership_place_fits_duty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.place}"

    @property
    def place(self) -> str:
        """The institution or authority that the person acts for, or the platform."""
        return str(self.institution or self.authority or "平台")

    @property
    def in_words(self) -> str:
        """The duty with the kind of place it is held for: 养老服务机构经办人, 民政部门审核员, 审计员."""
        kind = self.institution.get_role_display() if self.institution else ""
        kind = self.authority.get_kind_display() if self.authority else kind
        return f"{kind}{self.get_duty_display()}"


def institutions_of(user: User) -> InstitutionQuerySet:
    """Return the institutions that the user is a clerk of."""
    return Institution.objects.filter(memberships__user=user, memberships__duty=Duty.CLERK).distinct()


def institutions_read_by(user: User) -> InstitutionQuerySet:
    """Return the institutions whose papers the user reads: a clerk writes there too, a signatory only reads."""
    return Institution.objects.filter(memberships__user=user).distinct()


def authorities_of(user: User, *duties: Duty) -> models.QuerySet[Authority]:
    """Return the authorities that the user acts for, in these duties (default: reviewer or supervisor)."""
    wanted = duties or OF_AUTHORITIES
    return Authority.objects.filter(memberships__user=user, memberships__duty__in=wanted).distinct()


def reviews_for(user: User, authority: Authority) -> bool:
    """Return whether the user decides over what is filed with this very authority; a supervisor never does."""
    return authorities_of(user, Duty.REVIEWER).filter(pk=authority.pk).exists()


def has_duty(user: User, *duties: Duty) -> bool:
    """Return whether the user holds one of these duties anywhere."""
    return user.memberships.filter(duty__in=duties).exists()
