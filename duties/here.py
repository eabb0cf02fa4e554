"""The place that a request's person looks after, and its people: every people page begins with it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import PersonRequest
from duties.permissions import grantable, refuse_unless_looking_after
from duties.places import Place, acted_for, where
from institutions.models import Duty, Membership


def looked_after(request: PersonRequest) -> Place:
    """Return the place the person acts for. Raises PermissionDenied unless they are its administrator."""
    if request.user.acting is None:
        raise PermissionDenied("您还没有任职。")
    place = acted_for(request.user)
    refuse_unless_looking_after(request.user, place)
    return place


def person_at(place: Place, pk: int) -> User:
    """Return somebody who holds a duty at the place. Raises Http404."""
    held = Membership.objects.filter(**where(place)).values("user")
    return get_object_or_404(User.objects.filter(pk__in=held), pk=pk)


def further_duties(by: User, place: Place, user: User) -> list[Duty]:
    """Return what could be given to the person besides what is held; nothing to oneself."""
    held = set(user.memberships.filter(**where(place)).values_list("duty", flat=True))
    return [duty for duty in grantable(by, place) if duty not in held and user.pk != by.pk]
