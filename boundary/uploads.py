"""Judging an uploaded file by its content: what it is, how many pages, and whether it is safe to keep and show.

Nothing that the uploader says counts: neither name nor content type nor EXIF. What is kept is given out only under a
name and a type of ours, or drawn page by page (`boundary.pictures`).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass

from django.db.models import Model

from audit.log import append
from boundary import events
from boundary.pdfs import pages_of_pdf
from boundary.pictures import pages_of_picture
from boundary.refused import MOST_PAGES, UploadRefused

__all__ = ["ENDINGS", "LARGEST_BYTES", "MOST_PAGES", "LookedAt", "UploadRefused", "look_at", "note_refused"]

LARGEST_BYTES = 50 * 1024 * 1024
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
PICTURE_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
# What programs look for near the start of a file, whatever the start itself says.
HEAD_BYTES = 1024
MARKS_OF_OTHERS = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?xml", b"<?php")


@dataclass(frozen=True)
class LookedAt:
    content_type: str
    page_count: int
    sha256: str

    @property
    def ending(self) -> str:
        """What a file of this kind is called at its end, without a dot."""
        return ENDINGS[self.content_type]


def look_at(content: bytes) -> LookedAt:
    """Return what an uploaded file is. Raises UploadRefused with the reason and the cure.

    Read no more than `LARGEST_BYTES + 1` bytes of an upload: one byte more shows that it is too large.
    """
    if not content:
        raise UploadRefused("文件是空的，请重新扫描后上传。")
    if len(content) > LARGEST_BYTES:
        raise UploadRefused(f"文件超过 {LARGEST_BYTES // 1024 // 1024} 兆，请降低扫描分辨率（300 点即可）后再上传。")
    kind = next((kind for magic, kind in KINDS.items() if content.startswith(magic)), None)
    if kind is None:
        raise UploadRefused("只能上传扫描成 PDF、JPG 或 PNG 的文件；改了后缀名的其他文件不行。")
    if _is_two_things_at_once(content, kind):
        raise UploadRefused("这个文件里还藏着另一种文件，不是普通扫描件。请用扫描仪重新扫描后上传。")
    is_pdf = kind == "application/pdf"
    pages = pages_of_pdf(content) if is_pdf else pages_of_picture(content, PICTURE_FORMATS[kind])
    return LookedAt(kind, pages, hashlib.sha256(content).hexdigest())


def note_refused(refusal: UploadRefused, *, by: Model | None, subject: Model, name: str, content: bytes) -> None:
    """Log that an upload was refused. Call it outside the transaction that the refusal rolled back."""
    digest = hashlib.sha256(content).hexdigest()
    event = events.UploadRefused(reason=str(refusal), name=name[-200:], bytes=len(content), sha256=digest)
    append(event, by=by, subject=subject)


def _is_two_things_at_once(content: bytes, kind: str) -> bool:
    """Whether another program would take the same bytes for another kind of file (a polyglot)."""
    head = content[:HEAD_BYTES].lower()
    if any(mark in head for mark in MARKS_OF_OTHERS) or zipfile.is_zipfile(io.BytesIO(content)):
        return True
    return kind != "application/pdf" and b"%pdf-" in head
