"""A part of one app's page that another app draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Model

from accounts.models import User

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Step:
    """One step of a course that the page shows from the left to the right: done on a day, or promised for one."""

    word: str
    done_on: date | None = None
    due_on: date | None = None
    is_late: bool = False
    is_over: bool = False  # done, though no day is known for it


@dataclass(frozen=True)
class Pressing:
    """What is to be done first of what a panel shows: in a sentence, and where it is done; "" where by others."""

    words: str
    is_late: bool = False
    act: str = ""
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """A fragment with what it shows. `slug` and `word` name it in the page's list of contents; "" leaves it out.

    `steps` go on the page's course, and what is pressing beside its title.
    """

    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    slug: str = ""
    word: str = ""
    steps: tuple[Step, ...] = ()
    pressing: Pressing | None = None


def panels_of(drawn: Iterable[Callable[[Row, User], Panel | None]], row: Row, user: User) -> list[Panel]:
    """Return what the apps above add to the page of a row for one person, in their order."""
    return [panel for draw in drawn if (panel := draw(row, user)) is not None]
