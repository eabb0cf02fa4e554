"""Who acts for which institution or authority, and in which duty."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from institutions.models.authority import Authority
from institutions.models.duty import (
    AT_AUTHORITIES,
    AT_INSTITUTIONS,
    KEEPERS,
    OF_AUTHORITIES,
    OF_INSTITUTIONS,
    OF_THE_PLATFORM,
    Duty,
    holds_none,
    in_use,
    read_of,
)
from institutions.models.institution import Institution, InstitutionQuerySet

Keys = list[int] | models.QuerySet[Any, Any]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def with_places(self) -> Self:
        """Fetch the places with the rows, in the order in which they are shown."""
        ordered = self.order_by("institution__name", "authority__name", "id")
        return ordered.select_related("institution", "authority")

    def effective(self) -> Self:
        """Return those that count. Whoever asks what somebody may do, or whom to tell of work, begins here."""
        return self.filter(state=Membership.State.EFFECTIVE)

    def waiting(self) -> Self:
        """Return those whose holder nobody has confirmed yet: they count nowhere."""
        return self.filter(state=Membership.State.WAITING)


class Membership(models.Model):
    """A person in one duty: for an institution, for an authority, or for the platform as a whole.

    It counts when a second person has confirmed who holds it (docs/decisions/0028-whoever-grants.md).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待确认本人"
        EFFECTIVE = "effective", "已生效"

    Duty = Duty

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="memberships")
    authority = models.ForeignKey(Authority, models.CASCADE, null=True, blank=True, related_name="memberships")
    duty = models.CharField("职责", max_length=20, choices=Duty, default=Duty.CLERK)
    since = models.DateField("任职日期", null=True, blank=True, default=timezone.localdate)  # None: before it was noted

    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    # Whoever gave the duty, or gave its holder new access. None: from the operator's console, or made-up data.
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授予人"
    )
    # Whoever saw the holder. None with a time: the operator's console; both None: known at the place before.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    seen = models.CharField("看过的证件", max_length=50, blank=True)

    objects = MembershipQuerySet.as_manager()

    if TYPE_CHECKING:
        user_id: int
        granted_by_id: int | None
        confirmed_by_id: int | None
        institution_id: int | None
        authority_id: int | None

    class Meta:
        verbose_name = "任职"
        indexes = [models.Index(fields=["institution"], condition=Q(state="waiting"), name="membership_waiting")]
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
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="membership_is_granted_by_another"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("granted_by")),
                name="membership_is_confirmed_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(state="effective", confirmed_at__isnull=False) & ~Q(seen="")
                | Q(confirmed_by__isnull=True, confirmed_at__isnull=True, seen=""),
                name="membership_confirmed_with_who_when_and_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.place}"

    @property
    def place(self) -> str:
        """The institution or authority that the person acts for, or the platform."""
        return str(self.institution or self.authority or "平台")

    @property
    def place_key(self) -> tuple[str, int]:
        """The place as `User.acting` names it."""
        if self.institution_id:
            return "institution", self.institution_id
        return ("authority", self.authority_id) if self.authority_id else ("platform", 0)

    @property
    def is_effective(self) -> bool:
        return self.state == self.State.EFFECTIVE

    def counts_for(self, user: User) -> bool:
        """Whether it counts at the place that the person acts for: `in_use`, of a row that has been read."""
        return self.is_effective and user.acting in {None, self.place_key}

    @property
    def in_words(self) -> str:
        """The duty with the kind of place it is held for: 养老服务机构经办人, 民政部门审核员, 审计员."""
        kind = self.institution.get_role_display() if self.institution else ""
        kind = self.authority.get_kind_display() if self.authority else kind
        if not kind and self.duty == Duty.ADMINISTRATOR:
            kind = "平台"
        return f"{kind}{self.get_duty_display()}"


def memberships_in_use(user: User) -> MembershipQuerySet:
    """Return what the person holds at the place they act for; everywhere where none is chosen."""
    return Membership.objects.filter(in_use(user))


