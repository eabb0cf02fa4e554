"""Gives every request a short code, shown on error pages and written beside every log line."""

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# No 0/O, 1/I: people read the code over the phone.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Sets `request.id` and the response header X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = "".join(secrets.choice(LETTERS) for _ in range(8))
        request.id = code  # type: ignore[attr-defined]  # HttpRequest is open by design
        token = current.set(code)
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
        response["X-Request-ID"] = code
        return response


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current.get()
        return True
