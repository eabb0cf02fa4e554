"""What a cell left behind, looked at before it is used: it had opened a stranger's file, and may be taken over."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO, Any


def number(value: Any, most: int) -> int:
    """Return a whole number from 1 to `most`. Raises ValueError for anything else."""
    if type(value) is not int or not 0 < value <= most:
        raise ValueError("no number of a cell's")
    return value


def words(value: Any, longest: int) -> str:
    """Return a text that can be kept, of at most so many characters. Raises ValueError for anything else."""
    if type(value) is not str or len(value) > longest or "\0" in value:
        raise ValueError("no words of a cell's")
    value.encode()  # raises for half a character, which nothing of ours can keep
    return value


def opened(path: Path) -> IO[bytes]:
    """Open a file that a cell wrote: no link to another's, and no pipe, that would never end. Raises OSError."""
    found = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise OSError(f"{path.name} is no file of a cell's")
    return os.fdopen(found, "rb")
