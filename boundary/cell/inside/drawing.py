"""Pages as pictures, and whether one shows hardly anything. Only dots come from the stranger's file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from boundary.cell import bounds
from boundary.cell.inside import pdfs, pictures
from boundary.cell.inside.kinds import PDF
from boundary.cell.inside.registering import darkest
from boundary.refused import UploadRefused

FLATTENED = "flattened.pdf"  # in the cell's folder
LOOKED_AT = 400  # dots, the longer side of what is looked at for its shades
LIKE = 16  # shades apart that the eye takes for one
SHOWS = 0.0005  # the part of a page that must look otherwise: a line of small print is more
EDGE = 0.03  # the part of each side at which a scanner's lid and the sheet's own edge throw shadows
LIGHT, DARK = 200, 56
FINELY = 1400  # dots, the longer side of what is looked at for strokes: nearly five a millimetre of A4
COARSELY, AROUND = 64, 9  # dots, the longer side of what is looked at for the light, and its surroundings: 40 mm
STROKE, SPECKS = 60, 15  # shades darker than the paper, and so many dots of it beside others that are still dust
# Of pale strokes, averaged over 0.6 mm: by how many shades what bleeds through is darker than the paper, so many dots
# that are still a hair, and the noise in which no such stroke would be seen.
THROUGH, PALE_DOTS, NOISY = 13, 40, 20
AT_EDGE, RIM = 28, 7  # shades darker than further out; dots, 1.5 mm, in which the sheet's own edge is seen
WHITE = 255
LONGER = 935.0  # points, 33 cm: the sheet is larger than A4


def drawn(
    content: bytes, content_type: str, pages: Sequence[int], width: int, shortest: int = 0
) -> Iterator[tuple[int, Image.Image]]:
    """Draw pages of a judged file, counted from 1, `width` dots wide; larger where a side would have fewer dots than
    `shortest`, of a picture as many as it has. Raises UploadRefused."""
    if content_type != PDF:
        height = bounds.HIGHEST * max(width, shortest)
        for page in pages:
            yield page, pictures.redrawn(content, content_type, max(width, shortest), height, shortest)
        return
    with closing(_document(content)) as document:
        for page in pages:
            yield page, _sheet(document, page, width, shortest)


def is_white(picture: Image.Image) -> bool:
    """Whether a page shows nothing but light paper: an empty back. A word, a tick or a thin signature is more, of any
    colour and up to the edge; that one side of the sheet lies darker is none."""
    dark = darkest(picture)  # a thin line of red or yellow is hardly seen in the mean of its colours
    across, down = round(dark.width * EDGE), round(dark.height * EDGE)
    inner = dark.crop((across, down, dark.width - across, dark.height - down))
    light = _light(inner)
    lit = [shade for shade, dots in enumerate(light.histogram()) if dots]
    flat = ImageChops.subtract(inner, light, offset=lit[-1])
    commonest, is_alone = _shades(flat.copy())
    if not is_alone or min(commonest, lit[0]) <= LIGHT:
        return False
    return not (_has_strokes(flat, commonest) or _has_pale_strokes(flat) or _has_strokes_at_edges(dark))


def is_black(picture: Image.Image) -> bool:
    """Whether a part of a scan shows nothing but the dark of a lid that stood open."""
    commonest, is_alone = _shades(picture.convert("L"))
    return is_alone and commonest < DARK


def _light(grey: Image.Image) -> Image.Image:
    """Return how light the paper is at each place: what most of its surroundings are, whatever is written there."""
    coarse = grey.copy()
    coarse.thumbnail((COARSELY, COARSELY), Image.Resampling.BOX)
    return coarse.filter(ImageFilter.MedianFilter(AROUND)).resize(grey.size, Image.Resampling.BICUBIC)


def _has_strokes(grey: Image.Image, paper: int) -> bool:
    """Whether dark dots lie together on paper of a shade, as dust does not."""
    dark = _finely(grey).point(lambda shade: WHITE if shade < paper - STROKE else 0)
    together = dark.filter(ImageFilter.BoxBlur(1)).point(lambda shade: WHITE if shade > WHITE * 2.5 / 9 else 0)
    return ImageChops.multiply(dark, together).histogram()[WHITE] > SPECKS


def _has_pale_strokes(flat: Image.Image) -> bool:
    """Whether something is written in hard pencil or pale ink: darker, though not by much, than what bleeds through.

    Dots are averaged against noise, none of them counted for more than a stroke's so that dust is none. What noise is
    left is seen by how much lighter than the paper some are; where that is as much as a stroke nobody can tell.
    """
    fine = _finely(flat)
    paper = _commonest(fine.filter(ImageFilter.BoxBlur(1)).histogram())
    shades = fine.point(lambda shade: max(shade, paper - STROKE)).filter(ImageFilter.BoxBlur(1)).histogram()
    noise = _lightest_but(shades, SPECKS) - paper
    return noise > NOISY or sum(shades[: max(paper - THROUGH - noise, 0)]) > PALE_DOTS


def _has_strokes_at_edges(dark: Image.Image) -> bool:
    """Whether something stands so near an edge that a shadow may lie there: it is darker than what lies further out,
    while a shadow becomes lighter from the edge inward. In the corners both ways: two shadows meet there."""
    fine = _finely(dark).filter(ImageFilter.BoxBlur(1))
    wide, high = round(fine.width * EDGE), round(fine.height * EDGE)
    across = ImageChops.lighter(*(_behind(fine, wide, flip) for flip in (None, Image.Transpose.FLIP_LEFT_RIGHT)))
    down = ImageChops.lighter(
        *(_behind(fine, high, flip) for flip in (Image.Transpose.TRANSPOSE, Image.Transpose.TRANSVERSE))
    )
    stands = ImageChops.lighter(across, down)
    both = ImageChops.darker(across, down)
    for left in (0, fine.width - wide):
        for top in (0, fine.height - high):
            box = (left, top, left + wide, top + high)
            stands.paste(both.crop(box), box)
    return stands.histogram()[WHITE] > SPECKS


def _behind(fine: Image.Image, deep: int, turn: Image.Transpose | None) -> Image.Image:
    """Return as white the dots of one edge, the left one after a `turn`, that are darker than one further out."""
    turned = fine if turn is None else fine.transpose(turn)
    band = turned.crop((0, 0, deep, turned.height))
    lightest, step = band, 1
    while step < deep:
        shifted = lightest.copy()
        shifted.paste(lightest, (step, 0))
        lightest, step = ImageChops.lighter(lightest, shifted), 2 * step
    found = ImageChops.subtract(lightest, band).point(lambda shade: WHITE if shade > AT_EDGE else 0)
    found.paste(0, (0, 0, RIM, found.height))
    whole = Image.new("L", turned.size, 0)
    whole.paste(found, (0, 0))
    return whole if turn is None else whole.transpose(turn)


def _finely(grey: Image.Image) -> Image.Image:
    fine = grey.copy()
    fine.thumbnail((FINELY, FINELY), Image.Resampling.BOX)
    return fine


def _lightest_but(shades: Sequence[int], few: int) -> int:
    """Return the lightest shade but for that of a few dots."""
    for shade in reversed(range(len(shades))):
        few -= shades[shade]
        if few < 0:
            return shade
    return 0


def _commonest(shades: Sequence[int]) -> int:
    return max(range(len(shades)), key=shades.__getitem__)


def doubt(picture: Image.Image) -> str:
    """Return what is doubtful about a page that is nearly one colour, "" for any other."""
    commonest, is_alone = _shades(picture.convert("L"))
    if not is_alone:
        return ""
    colour = "白" if commonest > LIGHT else "黑" if commonest < DARK else "一种颜色"
    return f"几乎全是{colour}，看不到内容。是不是放反了纸，或者扫描没有成功？"


def _shades(grey: Image.Image) -> tuple[int, bool]:
    """Return the commonest shade, and whether hardly anything is of another."""
    grey.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)
    shades = grey.histogram()
    commonest = _commonest(shades)
    like = sum(shades[max(commonest - LIKE, 0) : commonest + LIKE + 1])
    return commonest, sum(shades) - like <= SHOWS * sum(shades)


def _document(content: bytes) -> pypdfium2.PdfDocument:
    """Open a judged PDF; one whose own count of its pages is wrong is written anew first."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        document = None
    count = pdfs.count(content)
    if document is not None and len(document) == count:
        return document
    if document is not None:
        document.close()
    pdfs.keep_flattened(content, Path(FLATTENED))
    try:
        return pypdfium2.PdfDocument(Path(FLATTENED))
    except pypdfium2.PdfiumError:
        raise UploadRefused(pdfs.NOT_WHOLE) from None


def _sheet(document: pypdfium2.PdfDocument, page: int, width: int, shortest: int) -> Image.Image:
    try:
        with closing(document[page - 1]) as sheet:
            wide, high = max(sheet.get_width(), 1), max(sheet.get_height(), 1)
            if max(wide, high) > LONGER:  # two pages side by side are read as finely as each would be
                shortest = round(shortest * pictures.SPREAD)
            longest = bounds.HIGHEST * max(width, shortest)
            scale = min(max(width / wide, shortest / min(wide, high)), longest / max(wide, high))
            with closing(sheet.render(scale=scale)) as bitmap:
                shown: Image.Image = bitmap.to_pil().convert("RGB")
                return shown.copy()
    except pypdfium2.PdfiumError:
        raise UploadRefused(f"这份 PDF 的第 {page} 页画不出来，可能已经损坏。请重新扫描后上传。") from None
