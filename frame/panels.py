"""A part of one app's page that another app draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Model

from accounts.models import User

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Panel:
    """A fragment with what it shows. `slug` and `word` name it in the page's list of contents; "" leaves it out."""

    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    slug: str = ""
    word: str = ""


def panels_of(drawn: Iterable[Callable[[Row, User], Panel | None]], row: Row, user: User) -> list[Panel]:
    """Return what the apps above add to the page of a row for one person, in their order."""
    return [panel for draw in drawn if (panel := draw(row, user)) is not None]
