"""Whether each character of our print stands on a scanned page that was laid over it, or another in its place.

Ink that was added takes none of ours away: a seal over the text, a name by hand, a stroke beside. A hole, a clip and a
folded corner take ours away and bring no print instead. Only where both happens does the sheet bear another text.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import mul

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from pypdfium2 import raw

from boundary.cell import bounds
from boundary.cell.inside.planes import Plane
from boundary.cell.inside.registering import DPI, darkest, paper_of

FINE_DPI = 150
FINER = FINE_DPI / DPI
SOFT = 0.7  # dots by which our print is blurred, as scans are
ROUND = 2  # dots around a character that are looked at too
SMALLEST = 5  # dots of a side
REACH = 3  # dots by which one may lie off where those before it lie
FARTHEST = 8  # dots by which any may lie off its place on the map
NOISE = 36  # the square of the shades by which empty paper varies
# How like two pictures are, from -1 to 1. Measured (0033): of ours from 0.73 at 100 dpi, 0.82 at 150.
LIKE, ALIKE, UNLIKE = 0.8, 0.76, 0.7
# Of our ink: what is gone, and how much stands beside it. Measured (0033): under a seal or a stroke at most 0.21 is
# gone, what is cut by the edge of a clip or a folded corner brings at most 0.07.
TAKEN, BROUGHT = 0.26, 0.085
GONE = 0.37  # of our ink, far from all edges, where nothing but another text hides it: it need bring no ink
# A character of which a part is another is still rather like ours. Far from all edges its halves are looked at, each
# with so much of its ink: how like ours one is, how much of that is gone where other ink stands, and where none does.
# Marks between words are too small for it.
RATHER, HALF, HALVED = 0.86, 0.25, 18
OTHER_HALF, TAKEN_HALF, GONE_HALF = 0.6, 0.36, 0.5
# A crease may lie across a character: then both its parts are ours, one moved along the crease by some dots. How like
# ours both are: of 14 on folded sheets at least 0.77, of 43 in whose place another stood at most 0.59.
SHEARED, MOVED = 0.7, 2
COLOURED = 30  # shades between the darkest and the lightest of its colours: less is noise, or paper
EDGE = 35.0  # mm: so far from the sheet's edges a hole, a clip and a folded corner reach
BESIDE = 4  # characters on either side that are told with one that differs
# By how many dots more some of our characters lie off the map than others, the farthest twentieths left out, of a sheet
# that did not lie flat. Measured (0033): on flat ones at most 2, on one that bends by 2 mm from 4.
BENT = 3
SHADES = range(256)
SQUARES = [shade * shade for shade in SHADES]
Box = tuple[int, int, int, int]
Off = tuple[int, int]


@dataclass(frozen=True)
class Letter:
    """One character of our print, and where it stands, in dots of `FINE_DPI`."""

    text: str
    box: Box


@dataclass(frozen=True)
class Letters:
    """The print of a page of ours as darkness, and its characters in the order of its text."""

    ink: Image.Image
    every: Sequence[Letter]

    @cached_property
    def samples(self) -> list[Sample]:
        return [sample for letter in self.every if (sample := Sample.of(self.ink, letter)) is not None]


@dataclass(frozen=True)
class Sample:
    """A character as it is looked for: its picture, and the sums of its shades and of their squares."""

    letter: Letter
    ink: Image.Image
    sums: tuple[int, int, int]

    @classmethod
    def of(cls, print_: Image.Image, letter: Letter) -> Sample | None:
        ink = print_.crop(letter.box)
        return cls(letter, ink, _sums(ink)) if min(ink.size) >= SMALLEST and ink.getbbox() else None


def letters_of(page: pypdfium2.PdfPage) -> Letters:
    """Return the characters of a page of ours, drawn and with their places. Raises PdfiumError."""
    bitmap = page.render(scale=FINE_DPI / 72, grayscale=True)
    try:
        drawn = bitmap.to_pil().convert("L").filter(ImageFilter.GaussianBlur(SOFT))
    finally:
        bitmap.close()
    text = page.get_textpage()
    try:
        return Letters(ImageChops.invert(drawn), list(_letters(text, page.get_height())))
    finally:
        text.close()


def _letters(text: pypdfium2.PdfTextPage, high: float) -> Iterator[Letter]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    dots = FINE_DPI / 72
    for place in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, place)
        if code <= ord(" ") or not raw.FPDFText_GetCharBox(text, place, left, right, bottom, top):
            continue
        across = round(left.value * dots) - ROUND, round(right.value * dots) + ROUND
        down = round((high - top.value) * dots) - ROUND, round((high - bottom.value) * dots) + ROUND
        yield Letter(chr(code), (across[0], down[0], across[1], down[1]))


def differing(page: Image.Image, plane: Plane, scale: float, letters: Letters) -> tuple[tuple[str, ...], bool]:
    """Return runs of our words, each with a few characters more on either side, in whose places another text stands on
    a page, or none; and whether the sheet bends, so that ours may be there and were looked for in the wrong place.

    `plane` lays our print over the page made smaller by `scale`.
    """
    ink = _ink(page, plane, scale, letters.ink.size, _lightest)
    by, found = (0, 0), list[tuple[Off, float]]()
    sought = 0
    for sample in letters.samples:
        at, like = _found(ink, sample, by)
        found.append((at, like))
        if like >= LIKE:
            by = at
        sought += like < UNLIKE
        if sought > bounds.MOST_DIFFERING:
            # The rest is not looked at, and so nothing vouches for it, be these others or only painted over.
            return tuple(_runs(letters.samples, [like < UNLIKE for _, like in found])), _bends(found)
    gain = _gain(ink, letters.samples, found)
    every = _Inks(ink, lambda: _ink(page, plane, scale, letters.ink.size, darkest))
    wrong = [
        _is_other(every, sample, at, like, gain) and not _is_creased(ink, sample, at)
        for sample, (at, like) in zip(letters.samples, found, strict=True)
    ]
    return tuple(_runs(letters.samples, wrong)), _bends(found)


def _bends(found: Sequence[tuple[Off, float]]) -> bool:
    """Whether no one map of a flat sheet fits the characters that are ours for certain."""
    sure = [at for at, like in found if like >= LIKE]
    return any(_spread(sorted(at[axis] for at in sure)) >= BENT for axis in (0, 1))


def _spread(offs: Sequence[int]) -> int:
    few = len(offs) // 20
    return offs[-1 - few] - offs[few] if offs else 0


def _lightest(page: Image.Image) -> Image.Image:
    """Return the lightest of each dot's colours: red seals and blue ink are pale in it, and print is as dark."""
    if page.mode == "L":
        return page
    red, green, blue = page.convert("RGB").split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


