"""A scanned page beside our own print of it: whether it is that page, what was added, and whether it was ever paper."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

from boundary.cell.inside.codes import Code, Point
from boundary.cell.inside.letters import Letters, differing
from boundary.cell.inside.planes import Plane
from boundary.cell.inside.registering import DPI, laid, sheet_of

DOTS = DPI / 25.4  # of a millimetre
Rectangle = tuple[float, float, float, float]  # mm: left, top, width, height
Box = tuple[int, int, int, int]  # dots: left, top, right, bottom
WHITE = 255
INKED = 0.78  # of the paper's shade: what is darker is ink
OUR_INK, OUR_CORE = 215, 110  # shades of our print: what has ink, and what is ink through and through
SPREAD = 2  # dots to each side by which each of ours may have spread or moved: half a millimetre
SPECK = 3  # dots together, of the nine around each, that are no dust

# Whether it is that page: in squares of so many dots that have ink of ours, whether that ink is there.
SQUARE, SQUARE_INK, THERE = 48, 40, 0.72
MISSING, MISSING_FEW = 0.05, 3  # of the squares, and at least so many

# Whether it was paper: far from all ink, a sheet that was drawn is white and nothing else.
AROUND_INK = 13  # dots across of a picture a fourth as large, which is a centimetre: JPEG blurs no further
WHITE_DRAWN, NOT_WHITE = 251, 0.002  # the shade, and the part of the dots that may be darker
STRAIGHT = 0.1  # degrees
ADDED = 0.00012  # of the page's dots: a thin stroke of a centimetre is more


@dataclass(frozen=True)
class Print:
    """One page of ours: drawn in grey at `DPI`, its code in dots of that, its rectangles in mm, and its characters."""

    picture: Image.Image
    code: Code
    areas: Mapping[str, Rectangle]
    letters: Letters


@dataclass(frozen=True)
class Compared:
    code: str
    same: bool
    ink: dict[str, float]
    edges: Box  # of our page, in dots of the scan, which may show more
    differing: tuple[str, ...] = ()  # words of ours in whose places others stand
    is_bent: bool = False  # or seem to: the sheet did not lie flat
    is_drawn: bool = False  # the same with something added: a picture on our own drawing, or in a field of it


def compared(page: Image.Image, seen: Code, ours: Print) -> Compared | None:
    """Compare a page that shows the code of one of ours with it; None when the page is not that one all the same, or
    cannot be laid over it."""
    sheet = sheet_of(page, seen, ours.code)
    try:
        plane = laid(sheet, seen, ours.picture, ours.code)
    except (ValueError, ArithmeticError):  # corners that no code has: there is no such plane
        return None
    if plane is None:
        return None
    dark, paper = _flat(sheet.dark, plane, ours), _flat(sheet.paper, plane, ours)
    inked = _ink(dark, paper)
    missing = _missing(inked, ours)
    if missing is None:
        return None
    added = _added(inked, ours)
    for left, top, right, bottom in missing:  # what lies there lies elsewhere than it should, and is no seal
        added.paste(0, (left - SQUARE // 4, top - SQUARE // 4, right + SQUARE // 4, bottom + SQUARE // 4))
    ink = {name: _share(added, place) for name, place in ours.areas.items()}
    is_straight = _is_straight(plane, ours)
    same = is_straight and _same(dark, added, ours)
    is_drawn = is_straight and not same and _is_white(dark, ours, beside=added)
    others, bends = differing(page, plane, sheet.scale, ours.letters)
    edges = _edges(plane, sheet.scale, ours)
    return Compared(ours.code.text, same, ink, edges, others, is_bent=bool(others) and bends, is_drawn=is_drawn)


def _flat(picture: Image.Image, plane: Plane, ours: Print) -> Image.Image:
    """Return the sheet as our print lies; what was not scanned is white."""
    size, how = ours.picture.size, Image.Transform.PERSPECTIVE
    return picture.transform(size, how, plane.numbers, Image.Resampling.BILINEAR, fillcolor=WHITE)


def _ink(dark: Image.Image, paper: Image.Image) -> Image.Image:
    """Return the inked dots as white on black."""
    return ImageChops.subtract(paper.point(lambda shade: round(shade * INKED)), dark).point(_some)


def _some(shade: int) -> int:
    return WHITE if shade > 0 else 0


def _missing(ink: Image.Image, ours: Print) -> list[Box] | None:
    """Return the squares in which our own ink is not where it should be: a hole, a clip or a fold may hide a little.

    None when it is not that page. The code itself says nothing here: it may have been cut out and glued on.
    """
    core = ours.picture.point(lambda shade: WHITE if shade < OUR_CORE else 0)
    core.paste(0, _box_around(ours.code))
    there = ImageChops.multiply(core, _spread(ink, 1, ImageChops.lighter))
    squares = list(_squares(core, there))
    missing = [box for box, is_there in squares if not is_there]
    few = max(MISSING * len(squares), min(MISSING_FEW, len(squares) // 4))
    return missing if squares and len(missing) <= few else None


def _squares(core: Image.Image, there: Image.Image) -> Iterator[tuple[Box, bool]]:
    """Yield each square with ink of ours, and whether that ink is there."""
    for top in range(0, core.height, SQUARE):
        for left in range(0, core.width, SQUARE):
            box = (left, top, min(left + SQUARE, core.width), min(top + SQUARE, core.height))
            wanted = core.crop(box).histogram()[WHITE]
            if wanted >= SQUARE_INK:
                yield box, there.crop(box).histogram()[WHITE] >= THERE * wanted


def _added(ink: Image.Image, ours: Print) -> Image.Image:
    """Return the dots with ink that is not ours, as white on black, without dust."""
    free = _spread(ours.picture, SPREAD, ImageChops.darker).point(lambda shade: WHITE if shade > OUR_INK else 0)
    added = ImageChops.multiply(ink, free)
    return ImageChops.multiply(added, added.filter(ImageFilter.BoxBlur(1)).point(_together))


def _together(shade: int) -> int:
    """Return white where, of nine dots that were averaged, enough are white."""
    return WHITE if shade > (SPECK - 0.5) / 9 * WHITE else 0


def _spread(picture: Image.Image, by: int, chop: Callable[[Image.Image, Image.Image], Image.Image]) -> Image.Image:
    """Return the picture with its lighter or darker dots spread to each side, much faster than by a filter of ranks."""
    for right, down in ((1, 0), (0, 1)):
        spread = picture
        for step in range(1, by + 1):
            for way in (step, -step):
                spread = chop(spread, ImageChops.offset(picture, way * right, way * down))
        picture = spread
    return picture


def _share(added: Image.Image, place: Rectangle) -> float:
    left, top, wide, high = place
    box = tuple(round(mm * DOTS) for mm in (left, top, left + wide, top + high))
    part = added.crop((max(box[0], 0), max(box[1], 0), min(box[2], added.width), min(box[3], added.height)))
    dots = part.width * part.height
    return round(part.histogram()[WHITE] / dots, 5) if dots else 0.0


def _is_straight(plane: Plane, ours: Print) -> bool:
    """Whether the page lies as straight as none does that went through a machine, be it scanned in black and white."""
    corners = _corners(plane, ours)
    slopes = [_slope(corners[place], corners[place - 1]) for place in range(4)]
    return abs(slopes[0] + slopes[2]) <= 2 * STRAIGHT and abs(slopes[1] + slopes[3]) <= 2 * STRAIGHT


def _edges(plane: Plane, scale: float, ours: Print) -> Box:
    """Return how far our page reaches on the scan to each side."""
    across, down = ([place * scale for place in places] for places in zip(*_corners(plane, ours), strict=True))
    return round(min(across)), round(min(down)), round(max(across)), round(max(down))


def _corners(plane: Plane, ours: Print) -> list[Point]:
    wide, high = ours.picture.size
    return [plane.at(corner) for corner in ((0, 0), (wide, 0), (wide, high), (0, high))]


def _slope(one: Point, other: Point) -> float:
    """Return by how many degrees a line is off a row or a column of dots."""
    angle = math.degrees(math.atan2(other[1] - one[1], other[0] - one[0]))
    return angle - 90 * round(angle / 90)


def _same(dark: Image.Image, added: Image.Image, ours: Print) -> bool:
    """Whether nothing was added to our own drawing, and it is as white as no paper is."""
    few = added.histogram()[WHITE] <= ADDED * added.width * added.height
    return few and _is_white(dark, ours)


def _is_white(dark: Image.Image, ours: Print, *, beside: Image.Image | None = None) -> bool:
    """Whether what lies far from our ink, and `beside` from ink that was added, is as white as no paper is."""
    far = ours.picture.reduce(4).filter(ImageFilter.MinFilter(AROUND_INK)).resize(dark.size)
    empty = far.point(lambda shade: WHITE if shade > OUR_INK else 0)
    if beside is not None:
        near = beside.reduce(4).point(_some).filter(ImageFilter.MaxFilter(AROUND_INK)).resize(dark.size)
        empty = ImageChops.subtract(empty, near.point(_some))
    shades = dark.histogram(empty)
    return sum(shades[:WHITE_DRAWN]) <= NOT_WHITE * sum(shades)


def _box_around(code: Code) -> Box:
    across, down = [x for x, _ in code.corners], [y for _, y in code.corners]
    return int(min(across)) - 4, int(min(down)) - 4, int(max(across)) + 4, int(max(down)) + 4
