"""Which duties one person never holds together: administration, security and audit stay apart.

The pairs are data. `refuse_together` is called with the person's row locked, so two grants at once see each other.
"""

from __future__ import annotations

from itertools import product

from accounts.models import User
from duties.places import Place, kind_of, place_of
from institutions.models import Authority, Duty, Institution, Membership
from institutions.models.duty import OF_AUTHORITIES, OF_INSTITUTIONS
from verbs.errors import WrongState

Post = tuple[str, Duty]  # the kind of place, and the duty

PLATFORM_ADMINISTRATOR: Post = ("platform", Duty.ADMINISTRATOR)
AUDITOR: Post = ("platform", Duty.AUDITOR)
TEMPLATE_EDITOR: Post = ("platform", Duty.TEMPLATE_EDITOR)
AT_WORK: tuple[Post, ...] = (
    *(("institution", duty) for duty in OF_INSTITUTIONS),
    *(("authority", duty) for duty in OF_AUTHORITIES),
)
APART: frozenset[frozenset[Post]] = frozenset(
    map(
        frozenset,
        [
            (PLATFORM_ADMINISTRATOR, AUDITOR),
            (TEMPLATE_EDITOR, AUDITOR),  # whoever audits changes nothing
            *product((PLATFORM_ADMINISTRATOR, AUDITOR), AT_WORK),
        ],
    )
)
# Whoever decides over what institutions submit works for none of those institutions.
DECIDING = frozenset({Duty.REVIEWER, Duty.ADMINISTRATOR})


def refuse_together(person: User, duty: Duty, place: Place) -> None:
    """Refuse a duty that does not go with one the person holds already. Raises WrongState."""
    if told := clash_of(person, duty, place):
        raise WrongState(told)


def clash_of(person: User, duty: Duty, place: Place) -> str:
    """Return in words with which duty that the person holds this one does not go, and the way out; "" if with none."""
    for held in person.memberships.select_related("institution__region", "authority__region"):
        if _clashes(held, duty, place):
            return (
                f"{person.full_name}已经是{held.place}的{held.get_duty_display()}，按职责分离的要求不能同时担任这项职责。"
                "要改任的，请先让那里的管理员解除原来的职责。"
            )
    return ""


def _clashes(held: Membership, duty: Duty, place: Place) -> bool:
    other = place_of(held)
    if frozenset({(kind_of(other), Duty(held.duty)), (kind_of(place), duty)}) in APART:
        return True
    return _decides_over(Duty(held.duty), other, place) or _decides_over(duty, place, other)


def _decides_over(duty: Duty, place: Place, other: Place) -> bool:
    """Return whether the duty at the first place decides over the second, an institution in its remit."""
    if duty not in DECIDING or not isinstance(place, Authority) or not isinstance(other, Institution):
        return False
    seats = [place.region, *(each.region for each in place.predecessors.select_related("region"))]
    return any(seat.code in other.region.chain_codes for seat in seats)
