"""What a file is, by its content. Nothing that its uploader says counts: neither name nor content type."""

from __future__ import annotations

import io
import zipfile

import pikepdf

from boundary.refused import UploadRefused

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
PICTURES = {JPEG: "JPEG", PNG: "PNG"}  # as Pillow calls them
STARTS = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
# Readers take a file for a PDF whose header begins within so many bytes: mail programs and scanners put things before.
HEADER, HEADER_WITHIN = b"%PDF-", 1024
# What the machine, or an office program, would open as something else although a PDF follows.
OTHERS = (b"MZ", b"\x7fELF", b"#!", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"GIF8", b"PK", b"Rar!", b"7z\xbc\xaf")

# Brands of the family of HEIF, in which telephones keep their photographs.
HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
ONLY = "只能上传扫描成 PDF、JPG 或 PNG 的文件；改了后缀名的其他文件不行。"
HIDES = "这个文件里还藏着另一种文件，不是普通扫描件。请用扫描仪重新扫描后上传。"
FROM_TELEPHONE = (
    "这是手机的高效格式照片（HEIC），这里打不开。苹果手机：打开“设置”→“相机”→“格式”，选“兼容性最佳”，再拍一次；"
    "安卓手机：在相机的设置里关闭“高效格式（HEIF）”，再拍一次。也可以用扫描软件存成 PDF 后上传。"
)
FROM_SCANNER = "这是 TIFF 文件，这里打不开。请在扫描软件的“文件格式”里选 PDF（多页也存成一个文件），重新扫描后上传。"


def kind_of(content: bytes) -> str:
    """Return the content type. Raises UploadRefused with the cure for whatever cannot be taken."""
    kind = next((kind for start, kind in STARTS.items() if content.startswith(start)), None)
    if kind is None and not content.startswith(OTHERS) and HEADER in content[: HEADER_WITHIN + len(HEADER) - 1]:
        kind = PDF
    if kind is None:
        raise UploadRefused(_cure(content))
    if _is_another_too(content, kind):
        raise UploadRefused(HIDES)
    return kind


def _cure(content: bytes) -> str:
    if content[4:8] == b"ftyp":
        length = min(int.from_bytes(content[:4], "big"), 256)
        brands = {content[8:12]} | {content[place : place + 4] for place in range(16, length, 4)}
        if brands & HEIF:
            return FROM_TELEPHONE
    return FROM_SCANNER if content.startswith(TIFF) else ONLY


def _is_another_too(content: bytes, kind: str) -> bool:
    """Whether other programs would open the same bytes as another kind of file: by structure, not by a word."""
    return _is_archive(content) or (kind != PDF and HEADER in content[:HEADER_WITHIN] and _is_pdf(content))


def _is_archive(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, OverflowError):
        return False


def _is_pdf(content: bytes) -> bool:
    try:
        with pikepdf.open(io.BytesIO(content), inherit_page_attributes=False) as pdf:
            return "/Pages" in pdf.Root
    except pikepdf.PasswordError:
        return True
    except (pikepdf.PdfError, TypeError, ValueError, AttributeError):
        return False
