"""What the platform administrator's pages show: bureaus with their administrators, accounts with their duties."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from duties.models import Invitation
from institutions.models import Authority, Duty, Membership
from institutions.searching import says


def authorities(text: str, *, without_only: bool) -> QuerySet[Authority]:
    """Return the bureaus whose name or region contains every word; `.administrators` and `.invited` come with them."""
    looking_after = Membership.objects.filter(duty=Duty.ADMINISTRATOR, user__is_active=True)
    has_one = Exists(looking_after.filter(authority=OuterRef("pk")))
    found = Authority.objects.annotate(has_administrator=has_one).select_related("region")
    for word in text.split():
        found = found.filter(says("name", word) | Q(region__full_name__contains=word))
    if without_only:
        found = found.filter(has_administrator=False)
    invited = Invitation.objects.waiting().filter(duty=Duty.ADMINISTRATOR)
    return found.order_by("has_administrator", "region__code", "kind").prefetch_related(
        Prefetch("memberships", looking_after.select_related("user"), to_attr="administrators"),
        Prefetch("invitations", invited, to_attr="invited"),
    )


def accounts(text: str) -> QuerySet[User]:
    """Return the accounts whose name or user name contains the text; none for an empty one."""
    if not text:
        return User.objects.none()
    found = User.objects.filter(says("full_name", text) | Q(username__contains=text.lower()))
    return found.order_by("full_name", "pk").prefetch_related(
        Prefetch("memberships", Membership.objects.with_places(), to_attr="held")
    )
