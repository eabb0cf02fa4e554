"""Where an official answers for what happens."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Left

from accounts.models import User
from institutions.models.duty import AT_AUTHORITIES, holds_none, in_use
from regions.models import Region


def remit_of(user: User) -> QuerySet[Region]:
    """Return every region in the user's remit: the regions of their authorities with all that lies below.

    One subquery: it costs the query that it becomes part of, and none of its own.
    """
    if holds_none(user, AT_AUTHORITIES):
        return Region.objects.none()
    # A code of level n shares its first 2n digits with everything below it; the nation's shares none.
    digits = F("level") * 2
    seats = Region.objects.filter(
        in_use(user, "authorities__memberships"), authorities__memberships__duty__in=AT_AUTHORITIES
    ).alias(own=Left("code", digits))
    return Region.objects.filter(Exists(seats.filter(own=Left(OuterRef("code"), digits))))
