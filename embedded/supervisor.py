"""Keeps children running until we are told to stop."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from embedded.child import Child

SHORT_LIFE = 10.0  # seconds; a child that dies younger is restarted with a growing pause
LONGEST_PAUSE = 30.0
LOOK_EVERY = 5.0


class Supervisor:
    """Restarts children when they die; SIGINT and SIGTERM end the watch."""

    def __init__(self) -> None:
        self.stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def listen(self) -> None:
        """Take over the signals. Called before anything starts, so that Ctrl-C during the start stops cleanly."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # its byte in the pipe is what matters

    def watch(self, children: Sequence[Child], restart: dict[str, Callable[[], object]]) -> None:
        """Block until told to stop; start again whatever dies. `restart` overrides Child.start by name."""
        while not self.stopping:
            for child in children:
                if not child.is_running and not self.stopping:
                    self._revive(child, restart.get(child.name, child.start))
            select.select([self._wake_read], [], [], self._patience())
            self._drain()

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Look at a condition until it is true, the time is over or we are told to stop."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.stopping or time.monotonic() > deadline:
                return False
            select.select([self._wake_read], [], [], 0.05)
            self._drain()
        return True

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _patience(self) -> float:
        waits = [due - time.monotonic() for due in self._due.values()]
        return max(0.0, min([*waits, LOOK_EVERY]))

    def _drain(self) -> None:
        while select.select([self._wake_read], [], [], 0)[0]:
            os.read(self._wake_read, 512)

    def _revive(self, child: Child, start: Callable[[], object]) -> None:
        """Start a dead child at once, or after a pause when it keeps dying young."""
        name = child.name
        if name not in self._due:
            code = child.process.returncode if child.process else None
            lived = time.monotonic() - child.started_at
            pause = 0.0 if lived > SHORT_LIFE else min(max(1.0, self._pauses.get(name, 0.5) * 2), LONGEST_PAUSE)
            self._pauses[name] = pause
            self._due[name] = time.monotonic() + pause
            print(
                f"{name} 已退出（代码 {code}），{pause:.0f} 秒后重新启动；日志：{child.log}",
                file=sys.stderr,
                flush=True,
            )
        if time.monotonic() >= self._due[name]:
            del self._due[name]
            child.stop()
            start()
