"""Readers of environment variables for settings.py, one for each type.

Every name read is remembered in `NAMES_READ`, so that a test can prove that
docker-compose.yml sets no variable which nothing reads.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

NAMES_READ: set[str] = set()


def env(name: str, default: str = "") -> str:
    """Return the variable as text, or `default` when it is unset or empty."""
    NAMES_READ.add(name)
    return os.environ.get(name, "") or default


def env_bool(name: str, *, default: bool) -> bool:
    """Return True for 1/true/yes/on and False for 0/false/no/off, in any case.

    Raises ImproperlyConfigured for any other word.
    """
    word = env(name, "yes" if default else "no").lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {word!r}.")


def env_int(name: str, default: int) -> int:
    """Return the variable as a whole number. Raises ImproperlyConfigured if it is none."""
    text = env(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return parts_of(env(name, default))


def parts_of(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def env_secret(name: str, *, default: str, required: bool) -> str:
    """Return a secret from NAME or from the file that NAME_FILE points to (Docker secrets).

    Raises ImproperlyConfigured when it is required and neither is set.
    """
    file = env(f"{name}_FILE")
    value = Path(file).read_text(encoding="utf-8").strip() if file else env(name)
    if not value and required:
        raise ImproperlyConfigured(f"{name} (or {name}_FILE) must be set when DEBUG is off.")
    return value or default


# How many joins of a query PostgreSQL tries in every order. A filing with its agreement, parties and officers joins
# fifteen tables by their keys in the order that is right anyway: with PostgreSQL's own 8 it was planned for 20 ms and
# run for 0.4 ms, with 4 planned for 2 ms.
JOINS_REORDERED = 4
CONNECT_SECONDS = 5  # for a server that does not answer; one that is gone is known at once


def postgres_database(url: str) -> dict[str, object]:
    """Turn postgresql://user:password@host:port/name[?host=/socket/dir] into DATABASES["default"].

    Raises ImproperlyConfigured for any other engine: constraints and searches here are PostgreSQL's.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:port/name.")
    socket = next((v for k, _, v in (p.partition("=") for p in parts.query.split("&")) if k == "host"), "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(socket) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": f"-c join_collapse_limit={JOINS_REORDERED}", "connect_timeout": CONNECT_SECONDS},
    }


def origin_of(url: str) -> list[str]:
    """Return the origin of an address as a list of one, for a content policy; an empty one for no address."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def redis_broker(url: str) -> str:
    """Return a REDIS_URL as Celery's broker wants it: it names Unix sockets and database numbers in its own way."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