class _Inks:
    """How dark the page is where our print lies: as `print_` by its lightest colour; by its darkest, which counts ink
    of any colour; and by how much that is more. The others are reckoned only where some of our print is gone."""

    def __init__(self, print_: Image.Image, any_: Callable[[], Image.Image]) -> None:
        self.print_, self._any = print_, any_

    @cached_property
    def any_colour(self) -> Image.Image:
        return self._any()

    @cached_property
    def coloured(self) -> Image.Image:
        more = ImageChops.subtract(self.any_colour, self.print_).filter(ImageFilter.BoxBlur(1))
        return more.point(lambda shade: shade if shade >= COLOURED else 0)


def _ink(
    page: Image.Image, plane: Plane, scale: float, size: tuple[int, int], seen: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """Return how dark the page is where our print lies, by the colour that `seen` looks at."""
    per = scale / FINER
    if per > 1.25:  # averaged, as Pillow makes smaller
        page = page.resize((round(page.width / per), round(page.height / per)), Image.Resampling.BILINEAR)
        scale /= per
    shade = seen(page)
    ink = ImageChops.subtract(paper_of(shade), shade)
    a, b, c, d, e, f, g, h = plane.numbers
    each = scale / FINER
    numbers = (a * each, b * each, c * scale, d * each, e * each, f * scale, g / FINER, h / FINER)
    return ink.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BILINEAR)


