"""What is read of a picture that a cell wrote, which had a stranger's file open: only what is as small as it says."""

import struct
import tracemalloc
import zlib

import pytest

from sealing.pades.pictures import Picture
from tests.sealing.picture import picture

MANY = 400 * 1024 * 1024  # bytes that a bomb of 400 KB unpacks to


def png(width: int, height: int, packed: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb() -> bytes:
    packing = zlib.compressobj()
    pieces = [packing.compress(bytes(1024 * 1024)) for _ in range(MANY // 1024 // 1024)]
    return b"".join(pieces) + packing.flush()


def test_one_that_is_whole_is_read() -> None:
    assert (Picture.of_png(picture()).width, len(Picture.of_png(picture()).colours)) == (120, 120 * 120 * 3)


@pytest.mark.parametrize(("width", "height"), [(10, 10), (60_000, 2_300), (2**31, 1), (0, 10)])
def test_one_that_unpacks_to_more_than_it_says_or_is_larger_than_any_of_ours_is_refused_unpacked_no_further(
    width: int, height: int
) -> None:
    content = png(width, height, bomb())
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"whole|larger"):
        Picture.of_png(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * 1024 * 1024


@pytest.mark.parametrize("packed", [b"", b"rubbish", zlib.compress(b"\0" * 309), zlib.compress(b"\0" * 311)])
def test_one_that_is_not_whole_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"whole|unpacked|colour"):
        Picture.of_png(png(10, 10, packed))
    assert Picture.of_png(png(10, 10, zlib.compress(b"\0" * 310))).height == 10
