"""The door for pictures of seals and of handwriting: the ink alone, without the paper that it stands on."""

from __future__ import annotations

from pathlib import Path

from boundary.cell.answers import number, opened
from boundary.cell.asking import FOR_EVER, OF_PAGES, Patience, asked
from boundary.refused import DAMAGED, UploadRefused

PNG = b"\x89PNG\r\n\x1a\n"
MOST = 2_000  # dots of a side
LARGEST = 2 * 1024 * 1024  # bytes of what a cell writes
NO_INK = "图片上看不到印章。请用盖在白纸上、拍得清楚的印章图片。"


def cut_out(path: Path, *, into: Path, patience: Patience = FOR_EVER, no_ink: str = NO_INK) -> bytes:
    """Return the ink of a picture as a PNG with red, green, blue and opacity. `into` is empty and the caller's own.

    Raises UploadRefused for a picture without ink, in these words, NotNow when no cell could be had.
    """
    said = asked({"act": "seal", "path": str(path.resolve(strict=True))}, into, patience, OF_PAGES)
    try:
        size = [number(each, MOST) for each in said["size"]]
    except (KeyError, TypeError, ValueError):
        raise UploadRefused(DAMAGED) from None
    if not size:
        raise UploadRefused(no_ink)
    try:
        with opened(into / "seal.png") as file:
            content: bytes = file.read(LARGEST + 1)
    except OSError:
        raise UploadRefused(DAMAGED) from None
    if len(content) > LARGEST or not content.startswith(PNG):
        raise UploadRefused(DAMAGED)
    return content
