"""Where an act came from: set once for each request, read by `append`. The clock and its jobs have an empty one.

What a person orders and a worker does has the origin of the order: its row keeps it, because the broker only rings.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace

MOST_OF_A_USER_AGENT = 300


@dataclass(frozen=True)
class Origin:
    address: str = ""
    user_agent: str = ""
    role: str = ""  # the duty and place used, in words
    request_id: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    return _current.get()


def set_role(text: str) -> None:
    """Say in words which duty and place the person uses, for what is logged during the rest of this request."""
    _current.set(replace(_current.get(), role=printable(text)[:100]))


@contextmanager
def coming_from(*, address: str, user_agent: str, request_id: str) -> Iterator[None]:
    """Everything logged inside is marked with this origin."""
    origin = Origin(
        printable(address)[:45], printable(user_agent)[:MOST_OF_A_USER_AGENT], "", printable(request_id)[:20]
    )
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def kept() -> dict[str, str]:
    """Return the present origin as the row of what is ordered keeps it."""
    return asdict(_current.get())


@contextmanager
def as_ordered(origin: Mapping[str, str]) -> Iterator[None]:
    """Everything logged inside is marked with the origin that was kept with the order; {} is that of no request."""
    token = _current.set(Origin(**origin))
    try:
        yield
    finally:
        _current.reset(token)


def printable(text: str) -> str:
    """Return text that the database and UTF-8 take: a header is whatever its sender wrote."""
    return "".join(letter for letter in text.encode("utf-8", "replace").decode("utf-8") if letter.isprintable())
