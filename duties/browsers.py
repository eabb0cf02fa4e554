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
    return _brought(request) or secrets.token_urlsafe(32)


def brought_by(request: HttpRequest) -> str:
    """Return the digest of the secret that the browser brings, "" where it brings none."""
    secret = _brought(request)
    return digest_of(secret) if secret else ""


def _brought(request: HttpRequest) -> str:
    secret = request.COOKIES.get(COOKIE, "")
    return secret if len(secret) == LENGTH and secret.isascii() else ""


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def keep(response: HttpResponseBase, secret: str) -> None:
    """Let the browser keep it, for every page: who decides on an application in the browser that sent it is told so."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
