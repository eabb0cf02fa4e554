"""Every fault of docs/decisions/0029-faults.md on a real trial, in seconds.

Run: python -m bench.faults [--full-disk]. Starts a trial of its own in a folder that it removes, with the demo's data.
`--full-disk` mounts a small file system for the stored files, which needs root. Exit code 1 when a line breaks its
limit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.faults_site import Site, announced, of_the_trial

TAKEN_OVER = 60.0  # seconds, after a worker was killed
AN_ACT = 3.0  # seconds, whatever Valkey does
PORT = "18766"
ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def trial(folder: Path, *, media: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `./script/server` without its set-up, in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "DEBUG"}}
    own = {
        "VAR_DIR": str(folder / "var"),
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(media),
        "PORT": PORT,
    }
    program = subprocess.Popen(
        [sys.executable, "-m", "embedded.server"],
        cwd=ROOT,
        env={**kept, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        announced(program)
        yield program
    finally:
        with suppress(ProcessLookupError):
            program.send_signal(signal.SIGCONT)
        program.terminate()
        program.wait(60)


@contextmanager
def disk(folder: Path, *, small: bool) -> Iterator[Path]:
    """Give a folder for stored files: a small file system of its own where that is asked for."""
    media = folder / "media"
    media.mkdir()
    if not small:
        yield media
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(media)], check=True)
    try:
        yield media
    finally:
        subprocess.run(["umount", "--lazy", str(media)], check=True)


class Table:
    """The lines measured so far."""

    def __init__(self) -> None:
        self.has_failed = False

    def line(self, fault: str, seconds: float, limit: float, said: str, *, is_right: bool = True) -> None:
        is_kept = is_right and seconds <= limit
        self.has_failed |= not is_kept
        print(f"{'ok ' if is_kept else 'BAD'} {fault:58} {seconds:7.2f} s  (≤ {limit:g})  {said}", flush=True)


def workers_killed(site: Site, table: Table) -> None:
    """Kill the worker with its pool, or the pool's processes alone, while a job of each kind is under way."""
    for kind in site.kinds():
        for whom, kill in (("worker", site.kill_worker), ("pool", site.kill_pool)):
            with site.held_up(kind) as job:
                kill()
                began = time.monotonic()
            took = site.until(job.is_over, TAKEN_OVER * 2, began)
            said = f"{job.state()}, {job.count()} made"
            table.line(
                f"{whom} killed: {kind}", took, TAKEN_OVER, said, is_right=(job.is_done(), job.count()) == (True, 1)
            )


def killed_each_time(site: Site, table: Table) -> None:
    """Kill whoever takes it, until it is given up."""
    for kind in ("import_check", "rendition", "export"):
        began, deaths = time.monotonic(), 0
        with site.held_up(kind) as job:
            while not job.is_over() and deaths < 10:
                site.kill_pool()
                deaths += 1
                job.until_taken_again()
        table.line(
            f"killed each time: {kind}", time.monotonic() - began, 3 * TAKEN_OVER, f"{deaths} deaths: {job.reason()}"
        )


def valkey_down(site: Site, supervisor: subprocess.Popen[str], table: Table) -> None:
    """Nobody listens while the supervisor sleeps."""
    supervisor.send_signal(signal.SIGSTOP)
    os.kill(site.pid_of("valkey"), signal.SIGKILL)
    for act in site.acts():
        answer = act()
        table.line(f"Valkey down: {answer.what}", answer.seconds, AN_ACT, answer.said, is_right=answer.is_told)
    supervisor.send_signal(signal.SIGCONT)
    began = time.monotonic()
    took = site.until(site.nothing_waits, 180, began)
    table.line("… and what was ordered meanwhile is done", took, 150, "after Valkey was there again")


