"""The QR codes on a page: their texts and where they stand. Nothing that a code says is followed."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import zxingcpp
from PIL import Image

from boundary.cell import bounds

Point = tuple[float, float]  # right and down
Corners = tuple[Point, Point, Point, Point]  # as printed: top left, top right, bottom right, bottom left

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SHARP = 1.5  # of the usual width: the second look, for small codes
CORNER = 0.45  # the part of a side that a look at one corner sees
LEAST = 8  # dots of a side: less is no code


@dataclass(frozen=True)
class Code:
    """One code, its corners in dots of the picture that it was read in."""

    text: str
    corners: Corners

    @property
    def turned(self) -> int:
        """By how many degrees clockwise it lies turned, to the next quarter."""
        (left, top), (right, down) = self.corners[0], self.corners[1]
        return round(math.degrees(math.atan2(down - top, right - left)) / 90) % 4 * 90

    def moved(self, scale: float, by: Point = (0, 0)) -> Code:
        """Return it as it stands in another picture, of which this one shows a part at another scale."""
        a, b, c, d = ((x * scale + by[0], y * scale + by[1]) for x, y in self.corners)
        return Code(self.text, (a, b, c, d))


def read(page: Image.Image, *, wanted: Collection[str], again: bool) -> list[Code]:
    """Return the codes on a page, those that are wanted first and no more than `bounds.MOST_CODES`.

    Where none is found on the page as it is, it is looked at closer if `again`: with another threshold, smaller (which
    takes away noise), and larger corner by corner.
    """
    for look in _looks(page.convert("L"), again=again):
        if found := _unlike(look):
            return sorted(found, key=lambda code: code.text not in wanted)[: bounds.MOST_CODES]
    return []


def upright(codes: Collection[Code], wanted: Collection[str]) -> int:
    """Return by how many degrees clockwise the sheet lies turned: as the codes say that are wanted, else as all do."""
    said = {code.turned for code in codes if code.text in wanted} or {code.turned for code in codes}
    return said.pop() if len(said) == 1 else 0


def _looks(grey: Image.Image, *, again: bool) -> Iterator[list[Code]]:
    usual = _narrowed(grey, bounds.READ_WIDTH)
    yield _found(usual, grey, zxingcpp.Binarizer.LocalAverage)
    if not again:
        return
    yield _found(usual, grey, zxingcpp.Binarizer.GlobalHistogram)
    yield _found(_narrowed(grey, bounds.READ_WIDTH * 2 // 3), grey, zxingcpp.Binarizer.LocalAverage)
    wide, high = round(grey.width * CORNER), round(grey.height * CORNER)
    for left, top in ((grey.width - wide, 0), (0, 0), (grey.width - wide, grey.height - high), (0, grey.height - high)):
        part = grey.crop((left, top, left + wide, top + high))
        size = round(part.width * SHARP), round(part.height * SHARP)
        larger = part.resize(size, Image.Resampling.BICUBIC)
        yield [code.moved(1, (left, top)) for code in _found(larger, part, zxingcpp.Binarizer.LocalAverage)]


def _narrowed(grey: Image.Image, shorter: int) -> Image.Image:
    """Return the picture with its shorter side no longer than asked."""
    side = min(grey.size)
    if side <= shorter:
        return grey
    size = max(round(grey.width * shorter / side), 1), max(round(grey.height * shorter / side), 1)
    return grey.resize(size, Image.Resampling.BOX if side >= 2 * shorter else Image.Resampling.BILINEAR)


def _found(seen: Image.Image, whole: Image.Image, binarizer: zxingcpp.Binarizer) -> list[Code]:
    """Return what is read in one picture, at the scale of another."""
    scale = whole.width / seen.width
    read = zxingcpp.read_barcodes(seen, formats=QR, try_invert=False, binarizer=binarizer)
    codes = (_code(each).moved(scale) for each in read if len(each.text) <= bounds.LONGEST_CODE)
    return [code for code in codes if _is_plain(code.text) and _side(code) >= LEAST]


def _code(read: zxingcpp.Barcode) -> Code:
    place = read.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    a, b, c, d = ((float(corner.x), float(corner.y)) for corner in corners)
    return Code(read.text, (a, b, c, d))


def _is_plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return bool(text) and "\0" not in text


def _side(code: Code) -> float:
    return min(math.dist(code.corners[place], code.corners[place - 1]) for place in range(4))


def _unlike(codes: list[Code]) -> list[Code]:
    """Return one code for each text."""
    return list({code.text: code for code in reversed(codes)}.values())[::-1]
