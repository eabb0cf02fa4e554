"""How a seal is cut across the edges of pages (骑缝章): groups of pages, and one slice for each.

Asked when the places are laid into a copy and again when a party seals it: both must cut alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SEAL = 42.0  # mm, of an official round seal
NARROWEST = 4.0  # mm, that a slice is wide at least
MOST_PAGES = int(SEAL / NARROWEST)  # that one seal goes across

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True)
class Slice:
    """The part `number` (from 0) of a seal that is cut into `of` parts."""

    number: int
    of: int

    @property
    def width(self) -> float:
        """Millimetres."""
        return SEAL / self.of


def slices(pages: int) -> list[Slice]:
    """Return the slice of each page; none of a document of one page. Groups are as even as can be, 11 = 6 + 5."""
    if pages < 2:
        return []
    groups = -(-pages // MOST_PAGES)
    size, more = divmod(pages, groups)
    return [Slice(n, of) for group in range(groups) for of in [size + (group < more)] for n in range(of)]


def at_the_edge(shown: Box, turned: int, slice_: Slice, *, bottom: float, unit: float) -> Box:
    """Return where on its page a slice goes, in the page's own coordinates: at the right edge as a reader shows it.

    `shown` is the part of the page that is shown (its crop box), `turned` by how many degrees clockwise; `bottom` the
    height above the foot of the shown page in millimetres, `unit` what a millimetre is in the page's coordinates. On a
    page that is too low the slice goes as low as it must.
    """
    left, low, right, high = shown
    width, height = slice_.width * unit, SEAL * unit
    tall = right - left if turned in (90, 270) else high - low
    up = max(min(bottom * unit, tall - height), 0)
    if turned == 90:  # the right edge that is seen is the page's upper one, its foot the right one
        return (right - up - height, high - width, right - up, high)
    if turned == 180:
        return (left, high - up - height, left + width, high - up)
    if turned == 270:
        return (left + up, low, left + up + height, low + width)
    return (right - width, low + up, right, low + up + height)


def upright(turned: int, width: float, height: float) -> Sequence[float]:
    """Return the matrix that turns a picture of this size, so that it stands upright on a page turned clockwise."""
    return {
        90: (0, 1, -1, 0, height, 0),
        180: (-1, 0, 0, -1, width, height),
        270: (0, -1, 1, 0, 0, width),
    }.get(turned, (1, 0, 0, 1, 0, 0))
