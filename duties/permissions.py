"""Who looks after whose people. Guards raise PermissionDenied with the reason."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import User
from duties.places import Place, where
from institutions.models import Authority, Duty, Institution, Membership, authorities_of, has_duty, memberships_in_use
from institutions.models.duty import OF_AUTHORITIES, OF_INSTITUTIONS, OF_THE_PLATFORM

# Who confirms an institution's first administrator, and is shown what its people are called.
OFFICES = (Duty.REVIEWER, Duty.ADMINISTRATOR)


def looks_after(user: User, place: Place) -> bool:
    """Return whether the user is an administrator of this very place."""
    return memberships_in_use(user).filter(duty=Duty.ADMINISTRATOR, **where(place)).exists()


def is_administrator(user: User) -> bool:
    """Return whether the user is an administrator of anything, at the place they act for."""
    return has_duty(user, Duty.ADMINISTRATOR)


def is_platform_administrator(user: User) -> bool:
    return looks_after(user, None)


def has_administrator(place: Place) -> bool:
    """Return whether anybody who can sign in looks after the place."""
    return Membership.objects.filter(duty=Duty.ADMINISTRATOR, user__is_active=True, **where(place)).exists()


def grantable(user: User, place: Place) -> tuple[Duty, ...]:
    """Return the duties at a place that the user may give to others, or take from them."""
    if looks_after(user, place):
        if isinstance(place, Institution):
            return OF_INSTITUTIONS
        return OF_AUTHORITIES if isinstance(place, Authority) else OF_THE_PLATFORM
    if isinstance(place, Authority) and is_platform_administrator(user) and not has_administrator(place):
        return (Duty.ADMINISTRATOR,)
    return ()


def refuse_unless_grantable(user: User, duty: Duty, place: Place) -> None:
    if duty not in grantable(user, place):
        raise PermissionDenied("只有这个单位的管理员可以授予或解除这项职责。")


def refuse_unless_looking_after(user: User, place: Place) -> None:
    if not looks_after(user, place):
        raise PermissionDenied("只有这个单位的管理员可以管理它的人员。")


def refuse_unless_platform_administrator(user: User) -> None:
    if not is_platform_administrator(user):
        raise PermissionDenied("只有平台管理员可以办理。")


def is_official_over(user: User, institution: Institution) -> bool:
    """Return whether the institution lies in the user's remit as reviewer, supervisor or authority administrator."""
    offices = authorities_of(user, Duty.REVIEWER, Duty.SUPERVISOR, Duty.ADMINISTRATOR)
    return offices.filter(region__code__in=institution.region.chain_codes).exists()


def sees_people_of(user: User, institution: Institution) -> bool:
    """Return whether the names and duties of an institution's people are shown to the user: own people, officials."""
    return memberships_in_use(user).filter(institution=institution).exists() or is_official_over(user, institution)


def confirms_administrators(user: User) -> bool:
    """Return whether the user decides requests of anybody, at the place they act for."""
    return has_duty(user, *OFFICES) and authorities_of(user, *OFFICES).exists()
