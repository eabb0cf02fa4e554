"""Faults of the machine and not of the work: what fails by one is tried again once it is over, and never given up."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
DISK_FULL = "53100"
# PostgreSQL says that it ends, that it starts, or that it takes nobody more; 08: the connection broke.
AWAY = frozenset({"57P01", "57P02", "57P03", "53300"})
BROKEN = "08"


def has_no_room(error: BaseException | None) -> bool:
    """Tell whether the disk is full, of whoever reports it: a file of ours or PostgreSQL."""
    return any(
        (isinstance(each, OSError) and each.errno in NO_ROOM) or _code(each) == DISK_FULL for each in _chain(error)
    )


def is_database_away(error: BaseException | None) -> bool:
    """Tell whether PostgreSQL does not answer, or ended in the middle; not whether it refused what it was asked."""
    return any(_is_away(each) for each in _chain(error))


def is_passing(error: BaseException | None) -> bool:
    return has_no_room(error) or is_database_away(error)


def _is_away(error: BaseException) -> bool:
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    code = _code(error)
    return code is None or code in AWAY or code.startswith(BROKEN)


def _code(error: BaseException) -> str | None:
    """Return PostgreSQL's own code of an error; Django keeps the driver's as the cause."""
    code = getattr(error, "pgcode", None) or getattr(error.__cause__, "pgcode", None)
    return str(code) if code else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
