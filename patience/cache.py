"""Django's cache on Valkey, which knows nothing while Valkey is away and never fails whoever asks it."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

from patience.circuit import Away, asking


class ForgetfulCache(RedisCache):
    """Only the verbs that we use. Whatever is kept here must be something that may be lost at any moment."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            with asking():
                return super().get(key, default, version)
        except Away:
            return default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            with asking():
                super().set(key, value, timeout, version)
        except Away:
            return

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """True while Valkey is away: whoever asks whether they are the first goes on."""
        try:
            with asking():
                return super().add(key, value, timeout, version)
        except Away:
            return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            with asking():
                return super().delete(key, version)
        except Away:
            return False
