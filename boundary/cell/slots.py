"""At most so many cells at once on the machine, whichever process asks: each takes a lock that ends with its holder."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOOKS_EVERY = 0.02  # seconds between two looks at the slots; only the first in the queue looks


class Busy(Exception):
    """No slot became free in time."""


@contextmanager
def slot(folder: Path, count: int, *, patience: float | None = None) -> Iterator[None]:
    """Hold one of `count` slots, whose locks lie in `folder`; wait for it `patience` seconds, None for ever.

    Raises Busy, or OSError where the folder cannot be written. The kernel frees the slot of a process that dies.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = None if patience is None else time.monotonic() + patience
    with _first_in_the_queue(folder, until):
        held = _wait(until, lambda: _free(folder, count))
    try:
        yield
    finally:
        held.close()


@contextmanager
def _first_in_the_queue(folder: Path, until: float | None) -> Iterator[None]:
    queue = (folder / "queue").open("ab")
    with queue:
        if until is None:
            fcntl.flock(queue, fcntl.LOCK_EX)
        else:
            _wait(until, lambda: _locked(queue))
        yield


def _free(folder: Path, count: int) -> IO[bytes] | None:
    for number in range(count):
        file = (folder / f"slot-{number}").open("ab")
        if _locked(file):
            return file
        file.close()
    return None


def _locked(file: IO[bytes]) -> IO[bytes] | None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return file


def _wait(until: float | None, take: Callable[[], IO[bytes] | None]) -> IO[bytes]:
    while (taken := take()) is None:
        if until is not None and time.monotonic() > until:
            raise Busy
        time.sleep(LOOKS_EVERY)
    return taken
