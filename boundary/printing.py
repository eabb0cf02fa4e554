"""Which characters the installed fonts can print: asked when a name enters, and again before anything is printed.

A name that cannot be printed would stop an agreement at its last step, and at the side of somebody who cannot mend it.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from fontTools.ttLib import TTFont

SERIF = "Noto Serif CJK SC"
SANS = "Noto Sans CJK SC"
SYMBOLS = "DejaVu Sans"  # only for what the other two lack, such as ☐ ☑; need not be installed
REQUIRED = (SERIF, SANS)

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
        points |= code_points(family)
    with suppress(FontMissing):  # its symbols are then refused like any other character without a glyph
        points |= code_points(SYMBOLS)
    return frozenset(points)


def unprintable(text: str) -> list[str]:
    """Return the characters of `text` that cannot be printed, each once, in order of appearance."""
    return [char for char in dict.fromkeys(text) if not _can_print(char)]


def described(chars: Iterable[str]) -> str:
    """Name characters for a person: 🙂（U+1F642）; only the code where there is nothing to see."""
    return "、".join(_described(char) for char in chars)


def printed(text: str) -> None:
    """Raise ValidationError that names the characters of a text that cannot be printed, and what to write instead."""
    if missing := unprintable(text):
        raise ValidationError(refusal(missing), code="unprintable")


def refusal(missing: Iterable[str]) -> str:
    """Return why a text with such characters is not taken, and what to write instead."""
    return f"这些字打印不出来：{described(missing)}。请换成常用的字、符号或拼音；必须用原字的，请联系平台管理员。"


def code_points(family: str) -> set[int]:
    """Return every code point that a family has a glyph for. Raises FontMissing."""
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