def institutions_of(user: User) -> InstitutionQuerySet:
    """Return the institutions that the user is a clerk of."""
    return _institutions(user, [Duty.CLERK])


def institutions_read_by(user: User) -> InstitutionQuerySet:
    """Return the institutions whose papers the user reads: a clerk writes there too, the others only read."""
    return _institutions(user, AT_INSTITUTIONS)


def institutions_led_by(user: User) -> InstitutionQuerySet:
    """Return the institutions whose texts the user approves, as their leader."""
    return _institutions(user, [Duty.APPROVER])


def institutions_signed_for_by(user: User) -> InstitutionQuerySet:
    """Return the institutions for which the user signs electronically."""
    return _institutions(user, [Duty.SIGNATORY])


def institutions_held_by(user: User) -> InstitutionQuerySet:
    """Return the institutions at which the user holds any duty, their administrators included."""
    return _institutions(user, OF_INSTITUTIONS)


def institutions_kept_by(user: User) -> InstitutionQuerySet:
    """Return the institutions whose own facts the user keeps up to date: as their clerk or administrator."""
    return _institutions(user, KEEPERS)


def keys_read_by(user: User) -> Keys:
    """Return the keys of `institutions_read_by`, for conditions on rows that refer to them.

    For what is shown only: within a request they are as it read them, so that the database, which sees the numbers,
    goes by its indexes. What is done asks `institutions_of`, which knows what has ended meanwhile.
    """
    return _shown_keys(user, AT_INSTITUTIONS)


def keys_acted_for_by(user: User) -> Keys:
    """Return the keys of `institutions_of`, likewise."""
    return _shown_keys(user, [Duty.CLERK])


def keys_signed_for_by(user: User) -> Keys:
    """Return the keys of `institutions_signed_for_by`, likewise."""
    return _shown_keys(user, [Duty.SIGNATORY])


def works_for(user: User, *institutions: int | None) -> bool:
    """Whether the user holds any duty at one of these institutions, wherever they act just now: nobody decides on what
    concerns their own house."""
    return works_at(user).filter(institution__in=[key for key in institutions if key]).exists()


def works_at(user: User) -> models.QuerySet[Membership, Any]:
    """Return the keys of the institutions for which `works_for` is true."""
    held = Membership.objects.effective().filter(user=user, institution__isnull=False)
    return held.values_list("institution", flat=True)


def _institutions(user: User, duties: Collection[Duty]) -> InstitutionQuerySet:
    if holds_none(user, duties):
        return Institution.objects.none()
    return Institution.objects.filter(pk__in=_keys(user, duties))


def _shown_keys(user: User, duties: Collection[Duty]) -> Keys:
    fetched = read_of(user)
    if fetched is None:
        return _keys(user, duties)
    return sorted({held.institution_id for held in fetched if held.institution_id and held.duty in duties})


def _keys(user: User, duties: Collection[Duty]) -> models.QuerySet[Membership, Any]:
    return memberships_in_use(user).filter(duty__in=duties).values("institution")


def keeps_facts_of(user: User, institution: Institution) -> bool:
    return institutions_kept_by(user).filter(pk=institution.pk).exists()


def reviews_for(user: User, authority: Authority) -> bool:
    """Return whether the user decides over what is filed with this very authority, or was with one that theirs follows;
    a supervisor never does."""
    if holds_none(user, [Duty.REVIEWER]):
        return False
    return memberships_in_use(user).filter(authority=authority.successor_id or authority, duty=Duty.REVIEWER).exists()


def is_official(user: User) -> bool:
    """Return whether the user reviews or supervises for any authority."""
    return has_duty(user, *AT_AUTHORITIES)


def has_duty(user: User, *duties: Duty) -> bool:
    """Return whether the user holds one of these duties at the place they act for."""
    return not holds_none(user, duties) and memberships_in_use(user).filter(duty__in=duties).exists()
