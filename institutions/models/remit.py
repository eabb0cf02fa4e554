"""Where an official answers for what happens."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from accounts.models import User
from institutions.models.authority import Authority, AuthorityQuerySet
from institutions.models.duty import AT_AUTHORITIES, Duty, holds_none, in_use
from regions.models import Region


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