def _found(ink: Image.Image, sample: Sample, by: Off) -> tuple[Off, float]:
    """Return where a character lies best, by how many dots off, and how like ours it is there.

    Looked for first where the one before it lay, then beside that as long as it becomes better, then all around.
    """
    seen: dict[Off, float] = {}

    def like(at: Off) -> float:
        if at not in seen:
            seen[at] = _likeness(ink, sample, at) if max(map(abs, at)) <= FARTHEST else -1.0
        return seen[at]

    best = by
    while like(best) < LIKE:
        right, down = best
        beside = max(((right + 1, down), (right - 1, down), (right, down + 1), (right, down - 1)), key=like)
        if like(beside) <= like(best):
            break
        best = beside
    if like(best) < ALIKE:
        reach = range(-REACH, REACH + 1)
        best = max(((by[0] + right, by[1] + down) for right in reach for down in reach), key=like)
    return best, like(best)


def _likeness(ink: Image.Image, sample: Sample, at: Off) -> float:
    """Return how like ours a character is that stands there."""
    return _alike(_there(ink, sample, at), sample.ink, sample.sums)


def _alike(there: Image.Image, ours: Image.Image, sums: tuple[int, int, int]) -> float:
    """Return how the shades of both go together, whatever is added to all or darkens all: their correlation."""
    count, own, own_squares = sums
    _, shades, squares = _sums(there)
    apart = sum(map(mul, ImageChops.difference(there, ours).histogram(), SQUARES))
    both = (own_squares + squares - apart) / 2
    varies = (count * own_squares - own * own) * max(count * squares - shades * shades, NOISE * count * count)
    return (count * both - own * shades) / math.sqrt(varies) if varies > 0 else 1.0


def _gain(ink: Image.Image, samples: Sequence[Sample], found: Sequence[tuple[Off, float]]) -> float:
    """Return how dark the scan's print is, in times of ours."""
    own = there = 0
    for sample, (at, like) in list(zip(samples, found, strict=True))[::4]:
        if like >= LIKE:
            own += sample.sums[1]
            there += _sums(_there(ink, sample, at))[1]
    return there / own if own else 1.0


@dataclass(frozen=True)
class _Part:
    """A character's place on the page, or a part of it: our ink, as dark as the page's print, and what stands there."""

    inks: _Inks
    sample: Sample
    at: Off
    ours: Image.Image  # all of it
    box: Box

    @property
    def own(self) -> int:
        """How much ink of ours belongs there."""
        return max(_sums(self.ours.crop(self.box))[1], 1)

    @property
    def taken(self) -> float:
        """What share of it is gone."""
        return _sums(ImageChops.subtract(self.ours.crop(self.box), self._there(self.inks.print_)))[1] / self.own

    @property
    def like(self) -> float:
        ours = self.ours.crop(self.box)
        return _alike(self._there(self.inks.print_), ours, _sums(ours))

    def is_other(self, *, like: float, least: float) -> bool:
        """Whether other ink stands there: ink of a colour, or any, where it is less `like` ours than at least.

        Print is black: where it is gone, ink of a colour is another's even on the same dots.
        """
        enough = BROUGHT * self.own
        if like < least and _sums(ImageChops.subtract(self._there(self.inks.print_), self._beside))[1] >= enough:
            return True
        more = ImageChops.subtract(self._there(self.inks.any_colour), self._beside)
        return (like < least and _sums(more)[1] >= enough) or _sums(self._there(self.inks.coloured))[1] >= enough

    def halves(self) -> Iterator[_Part]:
        """Yield the left, right, upper and lower half, but for those in which little of ours stands."""
        wide, high = self.ours.size
        across, down = wide // 2, high // 2
        for box in ((0, 0, across, high), (across, 0, wide, high), (0, 0, wide, down), (0, down, wide, high)):
            half = replace(self, box=box)
            if half.own >= HALF * self.own:
                yield half

    @property
    def _beside(self) -> Image.Image:
        return self.ours.filter(ImageFilter.MaxFilter(3)).crop(self.box)

    def _there(self, ink: Image.Image) -> Image.Image:
        return _there(ink, self.sample, self.at).crop(self.box)


