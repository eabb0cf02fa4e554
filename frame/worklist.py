"""What waits for a person, as panels of the first page. Each app fills its own; the page stands above them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from frame.following import whole

ROWS = 10  # that a panel shows at most

Found = TypeVar("Found", bound=Model)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Group(Generic[Row]):
    """One panel: its first rows, the most urgent first; `total` counts them all. `slug` is its anchor."""

    slug: str
    title: str
    rows: list[Row]
    total: int
    more_url: str = ""  # where all of them are listed
    empty: str = ""  # what is said where there are none
    is_late: bool = False  # what is overdue comes before all else on the page
    dated: str = ""  # what the day beside a row is: 收到, 期限

    @property
    def hidden(self) -> int:
        """How many rows are left for the list to show."""
        return self.total - len(self.rows)


def first_rows(
    found: QuerySet[Found], row: Callable[[Found], Row], shown: Callable[[Any], QuerySet[Found]] = lambda found: found
) -> tuple[list[Row], int]:
    """Return the rows that a panel shows, and how many there are. Counts only where there may be more.

    `shown` adds what a row is shown with. Most panels are empty, and even to put that question together takes longer
    than to answer the one that finds nothing.
    """
    keys = list(found.values_list("pk", flat=True)[:ROWS])
    rows = [row(each) for each in whole(shown(found), keys)] if keys else []
    return rows, len(rows) if len(keys) < ROWS else found.count()
