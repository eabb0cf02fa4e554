"""Ends what a killed run left behind, so that the next start finds its port and its files free."""

import os
import signal
import subprocess
from pathlib import Path

from embedded.waiting import wait_until

PATIENCE = 10.0  # seconds


def born(pid: int) -> str:
    """Return when the process began and what it runs, or nothing when there is none: numbers are used again."""
    return subprocess.run(  # noqa: S603 -- ps with a number
        ["/bin/ps", "-ww", "-o", "lstart=,args=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        env={"LC_ALL": "C", "PATH": os.defpath},
    ).stdout.strip()


def remember(note: Path, pid: int) -> None:
    """Write down a child for the next start."""
    note.write_text(f"{pid}\n{born(pid)}", encoding="utf-8")


def end(folder: Path) -> None:
    """End every process that a note in the folder still describes, with its group. Nobody waits on them any more."""
    for note in sorted(folder.glob("*.child")):
        number, _, described = note.read_text(encoding="utf-8").partition("\n")
        if number.isdecimal() and described and born(int(number)) == described:
            _kill_group(int(number), described)
        note.unlink(missing_ok=True)


def _kill_group(pid: int, described: str) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    wait_until(lambda: born(pid) != described, PATIENCE)
