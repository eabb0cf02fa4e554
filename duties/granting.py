"""Granting a duty and ending one. Nobody grants one to themself, and no place loses its last administrator unawares."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts import sessions
from accounts.models import User
from audit.log import append
from duties import announcements, events
from duties.models import Invitation
from duties.permissions import refuse_unless_grantable, refuse_unless_looking_after
from duties.places import Place, at, name_of, place_of, where
from duties.separation import refuse_together
from institutions.models import Authority, Duty, Membership
from institutions.sockets import RIGHT_LOST
from verbs.errors import NotAllowed, WrongState


@transaction.atomic
def grant(user: User, duty: Duty, place: Place, *, by: User) -> Membership:
    """Give a duty to somebody who has an account; the same again changes nothing.

    It counts at once for whoever is known at the place, else when another person has confirmed who holds it.

    Raises NotAllowed to whoever may not, or grants to themself, and WrongState for duties that are kept apart.
    """
    person = locked(user)
    if person.pk == by.pk:
        raise NotAllowed("不能给自己授予职责。")
    refuse_unless_grantable(by, duty, place)
    return give(person, duty, place, by=by, giver=by)


def give(
    person: User, duty: Duty, place: Place, *, by: User, giver: User | None, invited_by: str | None = None
) -> Membership:
    """Write a duty for a person whose row is locked, after all guards but separation; log it and tell the person.

    `giver` decided that the person gets it; None for the operator's console.
    """
    if not person.is_active:
        raise WrongState(f"{person.full_name}的账号已停用，先恢复账号才能授予职责。")
    refuse_together(person, duty, place)
    _refuse_closed(place)
    is_known = person.memberships.effective().filter(**where(place)).exists()
    state = Membership.State.EFFECTIVE if is_known else Membership.State.WAITING
    facts = {"state": state, "granted_by": giver}
    membership, is_new = Membership.objects.get_or_create(user=person, duty=duty, **at(place), defaults=facts)
    if is_new:
        if duty in settings.SECOND_FACTOR_DUTIES:
            sessions.end_all(person)  # they sign in again, with the second factor and the shorter idle time
        append(events.Granted(place=name_of(place), duty=duty, invited_by=invited_by), by=by, subject=person)
        announcements.granted(membership, by=by)
    return membership


@transaction.atomic
def end(membership: Membership, *, by: User, reason: str) -> bool:
    """Take a duty from a person, with a reason; False if it has ended already.

    The invitations that an administrator has sent from there end too. Raises NotAllowed to whoever does not look
    after the place, and WrongState when its last administrator would leave.
    """
    place = place_of(membership)
    # In one order for everybody: two administrators who leave at the same moment see each other.
    held = Membership.objects.select_for_update(no_key=True, of=("self",)).filter(**where(place)).order_by("pk")
    administrators = list(held.effective().filter(duty=Duty.ADMINISTRATOR).select_related("user"))
    row = held.filter(pk=membership.pk).select_related("user").first()
    refuse_unless_looking_after(by, place)
    if row is None:
        return False
    if row.duty == Duty.ADMINISTRATOR:
        if row.is_effective:
            _refuse_last(row, administrators)
        sent = Invitation.objects.filter(invited_by=row.user)
        if place is not None:  # the platform's administrators invite for bureaus too
            sent = sent.filter(**where(place))
        sent.cancel()
    row.delete()
    append(events.Ended(place=name_of(place), duty=Duty(row.duty), reason=reason), by=by, subject=row.user)
    announcements.ended(membership, by=by, reason=reason)
    right_lost(row.user)
    return True


def right_lost(user: User) -> None:
    """Let end, for good, what rested on a right that the person has just lost."""
    for end in RIGHT_LOST:
        end(user)


def _refuse_closed(place: Place) -> None:
    """Raise WrongState for a bureau that was closed. It stays held: whoever closes it meanwhile ends this duty too."""
    row = hold(place)
    if row is not None and row.closed_on is not None:
        raise WrongState(f"{row.name}已经撤销，不能再授予职责。")


def hold(place: Place) -> Authority | None:
    """Lock a bureau against being closed meanwhile and return it as it is; None for any other place."""
    if not isinstance(place, Authority):
        return None
    return Authority.objects.select_for_update(no_key=True).get(pk=place.pk)


def locked(user: User) -> User:
    """Lock the person: their duties are granted one after the other."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _refuse_last(leaving: Membership, administrators: list[Membership]) -> None:
    if not any(each.pk != leaving.pk and each.user.is_active for each in administrators):
        raise WrongState("这里只有这一位管理员。请先授予另一位同事管理员职责，再解除。")
