"""The process that cells are forked from: it has loaded the libraries, holds no secret, and opens no file itself.

Started by `keeper` as a fresh interpreter. It reads one order a line, forks a cell for it, watches the clock, and
answers with how the cell ended; when its keeper is gone, so are it and its cell.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from boundary.cell import bounds
from boundary.cell.inside import work

LIBC = ctypes.CDLL(None)
LOOKS_EVERY = 0.05  # seconds, at most so often, at how long a late cell has waited
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl


def main() -> None:
    """Serve the keeper at the other end of standard input until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    orders = control.makefile("rb")
    while line := orders.readline():
        control.sendall(json.dumps(_done(json.loads(line), control)).encode() + b"\n")


def _done(order: dict[str, Any], control: socket.socket) -> dict[str, Any]:
    """Run one cell to its end, wanted or not."""
    heard, told = os.pipe()
    began = time.monotonic()
    cell = os.fork()
    if cell == 0:
        os.close(heard)
        os.close(control.detach())
        _live(order, told)
    os.close(told)
    try:
        late, allowed = _watched(cell, heard, control, began, order)
        waited = _waited(cell, time.monotonic() - began)
    finally:
        # The pipe ends with the cell. One that closed it and lives on has nothing more to say.
        os.kill(cell, signal.SIGKILL)
        os.close(heard)
        _, status, used = os.wait4(cell, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "late": late,
        "seconds": round(time.monotonic() - began, 3),
        "worked": round(used.ru_utime + used.ru_stime, 3),
        "waited": round(waited, 3),
        "allowed": allowed,
        "peak": used.ru_maxrss,
    }


def _watched(cell: int, heard: int, control: socket.socket, began: float, order: dict[str, Any]) -> tuple[bool, float]:
    """Wait until the cell closes its pipe or its time is up: return whether it is late, and its seconds.

    They grow by the pages that it counts; while it waits for a processor they do not run, so that a machine with much
    to do blames no file, and what is too heavy is known as such there too.
    """
    seconds, most = order["seconds"], order["most_seconds"]
    allowed = min(seconds, most)
    while True:
        now = time.monotonic()
        left = allowed - (now - began)
        if left <= 0:
            left += min(_waited(cell, now - began), allowed * bounds.WAITS, bounds.MOST_WAITED)
        if left <= 0:
            return True, allowed
        ready, _, _ = select.select([heard, control.fileno()], [], [], max(left, LOOKS_EVERY))
        if control.fileno() in ready:  # no order comes while one is being done: the keeper is gone
            raise SystemExit
        if heard in ready:
            said = os.read(heard, 16)
            if not said:
                return False, allowed
            allowed = min(seconds + work.counted(said), most)


def _waited(cell: int, passed: float) -> float:
    """Return for how many of the seconds passed a living cell was ready and had no processor.

    Where the kernel does not count that, every second in which it did not work: hardly anything else holds a cell up.
    """
    about = Path(f"/proc/{cell}")
    try:
        return int((about / "schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return max(passed - _worked(about), 0)


def _worked(about: Path) -> float:
    fields = (about / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _live(order: dict[str, Any], told: int) -> None:
    """Be the cell. Never returns."""
    code = bounds.BROKEN
    try:
        os.chdir(order["folder"])
        os.nice(bounds.NICE)
        _quiet()
        _limit()
        answer = work.answer(order["job"], lambda pages: _more_time(told, pages))
        Path(bounds.ANSWER).write_text(json.dumps(answer), encoding="utf-8")
        code = 0
    except MemoryError:
        code = bounds.OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001  -- whatever it is, the keeper reads it, and this process ends here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _quiet() -> None:
    """Speak to nobody: no terminal, no log, but one file, which may become as large as any other."""
    nothing = os.open(os.devnull, os.O_RDWR)
    said = os.open(bounds.SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream, target in ((0, nothing), (1, nothing), (2, said)):
        os.dup2(target, stream)


def _limit() -> None:
    if hasattr(LIBC, "prctl"):  # should the template be killed, nobody else would watch the clock
        LIBC.prctl(DIE_WITH_PARENT, signal.SIGKILL)
    limits = {
        resource.RLIMIT_CPU: (bounds.SECONDS, bounds.MOST_SECONDS),
        resource.RLIMIT_FSIZE: (bounds.LARGEST_WRITTEN, bounds.LARGEST_WRITTEN),
        resource.RLIMIT_NOFILE: (bounds.OPEN_FILES, bounds.OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),  # starts nobody else; the kernel does not hold root to it
        resource.RLIMIT_AS: (bounds.MEMORY, bounds.MEMORY),
    }
    for what, values in limits.items():
        resource.setrlimit(what, values)


def _more_time(told: int, pages: int) -> None:
    """Tell how many pages were counted: for each there is a second more, on the wall and of the processor."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(bounds.SECONDS + pages, hard), hard))
    os.write(told, b"%d" % pages)
