"""What is written down when someone signs in or fails to, and whom a demo site invites."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from accounts.models import User
from audit.log import append
from audit.models import Event

logger = logging.getLogger(__name__)


def record_sign_in(user: User) -> None:
    append(Event.SIGNED_IN, by=user, subject=user)


def record_failure(username: str) -> None:
    """Log a failed attempt at an account. A name that no account has goes to the server's log only:
    people type passwords into the name field, and the log of what happened is kept for ever."""
    user = User.objects.filter(username=username).first()
    if user is None:
        logger.warning("sign-in failed: no such account")
    else:
        append(Event.SIGN_IN_FAILED, by=None, subject=user, username=user.username)


def record_lockout(username: str) -> None:
    """Log that sign-in at an account rests after too many failures."""
    user = User.objects.filter(username=username).first()
    if user is None:
        logger.warning("sign-in rests: no such account")
    else:
        append(Event.SIGN_IN_LOCKED, by=None, subject=user, username=user.username)


@dataclass(frozen=True)
class DemoAccount:
    """One line of the list of demo accounts: a person in one duty."""

    username: str
    full_name: str
    place: str
    duty: str
    region_code: str  # "" for a duty of the whole platform
    region: str


def demo_accounts() -> list[DemoAccount]:
    """Return the made-up people of a demo site by region, for its sign-in page and the console; none elsewhere."""
    if not settings.DEMO:
        return []
    people = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    people = people.prefetch_related("memberships__institution__region", "memberships__authority__region")
    accounts = [account for person in people for account in _accounts_of(person)]
    return sorted(accounts, key=lambda account: (not account.region_code, account.region_code))


def _accounts_of(person: User) -> Iterator[DemoAccount]:
    for held in person.memberships.all():
        place = held.institution or held.authority
        code, region = (place.region.code, place.region.full_name) if place else ("", "平台")
        yield DemoAccount(person.username, person.full_name, held.place, held.in_words, code, region)
