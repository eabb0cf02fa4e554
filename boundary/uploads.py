"""Judging an uploaded file by its content: what it is, how many pages, and whether it is safe to keep and show.

Nothing that the uploader says counts: neither name nor content type nor EXIF. The file is opened in a cell
(`boundary.cell`), never here. What is kept is given out only under a name and a type of ours, or drawn page by page
(`boundary.pictures`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from django.db.models import Model

from audit.log import append
from boundary import events
from boundary.cell.door import Doubt, Kind, judge
from boundary.refused import MOST_PAGES, UploadRefused

__all__ = [
    "ENDINGS",
    "LARGEST_BYTES",
    "MOST_PAGES",
    "LookedAt",
    "UploadRefused",
    "digest_of",
    "look_at",
    "note_refused",
]

LARGEST_BYTES = 50 * 1024 * 1024
PIECE = 1024 * 1024
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class Readable(Protocol):
    """An open file, as Django hands it over and as Python opens it."""

    def read(self, size: int, /) -> bytes: ...

    def seek(self, offset: int, /) -> object: ...


@dataclass(frozen=True)
class LookedAt:
    content_type: str
    page_count: int
    sha256: str
    doubts: tuple[Doubt, ...] = ()

    @property
    def ending(self) -> str:
        """What a file of this kind is called at its end, without a dot."""
        return ENDINGS[self.content_type]


def look_at(content: bytes) -> LookedAt:
    """Return what an uploaded file is. Raises UploadRefused with the reason and the cure.

    For the console: no request waits for a cell (`uploads/`). Read no more than `LARGEST_BYTES + 1` bytes of a file:
    one byte more shows that it is too large.
    """
    if not content:
        raise UploadRefused("文件是空的，请重新扫描后上传。")
    if len(content) > LARGEST_BYTES:
        raise UploadRefused(f"文件超过 {LARGEST_BYTES // 1024 // 1024} 兆，请降低扫描分辨率（300 点即可）后再上传。")
    with TemporaryDirectory(prefix="yiyang-upload-") as folder:
        path = Path(folder) / "given"
        path.write_bytes(content)
        verdict = judge(path, Kind.SCAN)
    return LookedAt(verdict.content_type, verdict.page_count, verdict.sha256, verdict.doubts)


def digest_of(file: Readable) -> str:
    """Return the SHA-256 of a whole file in hex, read piece by piece, and let it be read from its beginning again."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def note_refused(
    refusal: UploadRefused, *, by: Model | None, subject: Model, name: str, file: Readable, size: int
) -> None:
    """Log that an upload of so many bytes was refused. Call it outside the transaction that the refusal rolled back."""
    event = events.UploadRefused(reason=str(refusal), name=name[-200:], bytes=size, sha256=digest_of(file))
    append(event, by=by, subject=subject)
