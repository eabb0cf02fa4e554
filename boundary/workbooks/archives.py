"""Judging an xlsx by the list of its parts, before anything is unpacked: macros, passwords, decompression bombs."""

from __future__ import annotations

import zipfile
from typing import IO

from boundary.refused import UploadRefused
from boundary.workbooks.tables import DAMAGED, LARGEST_BYTES

LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_TEXTS = 80 * 1024 * 1024  # shared texts are the one part that is held in memory
LARGEST_OTHER_PART = 16 * 1024 * 1024
MOST_PARTS = 2_000
HIGHEST_RATIO = 120  # real sheets lie between 5 and 40
SMALL_PART = 1024 * 1024
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_SHEET = "Workbook".encode("utf-16-le")  # the stream's name in the old format's folder
TOO_LARGE = "表格展开后过大，不能导入。请删去无关的工作表、图片和格式，只留需要的行。"


def refuse_old_office(file: IO[bytes]) -> None:
    """Refuse a file of the old format, which also wraps workbooks with a password."""
    file.seek(0)
    if not file.read(8).startswith(OLD_OFFICE):
        return
    is_old = OLD_SHEET in file.read(LARGEST_BYTES)
    what = "是旧版 Excel（.xls）文件" if is_old else "有打开密码，或是旧版 Office 文件"
    raise UploadRefused(f"这个文件{what}，不能导入。请用 Excel 或 WPS 打开后另存为不带密码的 .xlsx。")


def judge_archive(file: IO[bytes]) -> None:
    """Raise UploadRefused, with the reason and the cure, for an archive that is no harmless workbook."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UploadRefused(DAMAGED) from error
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name or "activex" in name for name in names):
        raise UploadRefused("表格里带有宏，为安全起见不能导入。请另存为不带宏的 .xlsx 后再上传。")
    if "xl/workbook.xml" not in names:
        raise UploadRefused(DAMAGED)
    for part in parts:
        _judge_part(part)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
        raise UploadRefused(TOO_LARGE)
    file.seek(0)


def _judge_part(part: zipfile.ZipInfo) -> None:
    ratio = part.file_size / max(part.compress_size, 1)
    if part.file_size > SMALL_PART and ratio > HIGHEST_RATIO:
        raise UploadRefused("表格的压缩内容异常庞大，不能导入。请把需要的行复制到新的表格中再上传。")
    if part.file_size > _most_bytes(part.filename.lower()):
        raise UploadRefused(TOO_LARGE)
    if part.flag_bits & 0x1:
        raise UploadRefused("这个文件有打开密码，不能导入。请另存为不带密码的 .xlsx。")


def _most_bytes(name: str) -> int:
    if name.startswith("xl/worksheets/"):
        return LARGEST_UNPACKED
    if name.endswith("sharedstrings.xml"):
        return LARGEST_TEXTS
    return LARGEST_BYTES if name.startswith("xl/media/") else LARGEST_OTHER_PART
