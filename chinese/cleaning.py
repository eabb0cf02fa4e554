"""What somebody typed, pasted or exported, as it is kept: the same for forms, sheets and whatever else comes in.

What no eye sees is dropped: a name with a mark in it would not be found, and could not be printed. Signs that only look
like a character (the radicals of dictionaries, doubles kept for other character sets) become that character.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Marks that turn or join letters, tags, fillers, selectors of a variant, and what controls a printer of 1960.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
SPACES = re.compile(r"\s+")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
WIDE = re.compile("[" + "".join(map(chr, FULL_WIDTH)) + "]")
# Radicals of the Kangxi dictionary, and doubles: Unicode says itself what they stand for (NFKC).
DOUBLES = re.compile("[\u2f00-\u2fd5\uf900-\ufad9\U0002f800-\U0002fa1d]")
# Radicals that Unicode gives no equal (CJK Radicals Supplement), those that are words too (EquivalentUnifiedIdeograph).
RADICALS = dict(
    zip(
        "⺟⺠⺩⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "母民王西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
LOOKALIKE = re.compile(f"{DOUBLES.pattern[:-1]}{''.join(RADICALS)}]")
# How exports force a program to take a code for a text: ="0571" and '0571.
FORCED = re.compile(r"""=\s*"((?:[^"]|"")*)"\s*""")

DROPPED, NARROWED, UNFORCED = "删去了看不见的字符", "全角字母、数字换成了半角", "去掉了表示“这是文本”的符号"


@dataclass(frozen=True)
class Cleaned:
    """A text as it is kept, and what was changed beside spaces, in words."""

    text: str
    notes: tuple[str, ...] = ()


def cleaned(text: str) -> Cleaned:
    """Return a line without what no eye sees, without lookalikes, wide letters and digits, and stray spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return Cleaned(text.strip())
    found = seen(text)
    if not WIDE.search(found.text):
        return Cleaned(SPACES.sub(" ", found.text).strip(), found.notes)
    return Cleaned(SPACES.sub(" ", found.text.translate(FULL_WIDTH)).strip(), (*found.notes, NARROWED))


def seen(text: str) -> Cleaned:
    """Return a text of several lines as everybody sees it: without what no eye sees and without lookalikes."""
    plain = INVISIBLE.sub("", text)
    notes = [DROPPED] if plain != text else []
    notes += [f"“{sign}”换成了“{_plain(sign)}”" for sign in dict.fromkeys(LOOKALIKE.findall(plain))]
    return Cleaned(LOOKALIKE.sub(lambda found: _plain(found[0]), plain), tuple(notes))


def unforced(text: str) -> str:
    """Return what stands inside the signs by which an export forces a text; any other text as it is."""
    found = FORCED.fullmatch(text.strip())
    return found[1].replace('""', '"') if found else text


def _plain(sign: str) -> str:
    return RADICALS.get(sign) or unicodedata.normalize("NFKC", sign)
