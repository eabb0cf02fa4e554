"""What people pages show of the people of one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import PhoneDevice, User
from duties.models import Invitation
from duties.places import Place, where
from institutions.models import Duty, Membership

STALE_AFTER = timedelta(days=90)


@dataclass(frozen=True)
class Person:
    """One person of a place with the duties held there, the first to begin first."""

    user: User
    held: list[Membership]
    has_second_factor: bool

    @property
    def duties(self) -> str:
        return "、".join(_in_words(each) for each in self.held)

    @property
    def last_sign_in(self) -> datetime | None:
        return self.user.last_login

    @property
    def is_stale(self) -> bool:
        """Whether the person has not signed in for 90 days, or never since the account is that old."""
        last = self.user.last_login or self.user.created_at
        return self.user.is_active and last < timezone.now() - STALE_AFTER


def people_at(place: Place) -> list[Person]:
    """Return the people of a place in two queries at most, administrators first and then by name."""
    held = Membership.objects.filter(**where(place)).select_related("user", "institution", "authority")
    grouped: dict[int, list[Membership]] = {}
    for each in held.order_by("pk"):
        grouped.setdefault(each.user_id, []).append(each)
    devices = PhoneDevice.objects.filter(user__in=list(grouped), confirmed=True)
    enrolled = set(devices.values_list("user_id", flat=True))
    people = [Person(rows[0].user, rows, pk in enrolled) for pk, rows in grouped.items()]
    return sorted(people, key=lambda person: (not _is_administrator(person), person.user.full_name, person.user.pk))


def invitations_at(place: Place) -> QuerySet[Invitation]:
    """Return the invitations of a place that nobody has accepted or withdrawn; some may have run out."""
    return Invitation.objects.filter(state=Invitation.State.OPEN, **where(place)).select_related("invited_by")


def _in_words(held: Membership) -> str:
    return str(held.get_duty_display()) if held.is_effective else f"{held.get_duty_display()}（待确认本人）"


def _is_administrator(person: Person) -> bool:
    return any(each.duty == Duty.ADMINISTRATOR for each in person.held)
