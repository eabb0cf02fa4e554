"""Pictures: whether one is whole and small enough, and how it looks upright, in eight bits, on white."""

from __future__ import annotations

import io
import struct

from PIL import Image, UnidentifiedImageError

from boundary.cell.inside import jpegs
from boundary.cell.inside.kinds import JPEG, PICTURES
from boundary.refused import MOST_PIXELS, TOO_MANY_PIXELS, UploadRefused

NOT_WHOLE = "这张图片打不开，可能没有传完整。请重新扫描后上传。"
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow raises for pictures that are none, and for EXIF that is none.
FAULTS = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError),
)
SPREAD = 2**0.5  # how much larger each side of a sheet is that has twice the room
# Sixteen bits are brought to eight by dividing; Pillow itself would cut off what is above 255.
SIXTEEN_BITS = 1 / 257


def judge(content: bytes, content_type: str) -> None:
    """Count the passes and the dots. Raises UploadRefused; nothing is decoded yet."""
    if content_type == JPEG:
        jpegs.seen(content)
    with _opened(content, content_type) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise UploadRefused(TOO_MANY_PIXELS)


def redrawn(content: bytes, content_type: str, width: int, height: int, shortest: int = 0) -> Image.Image:
    """Return the picture's dots and nothing else of it, in RGB or grey, no larger than asked. Raises UploadRefused.

    One that is wider than high may be wider: no side has fewer dots than `shortest`, nor has either of two pages that
    lie side by side on it.
    """
    with _opened(content, content_type) as picture:
        turned = _orientation(picture)
        shorter, longer = sorted(picture.size)
        if (picture.width > picture.height) != (turned in (5, 6, 7, 8)):
            width = max(width, min(round(SPREAD * shortest * longer / shorter), height))
        if turned in (5, 6, 7, 8):
            width, height = height, width
        try:
            picture.draft("RGB" if picture.mode != "L" else "L", (width, height))  # a JPEG can be read smaller at once
            picture.load()
        except FAULTS:
            raise UploadRefused(NOT_WHOLE) from None
        plain = on_white(picture)
        plain.thumbnail((width, height))
        if turned in UPRIGHT:
            plain = plain.transpose(UPRIGHT[turned])
        plain.info.clear()  # EXIF, comments, profiles
        return plain


def on_white(picture: Image.Image) -> Image.Image:
    """Return the picture with eight bits for a shade, in grey or RGB, laid on white where it lets through."""
    if picture.mode.startswith("I"):
        return picture.point(lambda shade: shade * SIXTEEN_BITS).convert("L")
    if picture.mode == "F":
        return picture.convert("L")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _opened(content: bytes, content_type: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=[PICTURES[content_type]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadRefused(TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, *FAULTS):
        raise UploadRefused(NOT_WHOLE) from None


def _orientation(picture: Image.Image) -> int:
    """Return how the camera was held, 1 where nothing readable says so."""
    try:
        said = picture.getexif().get(ORIENTATION, 1)
    except FAULTS:
        return 1
    return said if isinstance(said, int) else 1
