"""The outlines of a few words drawn without text, and the libraries that cut fonts."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from boundary.printing import REQUIRED, SERIF, SYMBOLS, FontMissing, code_points, font_file

# The names under which the libraries are found on Linux, macOS and Windows.
HARFBUZZ = ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll")
HARFBUZZ_SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


@cache
def outlines(words: str, family: str = SERIF) -> str:
    """Return words as PDF path operators, one unit an em, from (0, 0) to the right: a picture, not text.

    A character that the family lacks is drawn by the next font that has it; one that prints as nothing is left out.
    """
    return "\n".join(operator for letter in _drawn(words, family) for operator in letter.operators)


@cache
def width_of(words: str, family: str = SERIF) -> float:
    """Return how wide words are that `outlines` draws, in ems."""
    return sum(letter.width for letter in _drawn(words, family))


@dataclass(frozen=True)
class _Letter:
    """A character as operators, and how wide it is in ems."""

    operators: tuple[str, ...]
    width: float


@cache
def _drawn(words: str, family: str) -> tuple[_Letter, ...]:
    """Draw characters one after the other, each by the first font that has it."""
    with ExitStack() as opened:
        faces: dict[str, _Face] = {}
        letters: list[_Letter] = []
        right = 0.0
        for char in words:
            found = next((each for each in (family, *REQUIRED, SYMBOLS) if ord(char) in _points(each)), None)
            if found is None:
                continue
            if found not in faces:
                faces[found] = _Face(opened.enter_context(font_file(found).open()))
            letters.append(faces[found].letter(char, right))
            right += letters[-1].width
        return tuple(letters)


class _Face:
    """An opened font, with what is asked of it for each character."""

    def __init__(self, font: TTFont) -> None:
        self.glyphs, self.names = font.getGlyphSet(), font.getBestCmap()
        self.advances, self.em = font["hmtx"].metrics, font["head"].unitsPerEm

    def letter(self, char: str, right: float) -> _Letter:
        """Return a character drawn so many ems from the left."""
        glyph = self.names[ord(char)]
        pen = _PathPen(self.glyphs, scale=1 / self.em, right=right * self.em)
        self.glyphs[glyph].draw(pen)
        return _Letter(tuple(pen.operators), self.advances[glyph][0] / self.em)


@cache
def _points(family: str) -> frozenset[int]:
    """Return a font's code points, none for one that is not installed."""
    try:
        return frozenset(code_points(family))
    except FontMissing:
        return frozenset()


class _PathPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    """Draws glyphs as PDF path construction operators."""

    def __init__(self, glyphs: object, *, scale: float, right: float) -> None:
        super().__init__(glyphs)
        self.scale = scale
        self.right = right
        self.operators: list[str] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = [f"{(x + self.right) * self.scale:.3f} {y * self.scale:.3f}" for x, y in points]
        self.operators.append(" ".join([*numbers, operator]))

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 -- the pen protocol's name
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 -- the pen protocol's name
        self._add("l", pt)

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:  # noqa: N802 -- the pen protocol's name
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802 -- the pen protocol's name
        self._add("h")
