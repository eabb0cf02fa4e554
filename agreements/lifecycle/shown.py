"""What one side's signature shows: name and day on the text's own lines where it has them, else beside the seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from agreements.documents.places import BESIDE, DAY, NAME, SignatureArea, WrittenLine
from agreements.text.fonts import outlines, width_of
from chinese.dates import cn_day
from sealing.pades.edges import Box
from sealing.pades.looks import LEADING, MM, PRINT, Appearance, Mark
from sealing.pades.pictures import Drawn, Picture, Written

AIR = 1.5  # points round what is written
LEAST_LETTER = 7.0  # points: smaller, nobody reads a name on a line
GOOD_LETTER = 9.0  # points: words that would be smaller in one row take more, where that makes them larger
MOST_ROWS = 3  # that words take


@dataclass(frozen=True)
class Signatory:
    """Who signs, as it is shown. `words` are their name, or e.g. 徐赟代赵堃签."""

    name: str
    words: str
    seal: Picture | None = None
    handwriting: Written | None = None


def appearance(by: Signatory, lines: Mapping[str, WrittenLine], *, on: date, last: date | None) -> Appearance:
    """Return what a side's signature of this day shows. `lines` are those of the text.

    `last` is the later day of both, None while the other side has not signed: only then is a line that both share
    filled.
    """
    days = {f"{where}{DAY}": on for where in ("", "attested-")} | {f"shared-{DAY}": last}
    filled: dict[str, Sequence[Mark]] = {}
    for name, line in lines.items():
        day = days.get(name)
        if name.endswith(NAME):
            filled[name] = _named(by, line)
        elif day is not None:
            filled[name] = [Mark(_drawn(_part(part, day)), _within(line, part), is_centred=True) for part in line.parts]
    words = _not_on_a_line(by, lines, on)
    hand = None if NAME in lines else by.handwriting
    if BESIDE not in lines:  # who signs without a seal has the whole place for it
        return Appearance(by.seal, hand, list(map(_drawn, words)), filled)
    if words:
        place = _with_air(_within(lines[BESIDE], lines[BESIDE].parts[0]))
        filled[BESIDE] = _set(words, place, is_centred=True)
    return Appearance(by.seal, hand, (), filled)


def _named(by: Signatory, line: WrittenLine) -> list[Mark]:
    """Return handwriting on a line, or else the words if they can be read there, or else the name alone."""
    place = _with_air(_within(line, line.parts[0]))
    if by.handwriting is not None:
        return [Mark(by.handwriting, place)]
    return _set([by.words if _is_readable(by.words, place) else by.name], place)


def _set(words: Sequence[str], place: Box, *, is_centred: bool = False) -> list[Mark]:
    """Return words one below the other in the middle of their place, all rows in letters of one size."""
    left, bottom, right, top = place
    rows = _rows(words, place)
    size = _letter(rows, place)
    pitch = min((top - bottom) / len(rows), size * LEADING)
    foot = (bottom + top - size - pitch * (len(rows) - 1)) / 2
    feet = [foot + pitch * number for number in reversed(range(len(rows)))]
    return [Mark(_drawn(row), (left, up, right, up + size), is_centred) for row, up in zip(rows, feet, strict=True)]


def _rows(words: Sequence[str], place: Box) -> list[str]:
    """Return the words a row each, the first in as few as let the letters be large enough, or else the largest."""
    first, *others = words
    ways = [[*_broken(first, number), *others] for number in range(1, MOST_ROWS + 1)]
    large_enough = (rows for rows in ways if _letter(rows, place) >= GOOD_LETTER)
    return next(large_enough, max(ways, key=lambda rows: _letter(rows, place)))


def _broken(words: str, number: int) -> list[str]:
    """Return words in so many rows, as even as can be."""
    size, more = divmod(len(words), number)
    ends = [size * row + min(row, more) for row in range(number + 1)]
    return [words[start:end] for start, end in pairwise(ends) if start < end]


def _letter(rows: Sequence[str], place: Box) -> float:
    """Return how large letters are in these rows of a place, in points."""
    left, bottom, right, top = place
    return min((right - left) / max(map(width_of, rows)), (top - bottom) / len(rows), PRINT)


def _is_readable(words: str, place: Box) -> bool:
    return _letter(_rows([words], place), place) >= LEAST_LETTER


def _not_on_a_line(by: Signatory, lines: Mapping[str, WrittenLine], on: date) -> list[str]:
    """Return what no line of the signature block says in letters."""
    line = lines.get(NAME)
    is_said = (
        line is not None and by.handwriting is None and _is_readable(by.words, _with_air(_within(line, line.parts[0])))
    )
    return [*([] if is_said else [by.words]), *([] if DAY in lines else [cn_day(on)])]


def _part(part: SignatureArea, day: date) -> str:
    return str(getattr(day, part.kind.rpartition("_")[2]))


def _within(line: WrittenLine, part: SignatureArea) -> Box:
    """Return where a part of a line lies in its field, in points from the bottom left."""
    left, _, _, bottom = line.box
    across, up = (part.left - left) * MM, (bottom - part.top - part.height) * MM
    return (across, up, across + part.width * MM, up + part.height * MM)


def _with_air(box: Box) -> Box:
    """Return the box within its field in which nothing is cut: a stroke is as wide as its pen."""
    left, bottom, right, top = box
    return (left + AIR, bottom + AIR, right - AIR, top - AIR)


def _drawn(words: str) -> Drawn:
    return Drawn(words, outlines(words), width_of(words))
