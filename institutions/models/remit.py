"""Where an official answers for what happens."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Left

from accounts.models import User
from institutions.models.authority import Authority, AuthorityQuerySet
from institutions.models.duty import AT_AUTHORITIES, Duty, holds_none, in_use, read_of
from regions.models import Region

SEATS = "seats_in_request"  # where `seats_of` keeps what it has found, by the place acted for


def authorities_of(user: User, *duties: Duty) -> AuthorityQuerySet:
    """Return the authorities that the user acts for, in these duties (default: reviewer or supervisor): their own and
    those that were closed and that their own follow. In whose name something new is done, `acting` says."""
    duties = duties or AT_AUTHORITIES
    if holds_none(user, duties):
        return Authority.objects.none()
    held = Authority.objects.filter(in_use(user, "memberships"), memberships__duty__in=duties).values("pk")
    return Authority.objects.filter(Q(pk__in=held) | Q(successor__in=held))


def remit_of(user: User) -> QuerySet[Region]:
    """Return every region in the user's remit: the regions of `authorities_of` with all that lies below.

    One subquery: it costs the query that it becomes part of, and none of its own.
    """
    if holds_none(user, AT_AUTHORITIES):
        return Region.objects.none()
    # A code of level n shares its first 2n digits with everything below it; the nation's shares none.
    digits = F("level") * 2
    seats = Region.objects.filter(authorities__in=authorities_of(user)).alias(own=Left("code", digits))
    return Region.objects.filter(Exists(seats.filter(own=Left(OuterRef("code"), digits))))


def remit_read_by(user: User) -> QuerySet[Region]:
    """Return `remit_of` for what is shown: within a request by the codes of the seats that it has read."""
    if read_of(user) is None:
        return remit_of(user)
    return Region.objects.filter(under_seats(seats_in_numbers(user)))


def seats_of(user: User) -> Any:
    """Return the seats of `authorities_of`, for the condition that a row's `concerns` overlaps them: 330602 for the
    county 越城区, 33 for 浙江省, 0 for the nation.

    Within a request they are read once and are numbers, which the database plans by: a county's rows are found by
    their index, a nation's are read in their order. Outside they are one subquery of the row's own.
    """
    if not holds_none(user, AT_AUTHORITIES) and read_of(user) is None:
        return ArraySubquery(_seats(user))
    return seats_in_numbers(user)


def seats_in_numbers(user: User) -> list[int]:
    """Return what `seats_of` speaks of, read: once a request, outside one each time."""
    if holds_none(user, AT_AUTHORITIES):
        return []
    if read_of(user) is None:
        return list(_seats(user))
    known: dict[Any, list[int]] = user.__dict__.setdefault(SEATS, {})
    if user.acting not in known:
        known[user.acting] = list(_seats(user))
    return known[user.acting]


def _seats(user: User) -> QuerySet[Authority, Any]:
    digits = Left("region__code", F("region__level") * 2)
    seat = Case(When(region__level=0, then=Value(0)), default=Cast(digits, IntegerField()))
    return authorities_of(user).values_list(seat, flat=True).distinct().order_by()


def under_seats(seats: Iterable[int]) -> Q:
    """Return the condition on regions of lying under one of these seats."""
    return Q(pk__in=[]) | Q(*(Q(code__startswith=str(seat or "")) for seat in seats), _connector=Q.OR)
