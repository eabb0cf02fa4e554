"""Where on the paper the parties sign: known from the layout, kept with the copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agreements.models import Rendition
from sealing.pades.edges import SEAL

INKED = {"block", "seal"}  # kinds of areas that a hand marks on paper
NAME, DAY, BESIDE = "name", "day", "beside"
PARTS_OF_A_DAY = ("year", "month", DAY)
ATTESTED = "attested_"  # before what is called so on the page that attests the days
ROOM = 44.0  # mm, that it has
SHARED = "shared"
HAND_HIGH = 12.0  # mm that a name on a line is given: it must not reach the lines above and below
HALF_LETTER = 0.38  # ems from the foot of a letter, where a room ends, to its middle
NARROWEST = 15.0  # mm that a name needs behind the words of its line; with less it stays below the seal
AFTER_WORDS = 1.0  # mm from the words of a line to the name behind them, and round a seal
BESIDE_WIDE, BESIDE_HIGH = 40.0, 10.0  # mm that a few rows of words beside a seal are given

Box = tuple[float, float, float, float]  # left, top, right, bottom in millimetres from the page's top left corner


@dataclass(frozen=True)
class SignatureArea:
    """A part of the signature block in millimetres from the top left corner of its page (counted from 1).

    `role` is "medical" or "elder_care", "" for what both share. `kind` is "block" for all lines of one party, "seal"
    for the square where its seal goes; who signs without a seal has no such square. A signature on screen also fills
    "name", "year", "month" and "day", where the text has lines for them, and those that begin with ATTESTED; "beside"
    is next to the seal, for what no line takes.
    """

    role: str
    kind: str
    page: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class WrittenLine:
    """What one field of a signature on screen is laid over: a name, or the parts of a day."""

    parts: tuple[SignatureArea, ...]

    @property
    def page(self) -> int:
        return self.parts[0].page

    @property
    def box(self) -> Box:
        return (
            min(part.left for part in self.parts),
            min(part.top for part in self.parts),
            max(part.left + part.width for part in self.parts),
            max(part.top + part.height for part in self.parts),
        )


def signature_areas(rendition: Rendition) -> tuple[SignatureArea, ...]:
    """Return where each party signs on the paper of a rendition; nothing of one that is not ready."""
    return tuple(area for area in _areas(rendition) if area.kind in INKED)


def lines_of(rendition: Rendition, role: str) -> dict[str, WrittenLine]:
    """Return the lines that a party's signature on screen fills, by what their fields are called."""
    return written_lines(_areas(rendition), role)


def written_lines(areas: Iterable[SignatureArea], role: str) -> dict[str, WrittenLine]:
    """Return a party's lines among these areas, with those that both share."""
    found: dict[str, list[SignatureArea]] = {}
    for area in areas:
        if area.role in {role, ""} and area.kind not in INKED:
            found.setdefault(_field(area), []).append(area)
    return {name: WrittenLine(tuple(parts)) for name, parts in found.items()}


def _field(area: SignatureArea) -> str:
    """Return what the field is called that an area belongs to: name, day, shared-day, attested-day …"""
    before, _, kind = area.kind.rpartition("_")
    what = DAY if kind in PARTS_OF_A_DAY else kind
    return "-".join(filter(None, ["" if area.role else SHARED, before, what]))


def _areas(rendition: Rendition) -> Iterator[SignatureArea]:
    return (SignatureArea(**row) for row in rendition.areas)


def areas_of(anchors: Sequence[Mapping[str, Box]]) -> tuple[SignatureArea, ...]:
    """Return the places of the signature block. `anchors` has for each page what layout.py named there."""
    found = []
    for number, page in enumerate(anchors, 1):
        for name, box in page.items():
            what, _, whose = name.partition("-")
            role = "" if whose == SHARED else whose
            if what == "area":
                left, top, right, bottom = box
                found.append(_area(role, "block", number, left, top, right - left, bottom - top))
            elif what == "seal":
                area = page[f"area-{whose}"]
                found.append(_area(role, "seal", number, *_seal(box, area), SEAL, SEAL))
                found += [_area(role, BESIDE, number, *_beside(_seal(box, area), area))] if role else []
            elif what.endswith(NAME):
                place = _name(box, page, what, whose)
                found += [_area(role, what, number, *place)] if place[2] >= NARROWEST else []
            elif what.removeprefix(ATTESTED) in PARTS_OF_A_DAY:
                found.append(_area(role, what, number, *_on_the_line(box, box[3] - box[1], box[2])))
    return tuple(found)


def rows_of(areas: Sequence[SignatureArea]) -> list[dict[str, Any]]:
    """Return areas as they are stored."""
    return [asdict(area) for area in areas]


def _seal(room: Box, area: Box) -> tuple[float, float]:
    """Return left and top of the seal: within its room below the line, or else to the right of the party's lines."""
    inside = (ROOM - SEAL) / 2
    if room[3] - room[1] >= SEAL:
        return room[0] + inside, room[1] + inside
    return area[2] - ROOM + inside, area[1] + inside


def _beside(seal: tuple[float, float], area: Box) -> Box:
    """Return left, top, width and height of words next to the foot of a seal: on its right, or else on its left."""
    left, foot = seal[0] + SEAL + AFTER_WORDS, seal[1] + SEAL
    if area[2] - left >= NARROWEST:
        return (left, foot - BESIDE_HIGH, min(area[2] - left, BESIDE_WIDE), BESIDE_HIGH)
    return (seal[0] - AFTER_WORDS - BESIDE_WIDE, foot - BESIDE_HIGH, BESIDE_WIDE, BESIDE_HIGH)


def _name(pen: Box, page: Mapping[str, Box], what: str, whose: str) -> Box:
    """Return left, top, width and height of a name behind the words of its line, before a seal that lies beside it."""
    area = page[f"{what.removesuffix(NAME)}area-{whose}"]
    right = area[2]
    if room := page.get(f"seal-{whose}"):
        left, top = _seal(room, area)
        is_beside = left > pen[0] and top < pen[3] and pen[1] < top + SEAL
        right = left - AFTER_WORDS if is_beside else right
    return _on_the_line((pen[0] + AFTER_WORDS, *pen[1:]), HAND_HIGH, right)


def _on_the_line(room: Box, height: float, right: float) -> Box:
    """Return left, top, width and height of what is written on a line, its middle as high as that of the letters."""
    middle = room[3] - HALF_LETTER * (room[3] - room[1])
    return (room[0], middle - height / 2, right - room[0], height)


def _area(role: str, kind: str, page: int, *box: float) -> SignatureArea:
    return SignatureArea(role, kind, page, *(round(edge, 2) for edge in box))
