"""How certificates stand, in numbers alone: on the whole platform, or at the institutions that a bureau watches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from institutions.models import Duty, authorities_of, memberships_in_use
from sealing.models import Certificate, SigningIdentity
from sealing.worklist import SOON

State = SigningIdentity.State
WATCH = (Duty.REVIEWER, Duty.ADMINISTRATOR)


@dataclass(frozen=True)
class Figures:
    """`where`: of what; `ending`: of those in use, how many end soon; `on_the_way`: confirmed, and not in use yet."""

    where: str
    in_use: int
    institutions: int
    ending: int
    to_confirm: int
    on_the_way: int
    locked: int


def figures_for(user: User) -> Figures | None:
    """Return them for who looks after the platform, and for a bureau's reviewers and administrators; None to others."""
    held = list(memberships_in_use(user).filter(duty__in=WATCH, institution=None).select_related("authority__region"))
    if any(each.authority is None and each.duty == Duty.ADMINISTRATOR for each in held):
        return _counted("全平台", Q())
    regions = [each.region for each in authorities_of(user, *WATCH).select_related("region")]
    if not regions:
        return None
    # Whatever lies below a region shares the first two digits of each of its levels.
    below = [Q(institution__region__code__startswith=region.code[: 2 * region.level]) for region in regions]
    return _counted("本部门辖区", reduce(or_, below))


def _counted(where: str, those: Q) -> Figures:
    rows = SigningIdentity.objects.filter(those)
    last = Certificate.objects.filter(identity=OuterRef("pk")).order_by("-pk").values("not_after")[:1]
    in_use = rows.filter(state=State.ACTIVE)
    return Figures(
        where,
        in_use=in_use.count(),
        institutions=in_use.values("institution").distinct().count(),
        ending=in_use.annotate(until=Subquery(last)).filter(until__lte=timezone.now() + SOON).count(),
        to_confirm=rows.filter(state=State.REQUESTED).count(),
        on_the_way=rows.filter(state__in=[State.CONFIRMED, State.VOUCHED]).count(),
        locked=rows.filter(state=State.LOCKED).count(),
    )
