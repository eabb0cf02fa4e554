"""Several people or workers at once, each on a connection of their own to a real PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from agreements.lifecycle.errors import StaleDraft
from verbs.errors import Unacceptable, WrongState

REFUSALS = (StaleDraft, Unacceptable, WrongState)
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
