"""Pages as small grey pictures that do not depend on how an edge is smoothed."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pypdfium2
from PIL import Image

from tests.agreements.documents.papers import squeezed

DPI = 50
FINER = 4  # dots are drawn smaller and put together: what is left of a renderer's own smoothing is slight
GREYS = 16

Box = tuple[float, float, float, float]  # left, top, right, bottom in millimetres
LABEL: Box = (20, 273, 190, 291)
CODE: Box = (91, 6, 119, 34)


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        yield document


def drawn(pdf: bytes, page: int) -> Image.Image:
    """Draw a page, counted from 0."""
    [fine] = drawn_plainly(pdf, [page], DPI * FINER)
    return coarser(fine, FINER)


def drawn_plainly(pdf: bytes, pages: Iterable[int], dpi: int = DPI) -> list[Image.Image]:
    """Draw pages as PDFium does at this size, edges smoothed in its own way."""
    with opened(pdf) as document:
        return [_page(document, page, dpi) for page in pages]


def drawn_label(pdf: bytes) -> Image.Image:
    """Draw the label of a copy, at twice the size of its page: one small digit tells 正本 1/4 from 正本 2/4."""
    left, top, right, bottom = (edge * 72 / 25.4 for edge in LABEL)
    with opened(pdf) as document, closing(document[0]) as sheet:
        width, height = sheet.get_size()
        return coarser(_bitmap(sheet, 2 * DPI * FINER, crop=(left, height - bottom, width - right, top)), FINER)


def _page(document: pypdfium2.PdfDocument, page: int, dpi: int) -> Image.Image:
    with closing(document[page]) as sheet:
        return _bitmap(sheet, dpi)


def _bitmap(sheet: pypdfium2.PdfPage, dpi: int, **options: Any) -> Image.Image:
    with closing(sheet.render(scale=dpi / 72, **options)) as bitmap:
        picture: Image.Image = bitmap.to_pil().convert("L")
        return picture.copy()


def coarser(picture: Image.Image, times: int) -> Image.Image:
    return in_few_greys(picture.reduce(times))


def in_few_greys(picture: Image.Image) -> Image.Image:
    step = 255 / (GREYS - 1)
    return picture.point([round(round(grey / step) * step) for grey in range(256)])


def as_png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.quantize(GREYS).save(out, "PNG", optimize=True)
    return out.getvalue()


def part(picture: Image.Image, box: Box) -> Image.Image:
    return picture.crop(_in_dots(box))


def without(picture: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """Return the picture with these parts white."""
    rest = picture.copy()
    for box in boxes:
        rest.paste(255, _in_dots(box))
    return rest


def _in_dots(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(edge * DPI / 25.4) for edge in box)
    return left, top, right, bottom


def stacked(strips: Sequence[Image.Image]) -> Image.Image:
    """Return pictures of one size below each other."""
    width, height = strips[0].size
    whole = Image.new("L", (width, height * len(strips)), 255)
    for number, strip in enumerate(strips):
        whole.paste(strip, (0, height * number))
    return whole


def pages_kept(pdf: bytes, signatures: str) -> Mapping[str, int]:
    """Return the first page, the one with these words of the signature block, and the last, each once, from 0.

    A page is named for all that it is: first, signature+last.
    """
    texts = _texts(pdf)
    found = [number for number, text in enumerate(texts) if squeezed(signatures) in squeezed(text)]
    if len(found) != 1:
        raise ValueError(f"the signature block must stand whole on one page, but stands on {found or 'none'}")
    roles = {"first": 0, "signature": found[0], "last": len(texts) - 1}
    return {"+".join(role for role in roles if roles[role] == page): page for page in sorted({*roles.values()})}


def _texts(pdf: bytes) -> list[str]:
    with opened(pdf) as document:
        return [_text(sheet) for sheet in document]


def _text(sheet: pypdfium2.PdfPage) -> str:
    with closing(sheet), closing(sheet.get_textpage()) as words:
        text: str = words.get_text_range()
        return text
