"""Where on the paper the parties sign: known from the layout, kept with the copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agreements.models import Rendition
from sealing.pades.edges import SEAL

ROOM = 44.0  # mm, that it has
SHARED = "shared"

Box = tuple[float, float, float, float]  # left, top, right, bottom in millimetres from the page's top left corner


@dataclass(frozen=True)
class SignatureArea:
    """A part of the signature block in millimetres from the top left corner of its page (counted from 1).

    `role` is "medical" or "elder_care", "" for what both share. `kind` is "block" for all lines of one party, "seal"
    for the square where its seal goes; who signs without a seal has no such square.
    """

    role: str
    kind: str
    page: int
    left: float
    top: float
    width: float
    height: float


def signature_areas(rendition: Rendition) -> tuple[SignatureArea, ...]:
    """Return where each party signs on the copies of a rendition; nothing of one that is not ready."""
    return tuple(SignatureArea(**row) for row in rendition.areas)


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
                found.append(_area(role, "seal", number, *_seal(box, page[f"area-{whose}"]), SEAL, SEAL))
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


def _area(role: str, kind: str, page: int, *box: float) -> SignatureArea:
    return SignatureArea(role, kind, page, *(round(edge, 2) for edge in box))
