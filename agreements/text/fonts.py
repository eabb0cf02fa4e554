"""Which characters the installed fonts can print, and the outlines of a few words drawn without text."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

SERIF = "Noto Serif CJK SC"
SANS = "Noto Sans CJK SC"
SYMBOLS = "DejaVu Sans"  # only for what the other two lack, such as ☐ ☑; need not be installed
REQUIRED = (SERIF, SANS)
# The names under which the libraries are found on Linux, macOS and Windows.
HARFBUZZ = ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll")
HARFBUZZ_SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")

# Invisible, or a private meaning: what is read would not be what is printed.
REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
LINE_SPACE = frozenset("\n\r\t")
# The non-breaking hyphen: where a font lacks it, WeasyPrint searches every font on the machine for a minute.
NEVER_PRINTED = frozenset("\u2011")


class FontMissing(Exception):
    """A font family that documents are set in is not installed."""


class UnprintableCharacters(ValueError):
    """A text has characters that cannot be printed. `chars` are they, each once, in order."""

    def __init__(self, chars: Iterable[str]) -> None:
        self.chars = list(chars)
        super().__init__(f"文本中有无法打印的字符：{described(self.chars)}")


@dataclass(frozen=True)
class FontFile:
    path: Path
    index: int

    def open(self) -> TTFont:
        return TTFont(self.path, fontNumber=self.index, lazy=True)


@cache
def font_file(family: str, weight: str = "regular") -> FontFile:
    """Return the file of a family's weight, as fontconfig finds it. Raises FontMissing."""
    pattern = f"{family}:weight={weight}:slant=roman"
    command = ["fc-match", "--format", "%{family}\n%{file}\n%{index}", pattern]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 -- fixed words, no shell
    except FileNotFoundError as error:
        raise FontMissing("fc-match (fontconfig)") from error
    names, path, index = answer.stdout.split("\n")
    if family not in names.split(","):
        raise FontMissing(family)
    return FontFile(Path(path), int(index) & 0xFFFF)


@cache
def printable() -> frozenset[int]:
    """Return every code point that the fonts in use have a glyph for. Raises FontMissing."""
    points: set[int] = set()
    for family in REQUIRED:
        points |= _code_points(family)
    with suppress(FontMissing):  # its symbols are then refused like any other character without a glyph
        points |= _code_points(SYMBOLS)
    return frozenset(points)


def unprintable(text: str) -> list[str]:
    """Return the characters of `text` that cannot be printed, each once, in order of appearance."""
    return [char for char in dict.fromkeys(text) if not _can_print(char)]


def described(chars: Iterable[str]) -> str:
    """Name characters for a person: 🙂（U+1F642）; only the code where there is nothing to see."""
    return "、".join(_described(char) for char in chars)


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
        return frozenset(_code_points(family))
    except FontMissing:
        return frozenset()


def _code_points(family: str) -> set[int]:
    with font_file(family).open() as font:
        return set(font.getBestCmap())


def _can_print(char: str) -> bool:
    if char in LINE_SPACE:
        return True
    if char in NEVER_PRINTED or unicodedata.category(char) in REFUSED_CATEGORIES:
        return False
    return ord(char) in printable()


def _described(char: str) -> str:
    code = f"U+{ord(char):04X}"
    return code if unicodedata.category(char) in REFUSED_CATEGORIES else f"{char}（{code}）"


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
