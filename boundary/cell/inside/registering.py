"""Laying a scanned page over our own print of it, dot on dot.

The page's QR code says about where everything lies; from there the print itself is followed outward, piece by piece,
for the corners of so small a thing say little of the far end of a sheet. What is found is one map for the whole page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul

from PIL import Image, ImageChops, ImageFilter

from boundary.cell.inside.codes import Code, Point
from boundary.cell.inside.planes import Pair, Plane, affine, projective

DPI = 100  # of our print, to which a scan is laid
PIECE = 96  # dots of a side: 24 mm
LEAST_INK = 0.012  # of a piece that is worth looking for
# How many dots to each side a piece is looked for, and by how much both are made smaller for it, one after the other.
NEAR, FAR = (4, (2, 1)), (16, (4, 2, 1))
MOST_ROUNDS = 3
PLENTY, MOSTLY = 12, 4  # pieces found, and times those missed: then the rest is not looked for again
FLOOR = 0.2  # of the print's darkness: less is the paper's
SHADES = range(256)
AS_GOOD = 0.62  # of the ink of a piece, what may differ where it lies best
ENOUGH = 8  # pieces for a map with perspective
CLOSE = 0.7  # dots off, typically, of a sheet that lay flat
AGREE = 2.0  # dots between where a piece was found and where the map has it
Place = tuple[int, int]  # whole dots: right and down
PAPER_CELL, PAPER_AROUND = 8, 7  # how the paper's own shade is looked for: in squares of dots, so many around


@dataclass(frozen=True)
class Sheet:
    """A scanned page for measuring: how dark it is by its darkest colour, the shade of the paper everywhere, in dots of
    about `DPI`. `scale` is how many dots of the scan are one of these."""

    dark: Image.Image
    paper: Image.Image
    scale: float


def sheet_of(picture: Image.Image, seen: Code, ours: Code) -> Sheet:
    """Prepare a scan for being laid over our print, whose code `ours` is in dots of `DPI`."""
    scale = max(_size(seen) / _size(ours), 0.1)
    dark = darkest(picture)
    size = max(round(dark.width / scale), 1), max(round(dark.height / scale), 1)
    if scale > 1:
        dark = dark.resize(size, Image.Resampling.BILINEAR)  # averages, as Pillow makes smaller
    else:
        scale = 1.0
    return Sheet(dark, paper_of(dark), scale)


def darkest(picture: Image.Image) -> Image.Image:
    """Return the darkest of each dot's colours: ink of any colour is dark in one."""
    if picture.mode == "L":
        return picture
    red, green, blue = picture.convert("RGB").split()
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def paper_of(dark: Image.Image) -> Image.Image:
    """Return the shade that the paper has everywhere, ink left out and light and shadow kept."""
    small = dark.reduce(PAPER_CELL) if min(dark.size) >= PAPER_CELL else dark
    small = small.filter(ImageFilter.MaxFilter(PAPER_AROUND)).filter(ImageFilter.GaussianBlur(PAPER_AROUND / 2))
    return small.resize(dark.size, Image.Resampling.BILINEAR)


def laid(sheet: Sheet, seen: Code, print_: Image.Image, ours: Code) -> Plane | None:
    """Return where each dot of our print lies on the sheet, None where the print is not found there."""
    seen = seen.moved(1 / sheet.scale)
    start: list[Pair] = list(zip(ours.corners, seen.corners, strict=True))
    inked = ImageChops.subtract(sheet.paper, sheet.dark)
    inked, ink = inked.point(_gain(inked, seen)), ImageChops.invert(print_)
    pieces = sorted(_pieces(ink), key=lambda corner: math.dist(corner, ours.corners[3]))
    found = _followed(inked, ink, start, pieces)
    plane = _map(found, start)
    if plane is None or (len(found) >= MOSTLY * (len(pieces) - len(found)) and _typical(plane, found) <= CLOSE):
        return plane
    # A photograph: each piece again, now seen as aslant as the whole is.
    return _map(_seen_again(inked, ink, plane, pieces), start) or plane


def _seen_again(inked: Image.Image, ink: Image.Image, plane: Plane, pieces: Sequence[tuple[int, int]]) -> list[Pair]:
    pairs = []
    for left, top in pieces:
        piece = ink.crop((left, top, left + PIECE, top + PIECE))
        if by := _found(inked, piece, plane, (left, top)):
            middle = (left + PIECE / 2, top + PIECE / 2)
            pairs.append((middle, plane.at((middle[0] + by[0], middle[1] + by[1]))))
    return pairs


