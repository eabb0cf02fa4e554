"""What waits of signatories and seals: for the bureau, and for the house itself. The page of signing shows it too, for
whoever looks after people and has no work list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from frame.worklist import ROWS, Group, first_rows
from institutions.models import Duty, Membership, institutions_held_by, memberships_in_use, remit_of
from sealing.lifecycle import ACTIVATE, CONFIRM, IDENTITY, VOUCH
from sealing.models import Certificate, Seal, SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY
from sealing.permissions import confirms_seal, visible_seals

State = SigningIdentity.State
SOON = timedelta(days=30)  # before a certificate ends
LOOKED_THROUGH = 50  # that are asked one by one whether the person may


def identities_for_official(user: User) -> Iterator[Group[SigningIdentity]]:
    """Yield what the bureau confirms where an institution has nobody else, and what it vouches for."""
    waiting = SigningIdentity.objects.with_facts().filter(state__in=[State.REQUESTED, State.CONFIRMED])
    near = waiting.filter(institution__region__in=remit_of(user)).order_by("pk")[:LOOKED_THROUGH]
    yield from _group("signatories", "核实签约人", (each for each in near if _waits_for(user, each)))


def groups_for_house(user: User) -> Iterator[Group[SigningIdentity]]:
    """Yield what the person confirms for their institution, and the PINs that they set themselves."""
    own = SigningIdentity.objects.with_facts().filter(institution__in=institutions_held_by(user).values("pk"))
    waiting = list(own.filter(state__in=ON_THE_WAY).order_by("pk")[:LOOKED_THROUGH])
    to_confirm = (each for each in waiting if IDENTITY.allows(each, CONFIRM, by=user))
    yield from _group("signatories-confirm", "确认签约人", to_confirm)
    to_set = (each for each in waiting if each.person_id == user.pk and IDENTITY.allows(each, ACTIVATE, by=user))
    yield from _group("signatories-activate", "设置签名密码", to_set)


def seals_for_house(user: User) -> Iterator[Group[Seal]]:
    """Yield the seals that wait for the person's confirmation."""
    waiting = visible_seals(user).filter(state=Seal.State.REGISTERED).exclude(registered_by=user).exclude(keeper=user)
    found = [each for each in waiting.order_by("pk")[:LOOKED_THROUGH] if confirms_seal(user, each)]
    if found:
        yield Group("seals-confirm", "确认印章", found[:ROWS], len(found))


def certificates_ending(user: User) -> Iterator[Group[SigningIdentity]]:
    """Yield whose certificate ends soon, for whoever looks after the institution, until the next is asked for."""
    now = timezone.now()
    last = Certificate.objects.filter(identity=OuterRef("pk")).order_by("-pk").values("not_after")[:1]
    asked = SigningIdentity.objects.filter(
        person=OuterRef("person"), institution=OuterRef("institution"), state__in=ON_THE_WAY
    )
    held = SigningIdentity.objects.with_facts().filter(institution__in=_looked_after(user), state__in=WITH_KEY)
    ending = held.annotate(until=Subquery(last)).filter(~Exists(asked), until__lte=now + SOON)
    rows, total = first_rows(ending.order_by("until", "pk"), lambda each: each)
    if rows:
        yield Group("certificates-ending", f"{SOON.days} 天内到期的签约证书", rows, total)


def seals_without_keeper(user: User) -> Iterator[Group[Seal]]:
    """Yield the seals whose keeper is no longer one of the institution's people, for whoever looks after it."""
    people = Membership.objects.effective().filter(
        institution=OuterRef("institution"), user=OuterRef("keeper"), user__is_active=True
    )
    kept = visible_seals(user).filter(institution__in=_looked_after(user))
    left = kept.exclude(state__in=[Seal.State.DESTROYED, Seal.State.REFUSED]).filter(~Exists(people))
    rows, total = first_rows(left.order_by("pk"), lambda each: each)
    if rows:
        yield Group("seals-without-keeper", "保管人已离岗的印章", rows, total)


def _looked_after(user: User) -> QuerySet[Membership, Any]:
    return memberships_in_use(user).filter(duty=Duty.ADMINISTRATOR, institution__isnull=False).values("institution")


def _group(slug: str, title: str, rows: Iterable[SigningIdentity]) -> Iterator[Group[SigningIdentity]]:
    found = list(rows)
    if found:
        yield Group(slug, title, found[:ROWS], len(found))


def _waits_for(user: User, row: SigningIdentity) -> bool:
    return IDENTITY.allows(row, CONFIRM, by=user) or IDENTITY.allows(row, VOUCH, by=user)
