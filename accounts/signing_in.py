"""What is written down when someone signs in or fails to, and whom a demo site invites."""

import logging

from django.conf import settings
from django.db.models import QuerySet

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


def demo_accounts() -> QuerySet[User]:
    """Return the people of made-up institutions, for the sign-in page of a demo site; none elsewhere."""
    if not settings.DEMO:
        return User.objects.none()
    people = User.objects.filter(memberships__institution__is_demo=True, is_active=True).distinct()
    return people.prefetch_related("memberships__institution__region").order_by("username")