def valkey_hangs(site: Site, table: Table) -> None:
    pid = site.pid_of("valkey")
    os.kill(pid, signal.SIGSTOP)
    try:
        for act in site.acts():
            answer = act()
            table.line(f"Valkey hangs: {answer.what}", answer.seconds, AN_ACT, answer.said, is_right=answer.is_told)
        seconds, status, _ = site.get("/health/")
        table.line("Valkey hangs: /health/", seconds, AN_ACT, str(status), is_right=status == 503)
    finally:
        os.kill(pid, signal.SIGCONT)
    began = time.monotonic()
    took = site.until(site.nothing_waits, 180, began)
    table.line("… and what was ordered meanwhile is done", took, 150, "after Valkey went on")


def disk_full(site: Site, media: Path, table: Table) -> None:
    before = site.files(media)
    fill(media)
    answer = site.upload()
    left = len(site.files(media) - before - {str(media / "filler")})
    table.line(
        "disk full: an upload",
        answer.seconds,
        10,
        f"{answer.said}, {left} files left",
        is_right=answer.is_told and not left,
    )
    job = site.order("rendition")
    time.sleep(15)
    print(f"    a rendition meanwhile: {job.state()}")
    is_waiting = not job.is_over()
    (media / "filler").unlink()
    took = site.until(job.is_over, 180, time.monotonic())
    table.line("… a rendition, once there is room", took, 90, job.state(), is_right=is_waiting and job.is_done())


def fill(media: Path) -> None:
    """Leave no byte."""
    with suppress(OSError), (media / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 4096)


def postgres_killed(site: Site, table: Table) -> None:
    """Kill PostgreSQL, ask for pages that need it until they come, and see when it takes connections itself."""
    cookies = site.as_(site.anybody())
    os.kill(site.pid_of("postgres"), signal.SIGKILL)
    began, seen, well, ready, slowest, last = time.monotonic(), set[int](), 0, 0.0, 0.0, 0.0
    while well < 20 and time.monotonic() - began < 120:
        ready = ready or (site.database_answers() and time.monotonic() - began) or 0.0
        for path in ("/log/", "/health/"):
            seconds, status, _ = site.get(path, cookies)
            seen.add(status)
            slowest = max(slowest, seconds)
            well = well + 1 if status == 200 else 0
            last = last if status == 200 else time.monotonic() - began
        time.sleep(0.02)
    site.connect_again()
    said = f"PostgreSQL took connections after {ready:.1f} s; answers {sorted(seen)}, the slowest {slowest:.1f} s"
    table.line(
        "PostgreSQL killed: the last page that does not come", last, ready + 2, said, is_right=seen == {200, 503}
    )


def half_sent(site: Site, table: Table) -> None:
    for number in (2, 50, 300):
        with site.half_sent(number):
            seconds, status, _ = site.get("/health/")
            page, page_status, _ = site.get("/")
            said = f"/health/ {status}, / {page_status} in {page:.2f} s"
            table.line(f"{number} half-sent requests", seconds, 1.0, said, is_right=(status, page_status) == (200, 302))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--full-disk", action="store_true")
    asked.add_argument("--only", default="", help="one of the lines, by its name below")
    options = asked.parse_args()
    folder, table = Path(tempfile.mkdtemp(prefix="yiyang-faults-")), Table()
    folder.chmod(0o755)
    try:
        with disk(folder, small=options.full_disk) as media, trial(folder, media=media) as supervisor:
            site = of_the_trial(folder / "var", PORT, media)
            lines: dict[str, Callable[[], None]] = {
                "half_sent": lambda: half_sent(site, table),
                "workers": lambda: workers_killed(site, table),
                "each_time": lambda: killed_each_time(site, table),
                "valkey_down": lambda: valkey_down(site, supervisor, table),
                "valkey_hangs": lambda: valkey_hangs(site, table),
                "postgres": lambda: postgres_killed(site, table),
            }
            if options.full_disk:
                lines["disk"] = lambda: disk_full(site, media, table)
            for name, measure in lines.items():
                if options.only in ("", name):
                    measure()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if table.has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
