"""Helping somebody who has lost their password or their phone: the verbs are the accounts', who may is decided here."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import identities, passwords, second_factor
from accounts.models import User
from duties import announcements, holders
from duties.granting import locked
from duties.permissions import looks_after
from duties.places import place_of
from verbs.errors import NotAllowed


def may_help(helper: User, person: User) -> bool:
    """Return whether the helper may issue a password or reset a second factor: never for themself, and only where they
    look after every place at which the person holds a duty. Otherwise one house could open another's account."""
    places = {place_of(held) for held in person.memberships.select_related("institution", "authority")}
    return helper.pk != person.pk and bool(places) and all(looks_after(helper, place) for place in places)


@sensitive_variables("password")
@transaction.atomic
def issue_password(user: User, *, by: User) -> str:
    """Issue a temporary password for a sealed letter, tell the person and return it. Raises NotAllowed.

    Their duties wait until another person has confirmed who they are: the letter passes through the hands of `by`.
    """
    person = _guarded(user, by)
    password = passwords.issue(user, by=by)
    identities.forget(person, by=by)
    holders.doubt(person, by=by)
    announcements.helped(user, "password_issued", "您的密码已重置为临时密码", by=by, at=timezone.now())
    return password


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> None:
    """Take the device away and tell the person; their duties wait as after `issue_password`. Raises NotAllowed."""
    person = _guarded(user, by)
    second_factor.reset(user, by=by)
    identities.forget(person, by=by)
    holders.doubt(person, by=by)
    announcements.helped(user, "second_factor_reset", "您的动态口令已重置", by=by, at=timezone.now())


def _guarded(user: User, by: User) -> User:
    """Lock the person and return them.

    Both factors may pass through one hand, for nothing counts then until another person has seen the holder. But what
    one person gave does not pass to a second: of two who know the secrets one could confirm for the other.
    """
    person = locked(user)
    if not may_help(by, user):
        raise NotAllowed("此人还在别处任职，或者就是您自己，不能由您重置。")
    if person.memberships.waiting().exclude(granted_by=None).exclude(granted_by=by).exists():
        raise NotAllowed("此人的职责还在等待确认本人，不能由您重置。请由原办理人重新办理，或不予确认后重新邀请。")
    return person
