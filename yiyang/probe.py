"""What compose's health checks ask, each inside its own container: `python -m yiyang.probe web|worker|beat`."""

import os
import socket
import sys
import time
import urllib.request
from pathlib import Path

from yiyang.celery import app

BEAT_SCHEDULE = Path("/tmp/beat-schedule")  # noqa: S108 -- inside beat's own container
BEAT_SILENCE = 600  # seconds; beat writes its schedule every three minutes


def web() -> bool:
    """True when the web server says that database and broker answer."""
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().replace("*", "localhost").lstrip(".")
    request = urllib.request.Request("http://127.0.0.1:8000/health/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=8) as answer:  # noqa: S310 -- a fixed http address
            return bool(answer.status == 200)
    except OSError:  # refused, timed out, or any status but 200
        return False


def worker() -> bool:
    """True when the worker of this container answers a ping over the broker."""
    answers = app.control.inspect(destination=[f"celery@{socket.gethostname()}"], timeout=10).ping()
    return bool(answers)


def beat() -> bool:
    """True when beat has written its schedule lately."""
    written = [path.stat().st_mtime for path in BEAT_SCHEDULE.parent.glob(f"{BEAT_SCHEDULE.name}*")]
    return bool(written) and time.time() - max(written) < BEAT_SILENCE


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)
