"""Throw-away servers for tests: in memory where there is room, gone afterwards.

`python -m embedded.throwaway COMMAND …` runs a command with them.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded import folders
from embedded.account import choose
from embedded.engines import Engines
from embedded.problem import answer

MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder with a random name is made in it
ROOM = 1_500_000_000  # bytes


def in_memory() -> Path | None:
    """Return a folder that is kept in memory, where the machine has one with room."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy else None


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Run a fresh PostgreSQL and Valkey that forget everything; give their addresses."""
    var = Path(tempfile.mkdtemp(prefix="yiyang-test-", dir=in_memory()))
    try:
        var.chmod(0o711)
        (var / "run").mkdir()
        engines = Engines(folders.Folders(var, var, choose(var / "postgres")), throwaway=True)
        try:
            yield engines.start()
        finally:
            engines.stop()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def main() -> int:
    """Run the command given as arguments and return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with servers() as addresses:
        return subprocess.run(sys.argv[1:], check=False, env={**os.environ, **addresses}).returncode  # noqa: S603 -- the operator's own command


if __name__ == "__main__":
    sys.exit(answer(main))