def _is_other(inks: _Inks, sample: Sample, at: Off, like: float, gain: float) -> bool:
    """Whether another character stands there, in ink of any colour, or far from all edges less than ours."""
    if like >= RATHER:
        return False
    ours = sample.ink.point(lambda shade: min(round(shade * gain), 255))
    place = _Part(inks, sample, at, ours, (0, 0, *ours.size))
    taken = place.taken
    if taken < TAKEN:
        return False
    if like < UNLIKE and place.is_other(like=like, least=UNLIKE):
        return True
    if not _is_inside(sample.letter.box, inks.print_.size):
        return False
    may_be_halved = min(ours.size) >= HALVED
    return (like < UNLIKE and taken >= GONE) or (may_be_halved and any(map(_is_other_half, place.halves())))


def _is_other_half(half: _Part) -> bool:
    taken = half.taken
    if taken < TAKEN_HALF:
        return False
    like = half.like
    is_gone = taken >= GONE_HALF and like < OTHER_HALF
    return is_gone or (like < UNLIKE and half.is_other(like=like, least=OTHER_HALF))


def _is_creased(ink: Image.Image, sample: Sample, at: Off) -> bool:
    """Whether a crease lies across a character that is ours above it and below, one part moved along it."""
    wide, high = sample.ink.size
    for cut in (high // 3, high // 2, 2 * high // 3):
        (above, by), (below, to) = (
            _beside_its_place(ink, sample, at, part) for part in ((0, 0, wide, cut), (0, cut, wide, high))
        )
        if min(above, below) >= SHEARED and abs(by - to) >= MOVED:
            return True
    return False


def _beside_its_place(ink: Image.Image, sample: Sample, at: Off, part: Box) -> tuple[float, int]:
    """Return how like ours a part of a character is where it lies best, and by how many dots to the right that is."""
    ours = sample.ink.crop(part)
    sums, reach = _sums(ours), range(-REACH, REACH + 1)
    return max((_alike(_there(ink, sample, (at[0] + by, at[1])).crop(part), ours, sums), by) for by in reach)


def _is_inside(box: Box, size: tuple[int, int]) -> bool:
    edge = EDGE * FINE_DPI / 25.4
    return box[0] >= edge and box[1] >= edge and box[2] <= size[0] - edge and box[3] <= size[1] - edge


def _runs(samples: Sequence[Sample], wrong: Sequence[bool]) -> Iterator[str]:
    """Yield our words around what differs, each run once, in the order of the text."""
    places = [place for place, is_wrong in enumerate(wrong) if is_wrong]
    runs: list[list[int]] = []
    for place in places:
        if runs and place - runs[-1][1] <= BESIDE:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    for first, last in runs[: bounds.MOST_RUNS]:
        run = samples[max(first - BESIDE, 0) : last + BESIDE + 1]
        yield "".join(sample.letter.text for sample in run)[: bounds.LONGEST_RUN]


def _there(ink: Image.Image, sample: Sample, at: Off) -> Image.Image:
    left, top, right, bottom = sample.letter.box
    return ink.crop((left + at[0], top + at[1], right + at[0], bottom + at[1]))


def _sums(picture: Image.Image) -> tuple[int, int, int]:
    shades = picture.histogram()
    return picture.width * picture.height, sum(map(mul, shades, SHADES)), sum(map(mul, shades, SQUARES))
