"""Helping somebody who has lost their password or their phone: the verbs are the accounts', who may is decided here."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import passwords, second_factor
from accounts.events import PasswordIssued, SecondFactorReset
from accounts.models import User
from audit.events import Event
from audit.log import history
from duties import announcements
from duties.granting import locked
from duties.permissions import looks_after
from duties.places import place_of
from verbs.errors import NotAllowed

BOTH_AFTER = timedelta(days=3)  # time for the person to notice and to speak up


def may_help(helper: User, person: User) -> bool:
    """Return whether the helper may issue a password or reset a second factor: never for themself, and only where they
    look after every place at which the person holds a duty. Otherwise one house could open another's account."""
    places = {place_of(held) for held in person.memberships.select_related("institution", "authority")}
    return helper.pk != person.pk and bool(places) and all(looks_after(helper, place) for place in places)


@sensitive_variables("password")
@transaction.atomic
def issue_password(user: User, *, by: User) -> str:
    """Issue a temporary password and tell the person; return it. Raises NotAllowed."""
    _guard(locked(user), by, after=SecondFactorReset)
    password = passwords.issue(user, by=by)
    announcements.helped(user, "password_issued", "您的密码已重置为临时密码", by=by, at=timezone.now())
    return password


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> None:
    """Take the device away and tell the person. Raises NotAllowed."""
    _guard(locked(user), by, after=PasswordIssued)
    second_factor.reset(user, by=by)
    announcements.helped(user, "second_factor_reset", "您的动态口令已重置", by=by, at=timezone.now())


def _guard(user: User, by: User, *, after: type[Event]) -> None:
    """Both factors in one hand would be the account itself: who has given out one does not take the other away."""
    if not may_help(by, user):
        raise NotAllowed("此人还在别处任职，或者就是您自己，不能由您重置。")
    if history(user).filter(event=after.code, actor_id=by.pk, at__gt=timezone.now() - BOTH_AFTER).exists():
        raise NotAllowed(
            "三天内您已为此人办理过密码或动态口令中的另一项。为防止账号被冒用，请由另一位管理员办理，或三天后再办。"
        )
