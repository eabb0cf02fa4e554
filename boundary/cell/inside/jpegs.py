"""How much work a JPEG is, read from its markers without decoding a dot."""

from __future__ import annotations

import re
from dataclasses import dataclass

from boundary.cell import bounds
from boundary.refused import MOST_PIXELS, TOO_COMPLEX, TOO_MANY_PIXELS, UploadRefused

# A marker that is neither a stuffed byte, nor a restart, nor filling.
MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 without tables and extensions
START, END, SCAN, ALONE = 0xD8, 0xD9, 0xDA, 0x01


@dataclass(frozen=True)
class Jpeg:
    """Dots, and passes over them."""

    width: int
    height: int
    scans: int

    @property
    def dots(self) -> int:
        return self.width * self.height


def seen(content: bytes) -> Jpeg:
    """Return the size and the number of scans of the picture, 0 of what is none. Raises UploadRefused above limits."""
    width = height = scans = place = 0
    while (found := MARKER.search(content, place)) is not None:
        kind, place = found[1][0], found.end()
        if kind == END:
            break
        if kind in (START, ALONE):
            continue
        head = content[place : place + 7]
        if kind in FRAMES and len(head) == 7:
            height = max(height, int.from_bytes(head[3:5], "big"))
            width = max(width, int.from_bytes(head[5:7], "big"))
        scans += kind == SCAN
        if scans > bounds.MOST_SCANS:
            raise UploadRefused(TOO_COMPLEX)
        place += max(int.from_bytes(head[:2], "big"), 2)
    return _judged(Jpeg(width, height, scans))


def _judged(jpeg: Jpeg) -> Jpeg:
    if jpeg.dots > MOST_PIXELS:
        raise UploadRefused(TOO_MANY_PIXELS)
    if jpeg.dots * jpeg.scans > bounds.MOST_SCANNED:
        raise UploadRefused(TOO_COMPLEX)
    return jpeg
