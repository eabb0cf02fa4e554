"""Whether the two sides' days of signing make sense beside each other: asked, never refused."""

from __future__ import annotations

from datetime import date

from agreements.lifecycle.errors import FarApart

# A set of copies goes by post to the other side, is sealed there and comes back within a few weeks. What lies further
# apart is mostly a slip of the month or the year; where it is not, whoever enters the day says so.
USUAL_DAYS = 30


def days_apart(one: date | None, other: date | None) -> int:
    """Return by how many days two days of signing lie apart where that is more than is usual, 0 otherwise."""
    if one is None or other is None:
        return 0
    apart = abs((one - other).days)
    return apart if apart > USUAL_DAYS else 0


def refuse_far_apart(on: date, other: date | None, *, seen: int | None) -> None:
    """Raise FarApart unless the person was told by how many days; None for `seen` is where nobody is asked."""
    apart = days_apart(on, other)
    if other is not None and apart and seen is not None and seen != apart:
        raise FarApart(on, other, apart, USUAL_DAYS)
