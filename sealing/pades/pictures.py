"""What a seal looks like, words that are drawn, and strokes of a pen: ready to be put into any number of files."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from pikepdf import Dictionary, Name, Pdf, Stream

PNG = b"\x89PNG\r\n\x1a\n"
KINDS = {2: 3, 6: 4}  # colour kind of a PNG: how many values a dot has (red, green, blue; and how opaque)
LARGEST = 2_000  # dots of a side; a cell writes 500
BEST = 9  # of compression: a seal is compressed once and put into every copy


@dataclass(frozen=True)
class Picture:
    """A picture of `width` × `height` dots: red, green, blue, and how opaque, each a byte for each dot.

    `size` is how large it is in print, in millimetres (across, up).
    """

    width: int
    height: int
    colours: bytes
    opacity: bytes
    size: tuple[float, float] = (42.0, 42.0)

    @classmethod
    def of_png(cls, content: bytes, *, size: tuple[float, float] = (42.0, 42.0)) -> Self:
        """Read a PNG that we wrote ourselves: 8 bits, in colour, not interlaced. Raises ValueError for any other.

        A cell wrote it that had a stranger's picture open: it is unpacked no further than its size says.
        """
        width, height, kind, packed = _read(content)
        values = KINDS[kind]
        _refuse_more(packed, height * (1 + width * values))  # a byte before each row says how it is predicted
        with Pdf.new() as pdf:  # qpdf undoes the predictors of a PNG, at the speed of C
            rows = Dictionary(Predictor=15, Colors=values, BitsPerComponent=8, Columns=width)
            stream = Stream(pdf, packed, Filter=Name.FlateDecode, DecodeParms=rows)
            dots = stream.read_bytes()
        if len(dots) != width * height * values:
            raise ValueError("the picture is not whole")
        colours = bytearray(width * height * 3)
        for colour in range(3):
            colours[colour::3] = dots[colour::values]
        opacity = dots[3::4] if values == 4 else b"\xff" * (width * height)
        return cls(width, height, bytes(colours), opacity, size)

    @cached_property
    def packed(self) -> tuple[bytes, bytes]:
        """Colours and opacity as a file holds them."""
        return zlib.compress(self.colours, BEST), zlib.compress(self.opacity, BEST)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(b"%d %d " % (self.width, self.height) + self.colours + self.opacity).hexdigest()


@dataclass(frozen=True)
class Drawn:
    """A line of words as outlines: `path` are PDF path operators, one unit an em, from (0, 0) to the right."""

    text: str
    path: str
    width: float  # ems

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.encode()).hexdigest()


@dataclass(frozen=True)
class Strokes:
    """Handwriting as the lines of a pen: `path` are PDF path operators, from (0, 0) at the bottom left.

    It reaches `width` to the right and `height` up, in units of its own.
    """

    path: str
    width: float
    height: float

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.encode()).hexdigest()


Written = Picture | Drawn | Strokes  # what handwriting can be


def _refuse_more(packed: bytes, room: int) -> None:
    """Raise ValueError for what does not unpack to just so many bytes. No more than that is ever unpacked."""
    unpacking = zlib.decompressobj()
    try:
        found = len(unpacking.decompress(packed, room + 1))
    except zlib.error:
        raise ValueError("it cannot be unpacked") from None
    if found != room or unpacking.unconsumed_tail:
        raise ValueError("the picture is not whole")


def _read(content: bytes) -> tuple[int, int, int, bytes]:
    """Return width, height, kind of colour and the packed rows of a PNG."""
    if not content.startswith(PNG):
        raise ValueError("no PNG")
    at, head, packed = len(PNG), b"", []
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        part = content[at + 8 : at + 8 + length]
        if name == b"IHDR":
            head = part
        elif name == b"IDAT":
            packed.append(part)
        at += length + 12
    if len(head) != 13:
        raise ValueError("no PNG that is whole")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if depth != 8 or kind not in KINDS or interlaced or not packed:
        raise ValueError("not 8 bits in colour")
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise ValueError("larger than any that we write")
    return width, height, kind, b"".join(packed)