def _typical(plane: Plane, pairs: Sequence[Pair]) -> float:
    off = sorted(plane.off(pair) for pair in pairs)
    return off[len(off) // 2] if off else 0.0


def _map(found: Sequence[Pair], start: Sequence[Pair]) -> Plane | None:
    """Return the map that most pieces agree on."""
    pairs = list(found)
    for _ in range(4):
        try:
            plane = projective(pairs, 1000.0) if len(pairs) >= ENOUGH else affine([*pairs, *start])
        except ValueError:
            return None
        most = max(AGREE, 3 * _typical(plane, pairs))
        kept = [pair for pair in pairs if plane.off(pair) <= most]
        if len(kept) == len(pairs):
            return plane
        pairs = kept
    return plane


def _followed(
    inked: Image.Image, ink: Image.Image, start: Sequence[Pair], pieces: Sequence[tuple[int, int]]
) -> list[Pair]:
    """Return the pieces that were found, from the code outward: each where its neighbours let it be expected.

    What was not found is looked for again once more is known around it.
    """
    found: list[Pair] = []
    for _ in range(MOST_ROUNDS):
        missed = []
        for corner in pieces:
            middle = (corner[0] + PIECE / 2, corner[1] + PIECE / 2)
            plane = _around(middle, [*start, *found])
            piece = ink.crop((*corner, corner[0] + PIECE, corner[1] + PIECE))
            by = _found(inked, piece, plane, corner)
            if by is None:
                missed.append(corner)
            else:
                found.append((middle, plane.at((middle[0] + by[0], middle[1] + by[1]))))
        if len(missed) in (0, len(pieces)) or (len(found) >= PLENTY and len(found) >= MOSTLY * len(missed)):
            break
        pieces = missed
    return found


def _around(middle: Point, pairs: Sequence[Pair]) -> Plane:
    """Return the map of what was found so far as it is about one point: what is near says more."""
    weights = [1 / (math.dist(ours, middle) ** 2 + PIECE * PIECE) for ours, _ in pairs]
    return affine(pairs, weights)


def _pieces(ink: Image.Image) -> Iterator[tuple[int, int]]:
    """Yield the corners of the pieces of a page with enough ink in them, each row beginning beside the one above."""
    for row, top in enumerate(range(0, ink.height - PIECE + 1, PIECE)):
        for left in range(row % 2 * (PIECE // 2), ink.width - PIECE + 1, PIECE):
            if _sum(ink.crop((left, top, left + PIECE, top + PIECE))) > LEAST_INK * 255 * PIECE * PIECE:
                yield left, top


def _found(inked: Image.Image, piece: Image.Image, plane: Plane, corner: tuple[int, int]) -> Point | None:
    """Return by how many dots of ours beside its place on the map a piece lies, None where it does not.

    It is looked for near first, by going where it lies better, and only then everywhere about.
    """
    for around, steps in (NEAR, FAR):
        there = inked.transform(
            (PIECE + 2 * around, PIECE + 2 * around),
            Image.Transform.PERSPECTIVE,
            plane.moved((corner[0] - around, corner[1] - around)).numbers,
            Image.Resampling.BILINEAR,
        )
        place = (around, around)
        for step in steps:
            fit = _Fit(there.reduce(step), piece.reduce(step))
            begin = (place[0] // step, place[1] // step)
            if step == FAR[1][0]:
                begin = fit.best()
            at = fit.settled(begin)
            place = (at[0] * step, at[1] * step)
        if fit.off(place) <= AS_GOOD * _sum(piece):
            right, down = fit.between(place)
            return right - around, down - around
    return None


class _Fit:
    """How much a piece differs from each part of a larger picture, reckoned once for each."""

    def __init__(self, there: Image.Image, piece: Image.Image) -> None:
        self._there, self._piece = there, piece
        self._right, self._down = there.width - piece.width, there.height - piece.height
        self._known: dict[Place, int] = {}

    def off(self, place: Place) -> int:
        """Return by how much they differ, the piece's corner at a place."""
        if place not in self._known:
            left, top = place
            part = self._there.crop((left, top, left + self._piece.width, top + self._piece.height))
            self._known[place] = _sum(ImageChops.difference(part, self._piece))
        return self._known[place]

    def best(self) -> Place:
        """Return where they differ least."""
        return min(self._within(range(self._right + 1), range(self._down + 1)), key=self.off)

    def settled(self, place: Place) -> Place:
        """Return where they differ less than anywhere one dot beside, going there from a place."""
        while True:
            left, top = place
            least = min(self._within(range(left - 1, left + 2), range(top - 1, top + 2)), key=self.off)
            if self.off(least) >= self.off(place):
                return place
            place = least

    def between(self, place: Place) -> Point:
        """Return the place between the dots, by what differs one dot beside."""
        left, top = place
        if not (0 < left < self._right and 0 < top < self._down):
            return float(left), float(top)
        middle = self.off(place)
        right = _lowest(self.off((left - 1, top)), middle, self.off((left + 1, top)))
        down = _lowest(self.off((left, top - 1)), middle, self.off((left, top + 1)))
        return left + right, top + down

    def _within(self, lefts: range, tops: range) -> list[Place]:
        return [(x, y) for y in tops if 0 <= y <= self._down for x in lefts if 0 <= x <= self._right]


def _lowest(before: float, middle: float, after: float) -> float:
    """Return where two lines of like slope through three points would meet, as sums of differences do."""
    rise = max(before, after) - middle
    return 0.0 if rise <= 0 else max(-0.5, min(0.5, (before - after) / (2 * rise)))


def _sum(picture: Image.Image) -> int:
    return sum(map(mul, picture.histogram(), SHADES))


def _gain(inked: Image.Image, seen: Code) -> list[int]:
    """Return a table of shades that makes the print as dark as ours: as the dark modules of the code are."""
    across, down = [x for x, _ in seen.corners], [y for _, y in seen.corners]
    shades = inked.crop((int(min(across)), int(min(down)), int(max(across)) + 1, int(max(down)) + 1)).histogram()
    left = sum(shades) * 0.1
    for dark in reversed(SHADES):
        left -= shades[dark]
        if left <= 0:
            break
    floor, dark = FLOOR * dark, max(dark, 60)
    return [max(0, min(round((shade - floor) * 255 / (dark - floor)), 255)) for shade in SHADES]


def _size(code: Code) -> float:
    return sum(math.dist(code.corners[place], code.corners[place - 1]) for place in range(4)) / 4
