"""What the program's log says of an address and a refusal: no secret of a link, no parameters, no stack for a 403."""

from __future__ import annotations

import logging
import re

from gunicorn.glogging import Logger

HIDDEN = "(hidden)"
# Links that open something for whoever has them, and any long random word, wherever it stands.
# A code may be typed in groups, as it is printed: what stands up to the next slash is all of it.
WORD = r"[^/?#\s\"']+"
SECRET = re.compile(rf"((?:^|/)(?:invitations|administrators/(?:asked|letters))/)(?:{WORD}(?: {WORD})*(?=/|$)|{WORD})")
LONG_WORD = re.compile(r"(?<=/)[\w-]{30,}(?=[/?#\s\"']|$)")
QUERY = re.compile(r"(?<=/)\?[^\s\"']+")
WITHOUT_STACK = frozenset({400, 403, 404, 405, 413, 503})  # refusals, and what the machine lacks for a moment


def without_secrets(text: str) -> str:
    """Return a text without the parameters of the addresses in it, and without their secret words."""
    return LONG_WORD.sub(HIDDEN, SECRET.sub(rf"\g<1>{HIDDEN}", QUERY.sub("", text)))


class QuietFilter(logging.Filter):
    """Hides the secrets of links in every line, and leaves out the stack where the answer is no mistake of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.request") and getattr(record, "status_code", 0) in WITHOUT_STACK:
            record.exc_info = record.exc_text = None
        said = record.getMessage()
        if (quiet := without_secrets(said)) != said:
            record.msg, record.args = quiet, ()
        return True


class AccessLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own log, with a line for each request that tells method, path, status, bytes, time and code."""

    def access(self, resp, req, environ, request_time):  # type: ignore[no-untyped-def]
        """Called by gunicorn after each answer. Neither parameters nor Referer are written: both may hold a link."""
        code = next((value for name, value in resp.headers if name.lower() == "x-request-id"), "-")
        self.access_log.info(
            "%s %s %s %s %s %d ms %s",
            environ.get("REMOTE_ADDR", "-"),
            req.method,
            without_secrets(req.path),
            resp.status.split()[0] if isinstance(resp.status, str) else resp.status,
            resp.sent,
            request_time.total_seconds() * 1000,
            code,
        )
