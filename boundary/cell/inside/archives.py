"""Judging an xlsx by the list of its parts, before anything is unpacked: macros, passwords, decompression bombs."""

from __future__ import annotations

import re
import zipfile
from typing import IO

from boundary.cell import bounds
from boundary.cell.inside.packages import named
from boundary.refused import TABLE_DAMAGED, TABLE_TOO_HEAVY, UploadRefused

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_SHEET = "Workbook".encode("utf-16-le")  # the stream's name in the old format's folder
IS_BOOK = re.compile(r"xl/workbook\d*\.xml")  # some programs number it
# What else comes as an archive with a name ending in .xlsx, by a part that only it has.
OTHERS = {
    "content.xml": "OpenDocument 表格（.ods）",
    "word/document.xml": "Word 文档",
    "ppt/presentation.xml": "演示文稿",
    "xl/workbook.bin": "二进制 Excel 文件（.xlsb）",
}


def refuse_old_office(file: IO[bytes]) -> None:
    """Refuse a file of the old format, which also wraps workbooks with a password."""
    file.seek(0)
    if not file.read(8).startswith(OLD_OFFICE):
        return
    is_old = OLD_SHEET in file.read(bounds.LARGEST_BOOK)
    what = "是旧版 Excel（.xls）文件" if is_old else "有打开密码，或是旧版 Office 文件"
    raise UploadRefused(f"这个文件{what}，不能导入。请用 Excel 或 WPS 打开后另存为不带密码的 .xlsx。")


def judge_archive(file: IO[bytes]) -> int:
    """Return to how many bytes a harmless workbook unpacks. Raises UploadRefused with the reason and the cure."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError) as error:
        raise UploadRefused(TABLE_DAMAGED) from error
    if len(parts) > bounds.MOST_BOOK_PARTS:
        raise UploadRefused(TABLE_TOO_HEAVY)
    names = {named(part.filename) for part in parts}
    if any("vbaproject" in name or "activex" in name for name in names):
        raise UploadRefused("表格里带有宏，为安全起见不能导入。请另存为不带宏的 .xlsx 后再上传。")
    if not any(IS_BOOK.fullmatch(name) for name in names):
        raise UploadRefused(_other(names))
    for part in parts:
        _judge_part(part)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > bounds.BOOK_UNPACKED:
        raise UploadRefused(TABLE_TOO_HEAVY)
    file.seek(0)
    return unpacked


def _other(names: set[str]) -> str:
    what = next((what for name, what in OTHERS.items() if name in names), "")
    return f"这个文件是{what}，不能导入。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。" if what else TABLE_DAMAGED


def _judge_part(part: zipfile.ZipInfo) -> None:
    ratio = part.file_size / max(part.compress_size, 1)
    if part.file_size > bounds.MEGABYTE and ratio > bounds.HIGHEST_RATIO:
        raise UploadRefused("表格的压缩内容异常庞大，不能导入。请把需要的行复制到新的表格中再上传。")
    if part.file_size > _most_bytes(named(part.filename)):
        raise UploadRefused(TABLE_TOO_HEAVY)
    if part.flag_bits & 0x1:
        raise UploadRefused("这个文件有打开密码，不能导入。请另存为不带密码的 .xlsx。")


def _most_bytes(name: str) -> int:
    if name.startswith("xl/worksheets/"):
        return bounds.BOOK_UNPACKED
    if name.endswith("sharedstrings.xml"):
        return bounds.TEXTS_UNPACKED
    return bounds.LARGEST_BOOK if name.startswith("xl/media/") else bounds.OTHER_PART_UNPACKED
