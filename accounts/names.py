"""People's names: what is kept of one as it was typed, and when two are the same person's. Pure."""

from __future__ import annotations

import re
from unicodedata import category, normalize

# What no eye sees: Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt), and Braille's empty cell.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Dots that keyboards offer for the one between the parts of a name, 阿依古丽·买买提 (GB 18030 has it as U+00B7).
DOTS = re.compile("[\u2022\u2027\u2219\u22c5\u30fb\uff65]")


def has_invisible(typed: str) -> bool:
    """Return whether there are characters in it that nobody can see: format and control characters, and the like."""
    text = typed.strip()
    return IGNORABLE.search(text) is not None or any(_is_control(letter) for letter in text)


def plain_name(typed: str) -> str:
    """Return a name as it is kept: of one width (NFKC), nothing invisible in it, and spaces only in a Latin name."""
    text = "".join(letter for letter in IGNORABLE.sub("", normalize("NFKC", typed)) if not _is_control(letter))
    text = DOTS.sub("·", text)
    return " ".join(text.split()) if text.isascii() else "".join(text.split())


def same_name(one: str, other: str) -> bool:
    """Return whether both are one name, however either was typed."""
    return plain_name(one).casefold() == plain_name(other).casefold()


def _is_control(letter: str) -> bool:
    return category(letter) in {"Cc", "Cf"} and not letter.isspace()
