"""What the platform administrator's pages show: bureaus with their administrators, accounts with their duties."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from duties.models import Invitation
from institutions.models import Authority, Duty, Membership
from institutions.searching import says


def authorities(text: str, *, without_only: bool, closed: bool = False) -> QuerySet[Authority]:
    """Return the bureaus whose name, past or present, or region contains every word; `.administrators` and `.invited`
    come with them. `closed`: those that were closed in place of those that act."""
    looking_after = _looking_after()
    has_one = Exists(looking_after.filter(authority=OuterRef("pk")))
    found = Authority.objects.filter(closed_on__isnull=not closed).annotate(has_administrator=has_one)
    found = found.select_related("region", "successor")
    for word in text.split():
        found = found.filter(says("name", word) | says("former_names", word) | Q(region__full_name__contains=word))
    if without_only:
        found = found.filter(has_administrator=False)
    invited = Invitation.objects.waiting().filter(duty=Duty.ADMINISTRATOR)
    return found.order_by("has_administrator", "region__code", "kind").prefetch_related(
        Prefetch("memberships", looking_after.select_related("user"), to_attr="administrators"),
        Prefetch("invitations", invited, to_attr="invited"),
    )


def administrators(bureau: Authority) -> QuerySet[Membership]:
    """Return who looks after a bureau and can sign in, confirmed or not yet."""
    return _looking_after().filter(authority=bureau).select_related("user").order_by("pk")


def is_alone(user: User) -> bool:
    """Return whether a person is the platform's only administrator, so that nobody confirms whom they invite."""
    able = Membership.objects.effective().filter(duty=Duty.ADMINISTRATOR, user__is_active=True)
    of_platform = able.filter(institution__isnull=True, authority__isnull=True)
    return list(of_platform.values_list("user", flat=True)[:2]) == [user.pk]


def _looking_after() -> QuerySet[Membership]:
    return Membership.objects.filter(duty=Duty.ADMINISTRATOR, user__is_active=True)


def accounts(text: str) -> QuerySet[User]:
    """Return the accounts whose name or user name contains the text; none for an empty one."""
    if not text:
        return User.objects.none()
    found = User.objects.filter(says("full_name", text) | Q(username__contains=text.lower()))
    return found.order_by("full_name", "pk").prefetch_related(
        Prefetch("memberships", Membership.objects.with_places(), to_attr="held")
    )
