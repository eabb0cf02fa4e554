"""How often one account and one address may do a thing: counted in Valkey in moving windows.

When Valkey is away nothing is refused: an office that cannot work is worse than an hour without this count, and sign-in
still rests after five failures, which PostgreSQL counts (docs/decisions/0013-web-hardening.md).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, parse_many
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from audit.log import append
from boundary import events
from boundary.addresses import counted_address
from patience import PATIENCE, Away, asking

R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")
View = Callable[Concatenate[R, P], HttpResponseBase]

TOO_MANY_REQUESTS = 429
ACCOUNT, ADDRESS = "account", "address"
EVERY_REQUEST = frozenset({"GET", "POST"})
POSTS = frozenset({"POST"})


@dataclass(frozen=True)
class Asked:
    """One thing asked for by one account or from one address."""

    what: str
    whose: str
    key: str
    allowed: RateLimitItem

    @property
    def identifiers(self) -> tuple[str, ...]:
        return (settings.RATE_LIMITS_PREFIX, self.what, self.whose, self.key)


def limited(
    what: str,
    *,
    account_field: str = "",
    spelled: Callable[[str], str] = str.strip,
    methods: frozenset[str] = EVERY_REQUEST,
) -> Callable[[View[R, P]], View[R, P]]:
    """Refuse a view's requests beyond `settings.RATE_LIMITS[what]`, per account and per address, with a page (429).

    The account is the signed-in person, or, before sign-in, what is posted in `account_field`, of which `spelled`
    makes one text however it was typed. Only `methods` count.
    Stands below `login_not_required` and above whatever asks the database.
    """

    def counting(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def counted(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in methods:
                exceeded = _first_exceeded(list(_asked(what, request, _account(request, account_field, spelled))))
                if exceeded is not None:
                    return _refused(request, exceeded)
            return view(request, *args, **kwargs)

        counted.limited = what  # type: ignore[attr-defined]  # a mark, for the test that walks all addresses
        return counted

    return counting


def first_within(seconds: int, *what: str) -> bool:
    """Return whether this is the first time within so many seconds; True when Valkey is away."""
    return among_first(1, seconds, *what)


def among_first(number: int, seconds: int, *what: str) -> bool:
    """Return whether this is one of the first so many times within so many seconds; True when Valkey is away."""
    (allowed,) = parse_many(f"{number} per {seconds} seconds")
    try:
        with asking():
            return _limiter().hit(allowed, settings.RATE_LIMITS_PREFIX, "first", *what)
    except Away:
        return True


def _asked(what: str, request: HttpRequest, account: str) -> Iterator[Asked]:
    keys = {ACCOUNT: account, ADDRESS: counted_address(request) or ""}
    for whose, text in settings.RATE_LIMITS[what].items():
        if keys[whose]:
            yield from (Asked(what, whose, keys[whose], allowed) for allowed in parse_many(text))


def _account(request: HttpRequest, field: str, spelled: Callable[[str], str]) -> str:
    """Return the key of the account that asks, "" for nobody. Of a typed name only a digest: it may be a password."""
    if request.user.is_authenticated:
        return str(request.user.pk)
    typed = spelled(request.POST.get(field, "")) if field else ""
    return salted_hmac("boundary.rates", typed).hexdigest() if typed else ""


def _first_exceeded(asked: list[Asked]) -> Asked | None:
    """Count every one and return the first that is beyond its limit; None when Valkey is away."""
    try:
        with asking():
            hits = [_limiter().hit(each.allowed, *each.identifiers) for each in asked]
    except Away:
        return None
    return next((each for each, passed in zip(asked, hits, strict=True) if not passed), None)


def _refused(request: HttpRequest, exceeded: Asked) -> HttpResponseBase:
    seconds = _seconds_left(exceeded)
    _note(request, exceeded)
    context = {"minutes": math.ceil(seconds / 60), "seconds": seconds}
    page = render(request, "429.html", context, status=TOO_MANY_REQUESTS)
    page["Retry-After"] = str(seconds)
    return page


def _seconds_left(exceeded: Asked) -> int:
    """Return after how many seconds one more is let through."""
    try:
        with asking():
            window = _limiter().get_window_stats(exceeded.allowed, *exceeded.identifiers)
    except Away:
        return exceeded.allowed.get_expiry()
    return max(1, math.ceil(window.reset_time - time.time()))


def _note(request: HttpRequest, exceeded: Asked) -> None:
    """Log the refusal, once for each window: a flood of requests must not become a flood of entries."""
    if not first_within(exceeded.allowed.get_expiry(), *exceeded.identifiers):
        return
    user = request.user if isinstance(request.user, AbstractBaseUser) else None
    append(events.RateLimited(what=exceeded.what, whose=exceeded.whose), by=user, subject=user)


@cache
def _limiter() -> MovingWindowRateLimiter:
    url = settings.REDIS_URL.replace("unix://", "redis+unix://", 1)
    return MovingWindowRateLimiter(
        RedisStorage(
            url,
            wrap_exceptions=False,
            key_prefix="yiyang-limits",
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed to redis-py, which takes it
        )
    )
