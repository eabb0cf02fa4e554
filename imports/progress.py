"""How far a run in one long transaction is: told outside of it, in the cache, for whoever waits at the page."""

from __future__ import annotations

from django.core.cache import cache

KEPT_SECONDS = 600


def tell(run_id: int, done: int, total: int) -> None:
    cache.set(_key(run_id), (done, total), KEPT_SECONDS)


def told(run_id: int) -> tuple[int, int]:
    """Return rows done and rows in all; (0, 0) when nothing is known."""
    found: tuple[int, int] = cache.get(_key(run_id), (0, 0))
    return found


def _key(run_id: int) -> str:
    return f"institution-import-{run_id}"
