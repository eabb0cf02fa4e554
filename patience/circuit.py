"""Asking Valkey with little patience, and not at all for a while after it did not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for Valkey to take a connection, and to answer
BROKER_PATIENCE = 2.0  # likewise for queues: a worker that waits for work is answered after a second at the latest
REST = 5.0  # seconds after a failure in which this process does not ask again


class Away(Exception):
    """Valkey does not answer, or did not a moment ago."""


class _Circuit:
    """When this process may ask again."""

    opens_at = 0.0


@contextmanager
def asking() -> Iterator[None]:
    """Ask Valkey inside the block. Raises Away when it does not answer, or did not a moment ago.

    In the second case the block is not entered.
    """
    if time.monotonic() < _Circuit.opens_at:
        raise Away("Valkey did not answer a moment ago")
    try:
        yield
    except (RedisError, OperationalError, OSError) as error:
        logger.warning("Valkey does not answer, nobody asks it for %.0f s: %s", REST, error)
        _Circuit.opens_at = time.monotonic() + REST
        raise Away(str(error)) from error


def ask_again() -> None:
    """Forget earlier failures."""
    _Circuit.opens_at = 0.0
