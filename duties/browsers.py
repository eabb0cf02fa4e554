"""Whether the same browser asks again, of people without an account: it keeps a secret, of which we keep the digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "applicant"
KEPT = timedelta(days=90)
LENGTH = 43  # characters of 32 bytes


def secret_of(request: HttpRequest) -> str:
    """Return the secret that the browser brings, or a new one for it to keep. It says who asked, and opens nothing."""
    brought = request.COOKIES.get(COOKIE, "")
    return brought if len(brought) == LENGTH and brought.isascii() else secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def keep(response: HttpResponseBase, secret: str) -> None:
    """Let the browser keep it, for the public pages of administrators only."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=KEPT,
        path="/administrators/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
