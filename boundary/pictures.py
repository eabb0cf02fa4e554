"""Pictures: whether an uploaded one is whole and small enough, and one page of a file as a picture for the screen.

The one module that opens pictures (Pillow) and draws PDFs (PDFium).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pypdfium2
from PIL import Image, ImageFile, UnidentifiedImageError

from boundary.refused import MOST_PIXELS, TOO_MANY_PIXELS, UploadRefused

SHOWN_WIDTH = 1000  # pixels of a page on screen
LARGE_WIDTH = 2400  # pixels of a page that is looked at closely
HIGHEST = 4  # times the width; what is longer is shown smaller, so that no page asks for unbounded memory

# PDFium takes one thread at a time, and web servers may have several.
_one_at_a_time = threading.Lock()


def page_as_png(content: bytes, content_type: str, page: int, *, width: int = SHOWN_WIDTH) -> bytes:
    """Return one page (from 1) as a picture, `width` pixels wide. Raises IndexError for a page that is not there.

    The picture is redrawn: only its dots come from the uploaded file.
    """
    if content_type == "application/pdf":
        shown = _drawn(content, page, width)
    else:
        if page != 1:
            raise IndexError(page)
        shown = Image.open(io.BytesIO(content)).convert("RGB")
    shown.thumbnail((width, HIGHEST * width))
    shown.info.clear()  # EXIF, comments, profiles
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()


def pages_of_picture(content: bytes, image_format: str) -> int:
    """Return 1 for a whole picture. Raises UploadRefused."""
    try:
        with Image.open(io.BytesIO(content), formats=[image_format]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UploadRefused(TOO_MANY_PIXELS)
            with _whole_pictures_only():
                picture.load()
    except UploadRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadRefused(TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise UploadRefused("这张图片打不开，可能没有传完整。请重新扫描后上传。") from None
    return 1


def _drawn(content: bytes, page: int, width: int) -> Image.Image:
    """Draw a page of a PDF. Everything of PDFium's is opened and closed under the lock: it takes one thread only."""
    with _one_at_a_time, closing(pypdfium2.PdfDocument(content)) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        with closing(document[page - 1]) as sheet:
            scale = min(width / sheet.get_width(), HIGHEST * width / sheet.get_height())
            with closing(sheet.render(scale=scale)) as bitmap:
                drawn: Image.Image = bitmap.to_pil().convert("RGB")
                return drawn.copy()


@contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Let Pillow complain of a picture that is cut short: WeasyPrint, once imported, makes it load those in silence."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
