"""Signs of life of the worker and the clock: each leaves one in Valkey while it is at work, and it fades by itself."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from celery import signals
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from patience import PATIENCE

WORKER, CLOCK = "worker", "clock"
EVERY, LASTS = 10.0, 60  # seconds: the clock starts something every fifteen
_given: dict[str, float] = {}


def broker() -> Redis:
    """Return a connection that asks at once, whether or not anybody was answered a moment ago; to be closed."""
    client: Redis = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    return client


def give(who: str, **_: Any) -> None:
    """Leave a sign, every few seconds at most. Where the broker is away there is none to leave."""
    now = time.monotonic()
    if now - _given.get(who, -EVERY) < EVERY:
        return
    _given[who] = now
    with suppress(RedisError), broker() as asked:
        asked.set(_key(who), "1", ex=LASTS)


def given_lately(asked: Redis) -> dict[str, bool]:
    """Return whether the worker and the clock have left a sign that still counts. Raises RedisError."""
    return {who: bool(asked.exists(_key(who))) for who in (WORKER, CLOCK)}


def seen() -> tuple[bool, dict[str, bool | None]]:
    """Return whether the broker answers, and whose sign of life it keeps; None of both where it is away."""
    try:
        with broker() as asked:
            return True, {**given_lately(asked)}
    except RedisError:
        return False, {WORKER: None, CLOCK: None}


def watch() -> None:
    """Have the worker's heart and the clock's turns leave signs, in the processes that these are."""
    signals.heartbeat_sent.connect(_of_worker, weak=False)
    signals.beat_init.connect(_begin_clock, weak=False)


def _of_worker(**_: Any) -> None:
    give(WORKER)


def _begin_clock(**_: Any) -> None:
    give(CLOCK)
    signals.after_task_publish.connect(_of_clock, weak=False)  # others send tasks too: here it is the clock that does


def _of_clock(**_: Any) -> None:
    give(CLOCK)


def _key(who: str) -> str:
    return f"yiyang:alive:{who}"
