"""What a session learns at the moment of signing in, however that happened: Django's `login` tells us by its signal."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

CONFIRMED_AT = "confirmed_at"  # seconds since 1970


def connect() -> None:
    """Listen; called once, when the apps are ready."""
    user_logged_in.connect(_begin, dispatch_uid="accounts.signed_in")


def mark_confirmed(request: HttpRequest) -> None:
    """Remember in the session that the person has just proved who they are."""
    request.session[CONFIRMED_AT] = int(timezone.now().timestamp())


def _begin(request: HttpRequest, **_: Any) -> None:
    mark_confirmed(request)
