"""Suspending accounts and restoring them: the platform administrator's, never of their own."""

from __future__ import annotations

from django.db import transaction

from accounts import sessions
from accounts.models import User
from audit.log import append
from duties import events
from duties.granting import right_lost
from duties.models import Invitation
from duties.permissions import refuse_unless_platform_administrator
from verbs.errors import NotAllowed


@transaction.atomic
def suspend(user: User, *, by: User, reason: str) -> bool:
    """End a person's sessions and bar sign-in until restored; False if that is so already. Raises NotAllowed."""
    person = _guarded(user, by)
    if not person.is_active:
        return False
    User.objects.filter(pk=person.pk).update(is_active=False)
    Invitation.objects.filter(invited_by=person).cancel()
    event = events.AccountSuspended(reason=reason, sessions_ended=sessions.end_all(person))
    append(event, by=by, subject=person)
    right_lost(person)
    return True


@transaction.atomic
def restore(user: User, *, by: User, reason: str) -> bool:
    """Let a suspended person sign in again; False if they can already. Raises NotAllowed."""
    person = _guarded(user, by)
    if person.is_active:
        return False
    User.objects.filter(pk=person.pk).update(is_active=True)
    append(events.AccountRestored(reason=reason), by=by, subject=person)
    return True


def refuse_unless_in_charge(user: User, by: User) -> None:
    """Raise NotAllowed to everybody but the platform's administrators, and to them for their own account."""
    refuse_unless_platform_administrator(by)
    if user.pk == by.pk:
        raise NotAllowed("不能停用或恢复自己的账号。")


def _guarded(user: User, by: User) -> User:
    # Both, and in one order for everybody: of two administrators who suspend each other at once, one is left.
    rows = {
        row.pk: row
        for row in User.objects.select_for_update(no_key=True).filter(pk__in=[user.pk, by.pk]).order_by("pk")
    }
    refuse_unless_in_charge(user, by)
    if not rows[by.pk].is_active:
        raise NotAllowed("您的账号刚刚已被停用。")
    return rows[user.pk]
