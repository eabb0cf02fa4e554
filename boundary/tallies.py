"""Counts that wait in Valkey for the clock to take them down: a flood costs no row each, and none is forgotten."""

from __future__ import annotations

import json
from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from patience import PATIENCE, Away, asking

# In one step, so that what is counted meanwhile stays.
TAKE_OFF = "if redis.call('HINCRBY', KEYS[1], ARGV[1], -ARGV[2]) <= 0 then redis.call('HDEL', KEYS[1], ARGV[1]) end"
Whose = tuple[str, ...]


def add(what: str, *whose: str) -> bool:
    """Count one more; False when Valkey is away, and then the caller writes it down at once."""
    try:
        with asking():
            _valkey().hincrby(_key(what), json.dumps(whose), 1)
    except Away:
        return False
    return True


def waiting(what: str) -> dict[Whose, int]:
    """Return what has been counted and not taken off yet."""
    counts: dict[bytes, bytes] = _valkey().hgetall(_key(what))  # type: ignore[assignment]  # or a promise, says its type
    return {tuple(json.loads(whose)): int(count) for whose, count in counts.items()}


def take_off(what: str, whose: Whose, count: int) -> None:
    """Forget so many that have been written down."""
    _valkey().eval(TAKE_OFF, 1, _key(what), json.dumps(whose), str(count))


def _key(what: str) -> str:
    return f"yiyang-tallies:{settings.RATE_LIMITS_PREFIX}:{what}"


@cache
def _valkey() -> Redis:
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once)
