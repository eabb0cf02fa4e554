"""What one side's signature shows: name and day on the text's own lines where it has them, else beside the seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agreements.documents.places import BESIDE, DAY, NAME, SignatureArea, WrittenLine
from agreements.text.fonts import outlines, width_of
from chinese.dates import cn_day
from sealing.pades.edges import Box
from sealing.pades.looks import MM, Appearance, Mark
from sealing.pades.pictures import Drawn, Picture, Written

ROWS = 2  # that the place beside a seal has: a name, a day
AIR = 1.5  # points round what is written
LEAST_LETTER = 7.0  # points: smaller, nobody reads a name on a line


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
            filled[name] = [Mark(_on_line(by, line), _with_air(_within(line, line.parts[0])))]
        elif day is not None:
            filled[name] = [Mark(_drawn(_part(part, day)), _within(line, part), is_centred=True) for part in line.parts]
    words = list(map(_drawn, _not_on_a_line(by, lines, on)))
    hand = None if NAME in lines else by.handwriting
    if BESIDE not in lines:  # who signs without a seal has the whole place for it
        return Appearance(by.seal, hand, words, filled)
    if words:
        filled[BESIDE] = _rows(words, lines[BESIDE])
    return Appearance(by.seal, hand, (), filled)


def _rows(words: Sequence[Drawn], line: WrittenLine) -> list[Mark]:
    """Return words one below the other at the foot of their place."""
    left, _, right, top = _within(line, line.parts[0])
    high = top / ROWS
    places = [_with_air((left, high * number, right, high * (number + 1))) for number in range(len(words))]
    return [Mark(each, place, is_centred=True) for each, place in zip(reversed(words), places, strict=False)]


def _not_on_a_line(by: Signatory, lines: Mapping[str, WrittenLine], on: date) -> list[str]:
    """Return what no line of the signature block says in letters."""
    shown = _on_line(by, lines[NAME]) if NAME in lines else None
    is_said = isinstance(shown, Drawn) and shown.text == by.words
    return [*([] if is_said else [by.words]), *([] if DAY in lines else [cn_day(on)])]


def _on_line(by: Signatory, line: WrittenLine) -> Written:
    """Return handwriting, or else the words if they can be read there, or else the name alone."""
    left, _, right, _ = line.box
    words = _drawn(by.words)
    fits = (right - left) * MM >= words.width * LEAST_LETTER
    return by.handwriting or (words if fits else _drawn(by.name))


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
