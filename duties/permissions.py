"""Who looks after whose people. Guards raise NotAllowed with the reason."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from accounts.models import User
from accounts.names import same_name
from duties.models import AdministratorRequest, Invitation
from duties.places import Place, place_of, where
from institutions.models import (
    Authority,
    Duty,
    Institution,
    Membership,
    Role,
    authorities_of,
    has_duty,
    memberships_in_use,
)
from institutions.models.duty import OF_AUTHORITIES, OF_INSTITUTIONS, OF_THE_PLATFORM
from verbs.errors import NotAllowed

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


def has_administrator(place: Place, *, effective_only: bool = False) -> bool:
    """Return whether anybody who can sign in looks after the place, or will when their holder is confirmed."""
    held = Membership.objects.filter(duty=Duty.ADMINISTRATOR, user__is_active=True, **where(place))
    return (held.effective() if effective_only else held).exists()


def grantable(user: User, place: Place) -> tuple[Duty, ...]:
    """Return the duties at a place that the user may give to others, or take from them."""
    if isinstance(place, Authority) and place.closed_on is not None:
        return ()
    if looks_after(user, place):
        if isinstance(place, Institution):
            return OF_INSTITUTIONS
        return OF_AUTHORITIES if isinstance(place, Authority) else OF_THE_PLATFORM
    if isinstance(place, Authority) and is_platform_administrator(user) and not has_administrator(place):
        return (Duty.ADMINISTRATOR,)
    return ()


def refuse_unless_grantable(user: User, duty: Duty, place: Place) -> None:
    if duty not in grantable(user, place):
        raise NotAllowed("只有这个单位的管理员可以授予或解除这项职责。")


def refuse_unless_looking_after(user: User, place: Place) -> None:
    if not looks_after(user, place):
        raise NotAllowed("只有这个单位的管理员可以管理它的人员。")


def refuse_unless_platform_administrator(user: User) -> None:
    if not is_platform_administrator(user):
        raise NotAllowed("只有平台管理员可以办理。")


def is_official_over(user: User, institution: Institution) -> bool:
    """Return whether the institution lies in the user's remit as reviewer, supervisor or authority administrator."""
    offices = authorities_of(user, Duty.REVIEWER, Duty.SUPERVISOR, Duty.ADMINISTRATOR)
    return offices.filter(region__code__in=institution.region.chain_codes).exists()


def sees_people_of(user: User, institution: Institution) -> bool:
    """Return whether the names and duties of an institution's people are shown to the user: own people, officials."""
    return memberships_in_use(user).filter(institution=institution).exists() or is_official_over(user, institution)


def is_meant_for(user: User, invitation: Invitation) -> bool:
    """Return whether the person is who is invited: of that name, and not the inviter."""
    return not misdirected(user, invitation)


def misdirected(user: User, invitation: Invitation) -> str:
    """Return in words why the invitation is not this person's; "" if it is."""
    if user.pk == invitation.invited_by_id:
        return "这是您自己发出的邀请，不能由自己接受。请把链接交给被邀请的人。"
    if not same_name(user.full_name, invitation.full_name):
        return f"这份邀请是发给{invitation.full_name}的，您现在登录的是{user.full_name}。请退出后由本人打开链接。"
    return ""


def can_withdraw(user: User, invitation: Invitation) -> bool:
    """Return whether the person may take an invitation back: who sent it, and the administrators of its place."""
    return user.pk == invitation.invited_by_id or looks_after(user, place_of(invitation))


def requests_for(user: User) -> QuerySet[AdministratorRequest]:
    """Return the requests that the user decides: of institutions in the remit of their bureau, of the bureau's side."""
    seats = authorities_of(user, *OFFICES).answering().alias(own=Left("region__code", F("region__level") * 2))
    above = seats.filter(own=Left(OuterRef("institution__region__code"), F("region__level") * 2))
    fits = Q()
    for role in Role:
        fits |= Q(Exists(above.filter(kind=role.watched_by)), institution__role=role)
    related = ("institution__region", "institution__medical_profile", "decided_by", "introduction")
    return AdministratorRequest.objects.filter(fits).select_related(*related)


def decides(user: User, request: AdministratorRequest) -> bool:
    return requests_for(user).filter(pk=request.pk).exists()


def confirms_administrators(user: User) -> bool:
    """Return whether the user decides requests of anybody, at the place they act for."""
    return has_duty(user, *OFFICES) and authorities_of(user, *OFFICES).exists()
