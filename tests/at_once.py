"""Several people or workers at once, each on a connection of their own to a real PostgreSQL."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection

from agreements.lifecycle.errors import StaleDraft
from verbs.errors import NotAllowed, Unacceptable, WrongState

REFUSALS = (NotAllowed, StaleDraft, Unacceptable, WrongState)
T = TypeVar("T")
TOO_LATE = 30  # seconds until all stand at the start


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads, let go together; return their results, or the refusals of verbs that they met.

    Any other exception is raised. The test that calls it has to commit: `django_db(transaction=True)`.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=TOO_LATE)
            return act()
        except REFUSALS as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def closing_its_connection(act: Callable[[], T]) -> T:
    """Run an act in a thread of its own, as the work of one request."""
    try:
        return act()
    finally:
        connection.close()


def until_somebody_waits_for_us() -> None:
    """Return as soon as another connection waits for what this one has locked."""
    until = time.monotonic() + TOO_LATE
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")
