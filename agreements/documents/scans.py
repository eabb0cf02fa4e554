"""Looking at an uploaded scan: what it is by its content, how many pages, and whether it is safe to keep and show."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pikepdf
import pypdfium2
from PIL import Image, ImageFile, UnidentifiedImageError

LARGEST_BYTES = 50 * 1024 * 1024
MOST_PAGES = 200
MOST_PIXELS = 89_000_000  # an A3 sheet at 600 dpi has 70 million; Pillow itself warns a little above
SHOWN_WIDTH = 1000  # pixels of a page on screen
LARGE_WIDTH = 2400  # pixels of a page that is looked at closely
HIGHEST = 4  # times the width; what is longer is shown smaller, so that no page asks for unbounded memory
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
TOO_MANY_PIXELS = "图片尺寸过大，请降低扫描分辨率（300 点即可）后再上传。"
IMAGE_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
# Keys by which a PDF does something when it is opened, or carries other files.
ACTIVE = ("/AA", "/JavaScript", "/EmbeddedFiles", "/XFA")
# What a click may do in a scan: nothing but go to a page. Scanners' software sets such an action for opening, too.
HARMLESS_ACTION = "/GoTo"

# PDFium bears one thread at a time, and web servers may have several.
_one_at_a_time = threading.Lock()


class ScanRefused(ValueError):
    """The file cannot be a scan of the signed paper. The message is for the person who uploads it."""


@dataclass(frozen=True)
class LookedAt:
    content_type: str
    page_count: int
    sha256: str


def look_at(content: bytes) -> LookedAt:
    """Return what an uploaded file is. Raises ScanRefused with the reason and the cure."""
    if not content:
        raise ScanRefused("文件是空的，请重新扫描后上传。")
    if len(content) > LARGEST_BYTES:
        raise ScanRefused(f"文件超过 {LARGEST_BYTES // 1024 // 1024} 兆，请降低扫描分辨率（300 点即可）后再上传。")
    kind = next((kind for magic, kind in KINDS.items() if content.startswith(magic)), None)
    if kind is None:
        raise ScanRefused("只能上传扫描成 PDF、JPG 或 PNG 的文件；改了后缀名的其他文件不行。")
    pages = _pages_of_pdf(content) if kind == "application/pdf" else _pages_of_image(content, IMAGE_FORMATS[kind])
    return LookedAt(kind, pages, hashlib.sha256(content).hexdigest())


def page_as_png(content: bytes, content_type: str, page: int, *, width: int = SHOWN_WIDTH) -> bytes:
    """Return one page (from 1) as a picture, `width` pixels wide. Raises IndexError for a page that is not there."""
    if content_type == "application/pdf":
        shown = _drawn(content, page, width)
    else:
        if page != 1:
            raise IndexError(page)
        shown = Image.open(io.BytesIO(content)).convert("RGB")
    shown.thumbnail((width, HIGHEST * width))
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()


def _drawn(content: bytes, page: int, width: int) -> Image.Image:
    """Draw a page of a PDF. Everything of PDFium's is opened and closed under the lock: it bears one thread only."""
    with _one_at_a_time, closing(pypdfium2.PdfDocument(content)) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        with closing(document[page - 1]) as sheet:
            scale = min(width / sheet.get_width(), HIGHEST * width / sheet.get_height())
            with closing(sheet.render(scale=scale)) as bitmap:
                drawn: Image.Image = bitmap.to_pil().convert("RGB")
                return drawn.copy()


def _pages_of_pdf(content: bytes) -> int:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise ScanRefused("这份 PDF 加了密码或权限限制，请重新扫描成不加密的文件。")
            if _is_active(pdf):
                raise ScanRefused("这份 PDF 带有脚本、附件或自动动作，不是普通扫描件。请用扫描仪重新扫描。")
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise ScanRefused("这份 PDF 加了密码，请重新扫描成不加密的文件。") from None
    except pikepdf.PdfError:
        raise ScanRefused("这份 PDF 打不开，可能没有传完整。请重新扫描后上传。") from None
    if not 1 <= pages <= MOST_PAGES:
        raise ScanRefused(f"这份 PDF 有 {pages} 页，应在 1 到 {MOST_PAGES} 页之间。")
    return pages


def _is_active(pdf: pikepdf.Pdf) -> bool:
    root = pdf.Root
    names = root.get("/Names", pikepdf.Dictionary())
    form = root.get("/AcroForm", pikepdf.Dictionary())
    if any(key in place for place in (root, names, form, *pdf.pages) for key in ACTIVE):
        return True
    return _acts(root.get("/OpenAction")) or any(_is_active_note(note) for page in pdf.pages for note in _notes(page))


def _notes(page: pikepdf.Page) -> pikepdf.Object:
    return page.obj.get("/Annots", pikepdf.Array())


def _is_active_note(note: pikepdf.Object) -> bool:
    return note.get("/Subtype") == "/FileAttachment" or "/AA" in note or _acts(note.get("/A"))


def _acts(action: pikepdf.Object | None) -> bool:
    """Whether an action does more than show a page: an array is a place in the document, a dictionary an action."""
    return isinstance(action, pikepdf.Dictionary) and action.get("/S") != HARMLESS_ACTION


def _pages_of_image(content: bytes, image_format: str) -> int:
    try:
        with Image.open(io.BytesIO(content), formats=[image_format]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ScanRefused(TOO_MANY_PIXELS)
            with _whole_images_only():
                picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ScanRefused(TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise ScanRefused("这张图片打不开，可能没有传完整。请重新扫描后上传。") from None
    return 1


@contextmanager
def _whole_images_only() -> Iterator[None]:
    """Let Pillow complain of a picture that is cut short: WeasyPrint, once imported, makes it load those in silence."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
