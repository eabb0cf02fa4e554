"""Waiting for what gives no event."""

import time
from collections.abc import Callable

POLL = 0.02  # seconds between two looks


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look at a condition until it is true or the time is over; return whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
