"""Who confirms the holder of a duty: never who gave it, never the holder (docs/decisions/0028-whoever-grants.md).

Another administrator of the same place. Where there is none, the authority above: for an institution the bureaus that
decide on its administrators, for a bureau those above it and the platform. Where no such bureau has anybody, the
platform. Above the platform stands the operator's console.

A suspended account is somebody whom a place has: it confirms nothing, but nobody further away takes its turn. Otherwise
the platform's administrator would suspend whoever stands between them and a duty.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Left
from django.db.models.lookups import IsNull

from accounts.models import User
from duties.permissions import OFFICES
from institutions.models import Authority, Duty, Membership, Role, memberships_in_use

Held = QuerySet[Membership]


def waiting_for(user: User) -> Held:
    """Return the duties whose holders the user may confirm, at the place that they act for; the oldest first."""
    mine = memberships_in_use(user).values("pk")
    colleague, above, platform = (Exists(level.filter(pk__in=mine, user__is_active=True)) for level in _levels())
    has_colleague, has_above = (Exists(level) for level in _levels()[:2])
    is_of_a_place = Q(institution__isnull=False) | Q(authority__isnull=False)
    fits = Q(colleague) | ~Q(has_colleague) & (
        Q(above) | is_of_a_place & (Q(authority__isnull=False) | ~Q(has_above)) & Q(platform)
    )
    related = _waiting().filter(fits).select_related("user", "granted_by", "institution__region", "authority__region")
    return related.order_by("pk")


def may_confirm(user: User, membership: Membership) -> bool:
    """Return whether the user may say who holds this waiting duty."""
    return waiting_for(user).filter(pk=membership.pk).exists()


def confirmers_of(membership: Membership) -> list[Membership]:
    """Return by which duties people may confirm the holder of a waiting one; none where that is the console's, or
    where all of them are suspended."""
    return [held for held in _in_turn(membership) if held.user.is_active]


def _in_turn(membership: Membership) -> list[Membership]:
    """Return by which duties people come into question, suspended ones with them."""
    of_level = [ArraySubquery(level.values("pk")) for level in _levels()]
    found = _waiting().filter(pk=membership.pk).values_list(*of_level).first()
    if found is None:
        return []
    colleagues, above, platform = found
    if not colleagues and (membership.authority_id is not None or not above):
        above = [*above, *platform]
    found = Membership.objects.filter(pk__in=colleagues or above)
    return list(found.select_related("user", "institution", "authority").order_by("pk"))


def whom_to_ask(membership: Membership) -> str:
    """Return in words who confirms the holder of a waiting duty, for the holder and for whoever gave it."""
    in_turn = _in_turn(membership)
    able = [held for held in in_turn if held.user.is_active]
    is_of_platform = membership.place_key[0] == "platform"
    if not able and (is_of_platform or not in_turn):
        return "平台的运维人员" if is_of_platform else "平台管理员（须先有第二位平台管理员）"
    if not able:
        return f"{in_turn[0].place}的{in_turn[0].user.full_name}（账号已停用，请先联系平台管理员恢复）"
    if able[0].place_key == membership.place_key:
        return f"{membership.place}的另一位管理员"
    places = {each.place_key: _with_phone(each) for each in able}
    return "、".join(places.values())


def _with_phone(held: Membership) -> str:
    name = str(held.authority or "平台管理员")
    phone = held.authority.phone if held.authority else settings.OPERATOR_PHONE
    return f"{name}（电话 {phone}）" if phone else name


def _waiting() -> Held:
    sides = (When(institution__role=role, then=Value(role.watched_by.value)) for role in Role)
    return Membership.objects.waiting().alias(watched_by=Case(*sides, default=Value("")))


def _levels() -> tuple[Held, Held, Held]:
    """Return by what people come into question for a row of `_waiting`: as colleagues, from above, of the platform."""
    # Whoever gave this person any duty or access that waits may hold their secrets: it is not for them to say.
    given = Membership.objects.waiting().filter(user=OuterRef(OuterRef("user")), granted_by=OuterRef("user"))
    able = Membership.objects.effective().exclude(user=OuterRef("user"))
    able = able.exclude(Exists(given))
    administrators = able.filter(duty=Duty.ADMINISTRATOR)
    platform = administrators.filter(institution__isnull=True, authority__isnull=True)
    of_platform = Q(*(IsNull(OuterRef(column), True) for column in ("institution", "authority")))  # noqa: FBT003 -- its API
    colleagues = administrators.filter(
        Q(institution=OuterRef("institution"))
        | Q(authority=OuterRef("authority"))
        | of_platform & Q(institution__isnull=True, authority__isnull=True)
    )
    return colleagues, _above(able), platform


def _above(able: Held) -> Held:
    # A code of level n shares its first 2n digits with everything below it.
    digits = F("authority__region__level") * 2
    seats = able.alias(own=Left("authority__region__code", digits))
    over_institution = Q(
        duty__in=OFFICES,
        authority__kind=OuterRef("watched_by"),
        own=Left(OuterRef("institution__region__code"), digits),
    )
    over_bureau = Q(
        duty=Duty.ADMINISTRATOR,
        authority__kind=OuterRef("authority__kind"),
        authority__region__level__lt=OuterRef("authority__region__level"),
        own=Left(OuterRef("authority__region__code"), digits),
    )
    # A bureau that was closed lies in the remit of the one that follows it.
    followed = (
        Authority.objects.answering()
        .filter(successor=OuterRef("authority"))
        .alias(own=Left("region__code", F("region__level") * 2))
    )
    there = followed.filter(own=Left(OuterRef(OuterRef("institution__region__code")), F("region__level") * 2))
    over_followed = Q(Exists(there), duty__in=OFFICES, authority__kind=OuterRef("watched_by"))
    return seats.filter(over_institution | over_followed | over_bureau)
