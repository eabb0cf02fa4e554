"""What a CSV file is written in: UTF-8 with or without its mark, or GB18030, which Excel writes in China."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from boundary.refused import UploadRefused

PIECE = 256 * 1024


def encoding_of(file: IO[bytes]) -> str:
    """Return the encoding in which the whole file reads without a fault. Raises UploadRefused when none does."""
    file.seek(0)
    head = file.read(2)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UploadRefused("这个文本文件是 Unicode（UTF-16）编码，请另存为“CSV UTF-8”或 .xlsx 再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        if _reads_as(file, encoding):
            return encoding
    raise UploadRefused("不是表格文件。请上传 .xlsx 文件，或用逗号分隔的 CSV 文件。")


@contextmanager
def decoded(file: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """Give the file as text from its beginning, and leave it open afterwards."""
    file.seek(0)
    lines = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield lines
    finally:
        lines.detach()


def _reads_as(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(PIECE):
            # Text files hold no zero bytes; pictures and programs do, and GB18030 takes nearly anything else.
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
