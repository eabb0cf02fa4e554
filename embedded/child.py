"""One supervised process that cannot outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from embedded import leftovers
from embedded.account import Identity

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside when its process starts


def _die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """Return what the new process calls before exec, so that the kernel stops it when we are killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
        if os.getppid() != parent:  # we died between fork and prctl
            os._exit(1)

    return ask_kernel


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; one that has grown long is set aside as NAME.1 first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def last_lines(path: Path, count: int = 12) -> str:
    """Return the end of a log for an error message; empty when there is none."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


@dataclass
class Child:
    """A command to keep running, how to stop it and where its output goes."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    identity: Identity = field(default_factory=Identity)
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGTERM
    keep_open: tuple[int, ...] = ()
    folder: Path | None = None
    note: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    asked: bool = False

    def start(self) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own, so that Ctrl-C reaches us alone and we stop in order."""
        with open_log(self.log) as log:
            self.process = subprocess.Popen(  # noqa: S603 -- our own command lists
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.folder,
                pass_fds=self.keep_open,
                process_group=0,
                preexec_fn=_die_with_parent(self.orphan_signal),
                **self.identity,
            )
        self.started_at = time.monotonic()
        if self.note:
            leftovers.remember(self.note, self.process.pid)
        return self.process

    @property
    def is_running(self) -> bool:
        """True while the process lives."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the stop signal once (Celery takes a second one as an order to drop its task); do not wait."""
        if self.is_running and self.process and not self.asked:
            self.asked = True
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = 10) -> None:
        """Ask it to stop; after `seconds` end its whole process group."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill_group()
            self.process.wait()
        self._kill_group()
        self.process = None
        self.asked = False
        if self.note:
            self.note.unlink(missing_ok=True)

    def _kill_group(self) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
