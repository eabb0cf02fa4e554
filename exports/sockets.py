"""What lists can be taken along, and for whom somebody acts: the apps above say it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Protocol, TypeVar

from django.db.models import Model
from django.http import QueryDict

from accounts.models import User
from sockets import Socket

Row = TypeVar("Row")


class Counted(Protocol):
    """Passes rows on and counts them, so that whoever waits sees how far it is. Raises `jobs.Lost` in between."""

    def __call__(self, rows: Iterable[Row]) -> Iterator[Row]: ...


@dataclass(frozen=True)
class Asked:
    """What one person has asked of one list, ready to be written. Nothing of it is read before it is called."""

    words: str  # by what it is narrowed, for people
    name: str  # of the file, without its day and ending
    # How many rows there are, counted up to the number given; None: all of them.
    count: Callable[[int | None], int]
    write: Callable[[IO[bytes], Counted], object]  # the workbook, into an empty file
    subject: Model | None = None  # of what it is logged; None: of whoever asks
    on: date | None = None  # as of which day, where that is asked for; None: today
    is_long: bool = False  # however few rows: to find them takes too long for the request that orders them


@dataclass(frozen=True)
class Listed:
    """One list that can be taken along. `ask` reads the query of its address, as the list itself does.

    It raises PermissionDenied or Http404 for what the person may not have, today: it is asked again when the worker
    comes to it.
    """

    slug: str
    title: str
    address: Callable[[QueryDict], str]  # of the list, with what was asked
    ask: Callable[[User, QueryDict], Asked]


LISTS: Socket[Listed] = Socket("exports.LISTS", is_mandatory=True)
# The keys of the duties by which a person sees what they see at the place for which they act.
DUTIES: Socket[Callable[[User], Collection[int]]] = Socket("exports.DUTIES", is_mandatory=True)


def listed(slug: str) -> Listed:
    """Return a list by its name in addresses. Raises LookupError for what no app has."""
    for each in LISTS:
        if each.slug == slug:
            return each
    raise LookupError(slug)


def duties_of(user: User) -> list[int]:
    return sorted(key for ask in DUTIES for key in ask(user))
