"""The real worker and the real clock, as processes that a test may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_SECONDS = 30


class Program:
    """One Celery process with its children."""

    def __init__(self, *arguments: str, mail_port: int, log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", *arguments, "--loglevel=INFO"],
                cwd=ROOT,
                env=_environment(mail_port),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, children included: nothing is tidied up."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)


@contextmanager
def worker_and_clock(folder: Path, mail_port: int) -> Iterator[tuple[Program, Program]]:
    """Run a worker and the clock; both are killed at the end."""
    worker = Program(
        "yiyang",
        "worker",
        "--pool=solo",
        "--without-gossip",
        "--without-mingle",
        mail_port=mail_port,
        log=folder / "worker.log",
    )
    clock = Program(
        "yiyang.clock",
        "beat",
        "--pidfile=",
        f"--schedule={folder / 'beat'}",
        mail_port=mail_port,
        log=folder / "beat.log",
    )
    try:
        yield worker, clock
    finally:
        clock.kill()
        worker.kill()


def _environment(mail_port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.notifications.worker_settings",
        "DATABASE_URL": _database_url(),
        "OWNER_DATABASE_URL": "",  # they work as the application does
        "DEBUG": "yes",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_port),
        "DEFAULT_FROM_EMAIL": "notices@yiyang.invalid",
    }


def _database_url() -> str:
    """Return the address of the test database that this process is connected to."""
    at = connection.settings_dict
    port = f":{at['PORT']}" if at["PORT"] else ""
    place = f"?host={quote(at['HOST'])}" if at["HOST"].startswith("/") else ""
    host = "" if place else at["HOST"]
    return f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'])}@{host}{port}/{quote(at['NAME'])}{place}"
