"""The caller's end of a template process: starts it at first need, sends it one order at a time, hears how it ended."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundary.cell import bounds

ROOT = Path(__file__).resolve().parent.parent.parent
# Isolated: neither variables of the environment nor the folder that we happen to stand in say what is imported.
COMMAND = "import sys; sys.path.insert(0, sys.argv[1]); from boundary.cell.template import main; main()"
# Nothing of ours: that holds secrets. Workbooks are read by the XML parser that refuses entities, and by no other.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OPENPYXL_LXML": "False"}
ENDING = 2.0  # seconds for a template to end its cell and itself
GRACE = 15.0  # seconds beyond a cell's time for the template itself, its start included


class CellUnavailable(Exception):
    """No cell could be started: the platform's fault, not the file's."""


@dataclass(frozen=True)
class Ended:
    """How a cell ended. `code` is its exit code, or a signal's number as a negative one.

    `seconds` passed, for `worked` of which it had a processor and for `waited` of which it was ready and had none;
    `allowed` are those that its file has. `peak` is its memory in kilobytes.
    """

    code: int
    late: bool
    seconds: float
    worked: float
    waited: float
    allowed: float
    peak: int


class Keeper:
    """Holds one template process for this process; its orders are done one after the other, each in its `turn`."""

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    def run(
        self,
        job: dict[str, Any],
        folder: Path,
        seconds: float = bounds.SECONDS,
        *,
        most_seconds: float = bounds.MOST_SECONDS,
    ) -> Ended:
        """Have a job done by a cell that works in `folder`. Raises CellUnavailable.

        It has so many seconds on the wall, and one more for each page that it counts, but no more than `most_seconds`;
        those in which it waits for a processor do not count (`bounds.WAITS`).
        """
        said = {"job": job, "folder": str(folder), "seconds": seconds, "most_seconds": most_seconds}
        order = json.dumps(said).encode() + b"\n"
        with self.turn:
            try:
                control = self._started()
                control.settimeout(most_seconds + bounds.MOST_WAITED + GRACE)
                control.sendall(order)
                return Ended(**json.loads(_line(control)))
            except (OSError, ValueError, TypeError) as error:
                self._close()
                raise CellUnavailable(str(error)) from error
            except BaseException:  # told to end while waiting: what the template still says answers no later order
                self._close()
                raise

    def stop(self) -> None:
        """End the template; the next order starts another."""
        with self.turn:
            self._close()

    def _started(self) -> socket.socket:
        is_ours = self._owner == os.getpid()
        if is_ours and self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own code
                [sys.executable, "-I", "-c", COMMAND, str(ROOT)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for us; the template ends when we do
            )
        self._control, self._owner = ours, os.getpid()
        return ours

    def _close(self) -> None:
        is_ours = self._owner == os.getpid()  # else we were forked, and the template is our parent's
        if self._control is not None:
            self._control.close()
        if self._process is not None and is_ours:
            try:  # it ends when its control does, and its cell before it
                self._process.wait(ENDING)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None


def _line(control: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = control.recv(4096)
        if not piece:
            raise OSError("the template process ended")
        line += piece
    return line


KEEPER = Keeper()
atexit.register(KEEPER.stop)
