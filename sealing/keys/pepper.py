"""The pepper: a secret in a file outside the database, without which no PIN opens any key.

Six digits alone fall in hours to whoever copies the database. It is made once, at set-up; one that is lost makes every
key useless, and is never replaced in silence.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from sealing.authority.files import write_once

BYTES = 32
GONE = "签名密码的服务器密钥文件读不出来"


class PepperGone(Exception):
    """No key can be opened or sealed; the text says why, for people."""


def path() -> Path:
    return Path(settings.PIN_PEPPER_FILE)


def make() -> bool:
    """Make it where there is none; return whether it was."""
    return write_once(path(), secrets.token_hex(BYTES).encode() + b"\n")


@sensitive_variables()
def read() -> bytes:
    """Return the pepper. Raises PepperGone where there is none, or none that could be one."""
    try:
        found = bytes.fromhex(path().read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise PepperGone(GONE) from None
    if len(found) < BYTES:
        raise PepperGone(GONE)
    return found


@sensitive_variables()
def name_of(found: bytes) -> str:
    """Return by what a pepper is told from another, which tells nothing of it."""
    return hashlib.sha256(b"yiyang.sealing.pepper" + found).hexdigest()[:16]
