"""What lies on a sheet beside the page of ours that was read there: nothing, or something that nobody has read."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from boundary.cell.inside.drawing import is_black, is_white

Box = tuple[int, int, int, int]  # dots: left, top, right, bottom
# Of our page's shorter side: what is narrower, 6 cm, is the table around a photograph; and how far from our page's own
# edge, which throws a shadow, is looked.
ROOM, SHADOW = 0.3, 0.04


def shows_more(sheet: Image.Image, ours: Box) -> bool:
    """Whether something stands on one side of a page of ours, of which `ours` are the edges, where there is room for
    another page, or most of one. Light paper and the dark of an open lid are nothing."""
    parts = (sheet.crop(box) for box in _beside(sheet.size, ours))
    return any(not (is_white(part) or is_black(part)) for part in parts)


def _beside(size: tuple[int, int], ours: Box) -> Iterator[Box]:
    """Yield the parts of a sheet to each side of a page of ours that are wide enough."""
    wide, high = size
    side = min(ours[2] - ours[0], ours[3] - ours[1])
    shadow = round(SHADOW * side)
    left, right = min(ours[0] - shadow, wide), max(ours[2] + shadow, 0)
    top, bottom = min(ours[1] - shadow, high), max(ours[3] + shadow, 0)
    for box in ((0, 0, left, high), (right, 0, wide, high), (0, 0, wide, top), (0, bottom, wide, high)):
        if min(box[2] - box[0], box[3] - box[1]) > ROOM * side:
            yield box
