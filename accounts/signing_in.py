"""What is written down when someone signs in or fails to, and whom a demo site invites."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.crypto import salted_hmac

from accounts import events
from accounts.events import Barred, Factor
from accounts.models import User
from audit.log import append


def record_sign_in(user: User, first: Factor, second: Factor = Factor.NONE) -> None:
    """Log a sign-in and how it was done: `first` and `second` name the factors."""
    append(events.SignedIn(first=first, second=second), by=user, subject=user)


def record_failure(username: str) -> None:
    """Log a failed attempt at an account, or at a name that none has; and why, where no password would have helped."""
    user = User.objects.filter(username=username).first()
    reason = why_barred(user) if user else None
    append(events.SignInFailed(**_at(username, user), reason=reason), by=None, subject=user)


def record_lockout(username: str) -> None:
    """Log that sign-in at an account, or at a name that none has, rests after too many failures."""
    user = User.objects.filter(username=username).first()
    append(events.SignInLocked(**_at(username, user)), by=None, subject=user)


def why_barred(user: User) -> Barred | None:
    """Return for the log why the account is of no use here, whatever is typed; whoever types it is not told."""
    if user.may_sign_in:
        return None
    return Barred.DEMO if user.is_active else Barred.INACTIVE


def record_second_failure(user: User) -> None:
    append(events.SecondFactorFailed(), by=None, subject=user)


def record_sign_out(user: User) -> None:
    append(events.SignedOut(), by=user, subject=user)


def digest_of_name(typed: str) -> str:
    """Return a keyed digest by which the same text is known again. People type passwords into the name field."""
    return salted_hmac("accounts.lockout", typed).hexdigest()


def _at(typed: str, user: User | None) -> dict[str, str]:
    return {"username": user.username} if user else {"name_digest": digest_of_name(typed)}


@dataclass(frozen=True)
class DemoAccount:
    """One line of the list of demo accounts: a person in one duty."""

    username: str
    full_name: str
    place: str
    duty: str
    region_code: str  # "" for a duty of the whole platform
    region: str
    is_of_bureau: bool


def demo_accounts() -> list[DemoAccount]:
    """Return the made-up people of a demo site who can sign in, for its sign-in page and the console; none elsewhere.

    By region, and there the institutions' first: theirs is the work that a newcomer begins with.
    """
    if not settings.DEMO:
        return []
    people = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    people = people.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    people = people.prefetch_related("memberships__institution__region", "memberships__authority__region")
    accounts = [account for person in people for account in _accounts_of(person)]
    return sorted(accounts, key=lambda each: (not each.region_code, each.region_code, each.is_of_bureau))


def _accounts_of(person: User) -> Iterator[DemoAccount]:
    for held in person.memberships.all():
        place = held.institution or held.authority
        code, region = (place.region.code, place.region.full_name) if place else ("", "平台")
        yield DemoAccount(
            person.username, person.full_name, held.place, held.in_words, code, region, held.authority is not None
        )
