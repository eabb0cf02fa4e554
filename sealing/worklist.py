"""What waits of signatories and seals: for the bureau, and for the house itself. The page of signing shows it too, for
whoever looks after people and has no work list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from frame.worklist import ROWS, Group, first_rows
from institutions.models import Duty, Membership, memberships_in_use
from sealing.lifecycle import ACTIVATE, IDENTITY
from sealing.models import Certificate, Seal, SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY
from sealing.permissions import CONFIRM_SEALS, visible_seals, waiting_for_bureau

State = SigningIdentity.State
SOON = timedelta(days=30)  # before a certificate ends


def identities_for_official(user: User) -> Iterator[Group[SigningIdentity]]:
    """Yield what the bureau confirms where an institution has nobody else, and what it vouches for."""
    yield from _group("signatories", "核实签约人", waiting_for_bureau(user))


def groups_for_house(user: User) -> Iterator[Group[SigningIdentity]]:
    """Yield what the person confirms for their institution, and the PINs that they set themselves."""
    asked = SigningIdentity.objects.with_facts()
    to_confirm = asked.filter(state=State.REQUESTED, institution__in=_looked_after(user)).exclude(person=user)
    yield from _group("signatories-confirm", "确认签约人", to_confirm)
    own = asked.filter(person=user, state__in=ON_THE_WAY).order_by("pk")
    to_set = [each for each in own if IDENTITY.allows(each, ACTIVATE, by=user)]  # of one person: a few at most
    if to_set:
        yield Group("signatories-activate", "设置签名密码", to_set[:ROWS], len(to_set))


def seals_for_house(user: User) -> Iterator[Group[Seal]]:
    """Yield the seals that wait for the person's confirmation."""
    houses = memberships_in_use(user).filter(duty__in=CONFIRM_SEALS, institution__isnull=False).values("institution")
    waiting = visible_seals(user).filter(state=Seal.State.REGISTERED, institution__in=houses)
    waiting = waiting.exclude(registered_by=user).exclude(keeper=user)
    rows, total = first_rows(waiting.order_by("pk"), lambda each: each)
    if rows:
        yield Group("seals-confirm", "确认印章", rows, total)


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


def _group(slug: str, title: str, found: QuerySet[SigningIdentity]) -> Iterator[Group[SigningIdentity]]:
    rows, total = first_rows(found.order_by("pk"), lambda each: each)
    if rows:
        yield Group(slug, title, rows, total)
