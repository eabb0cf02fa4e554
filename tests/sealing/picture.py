"""A picture of a made-up seal, as a person would scan one: PNG, written here byte by byte."""

import struct
import zlib

SIDE = 120


def picture(side: int = SIDE) -> bytes:
    """Return a red ring on white."""
    rows = b"".join(b"\0" + b"".join(_dot(x - side / 2, y - side / 2, side) for x in range(side)) for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _dot(x: float, y: float, side: int) -> bytes:
    is_ring = (side * 0.4) ** 2 < x * x + y * y < (side * 0.46) ** 2
    return b"\xd0\x20\x20" if is_ring else b"\xff\xff\xff"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
