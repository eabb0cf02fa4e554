"""What `./script/server` holds in memory: a minute after its start, and after a load of pages, previews and files.

    VAR_DIR=/srv/trial PORT=8055 .venv/bin/python -m bench.memory

Starts the server on VAR_DIR (a new one is filled with the demo data first), waits, loads it and stops it. Counted is
the proportional share (PSS of /proc/PID/smaps_rollup) of the supervisor and every process below it, as root or as whom
they run: what several share, such as PostgreSQL's buffers or what was loaded before a fork, is counted once. The exit
code is 1 where it is more than it may be.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from embedded import web
from embedded.engines import borrowed
from embedded.folders import CHECKOUT, find

IDLE_MOST, LOADED_MOST = 650, 1100  # MB
START_SECONDS, IDLE_SECONDS, SETTLE_SECONDS = 1800.0, 60.0, 10.0
MB = 1024
NAMES = (
    ("gunicorn: master", "web, parent"),
    ("gunicorn: worker", "web, workers"),
    ("MainProcess", "worker, parent"),
    ("ForkPoolWorker", "worker, processes"),
    ("beat", "clock"),
    ("embedded.server", "supervisor"),
    ("boundary.cell", "cells (open files)"),
    ("valkey", "Valkey"),
    ("postgres", "PostgreSQL"),
)


def below(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    children = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):  # it has ended meanwhile
            continue
        children[parent].append(int(folder.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def share(pid: int) -> tuple[str, float]:
    """Return what a process is, and its share of memory in MB; nothing of one that has ended."""
    folder = Path(f"/proc/{pid}")
    try:
        said = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        pss = re.search(r"^Pss:\s+(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return "", 0.0
    name = next((name for sign, name in NAMES if sign in said), "other")
    return name, int(pss[1]) / MB if pss else 0.0


def measured(root: int) -> dict[str, tuple[int, float]]:
    """Return how many processes of each kind there are, and their memory in MB."""
    found: dict[str, tuple[int, float]] = {}
    for pid in below(root):
        name, held = share(pid)
        if name:
            count, sum_ = found.get(name, (0, 0.0))
            found[name] = count + 1, sum_ + held
    return found


def await_server(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Wait until it serves. Raises RuntimeError when it ends or stays silent."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("the server has ended; see above")
        if web.is_healthy(host, port):
            return
        time.sleep(1)
    raise RuntimeError("the server does not answer")


def load() -> None:
    """Run `bench.memory_load` against the running servers."""
    folders = find()
    with borrowed(folders) as addresses:
        host, _ = web.address()
        environment = web.environment(folders, addresses, addresses.pop("SITE_URL"), host)
        subprocess.run([sys.executable, "-m", "bench.memory_load"], check=True, env=os.environ | environment)


def print_table(idle: dict[str, tuple[int, float]], loaded: dict[str, tuple[int, float]]) -> tuple[float, float]:
    print(f"{'MB (PSS)':<20}{'processes':>10}{'idle':>8}{'processes':>12}{'loaded':>8}")
    for name in dict.fromkeys([*idle, *loaded]):
        (before, held), (after, holds) = idle.get(name, (0, 0.0)), loaded.get(name, (0, 0.0))
        print(f"{name:<20}{before:>10}{held:>8.0f}{after:>12}{holds:>8.0f}")
    sums = sum(held for _, held in idle.values()), sum(held for _, held in loaded.values())
    print(f"{'together':<20}{'':>10}{sums[0]:>8.0f}{'':>12}{sums[1]:>8.0f}")
    return sums


def main() -> int:
    host, port = web.address()
    server = subprocess.Popen([sys.executable, "-m", "embedded.server"], cwd=CHECKOUT, stdin=subprocess.DEVNULL)
    try:
        await_server(server, host, port)
        time.sleep(IDLE_SECONDS)
        idle = measured(server.pid)
        load()
        time.sleep(SETTLE_SECONDS)
        loaded = measured(server.pid)
    finally:
        server.terminate()
        server.wait()
    before, after = print_table(idle, loaded)
    print(f"may be {IDLE_MOST} and {LOADED_MOST}")
    return int(before > IDLE_MOST or after > LOADED_MOST)


if __name__ == "__main__":
    sys.exit(main())
