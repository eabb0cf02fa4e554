"""How much an uploaded PDF unpacks to, judged before anything opens it: readers unpack some streams at once.

What a stream is packed with stands in its dictionary, which always lies in the open. Deflate alone is unpacked here,
piece by piece; of what else makes more out of less only so much is let through as is harmless at the worst.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from math import prod

from boundary.refused import TOO_MANY_PIXELS, UploadRefused

UNPACKED_EACH = 300 * 1024 * 1024  # an A3 sheet at 600 dpi in colour, unpacked, has 210
UNPACKED_ALL = 2 * 1024 * 1024 * 1024
WIDEST = 100_000  # bytes or dots in a row that a predictor keeps
UNUSUAL = "这份 PDF 的压缩方式不常见，不是普通扫描件。请用扫描仪重新扫描后上传。"

DEFLATE = b"FlateDecode"
# How many bytes each of these can make out of one; pictures' own methods are bounded by their number of dots.
GAIN = {DEFLATE: 1032, b"LZWDecode": 2731, b"RunLengthDecode": 64, b"ASCII85Decode": 4}
SHORT = {b"Fl": DEFLATE, b"LZW": b"LZWDecode", b"RL": b"RunLengthDecode", b"A85": b"ASCII85Decode"}

READ_AT_A_TIME = 64 * 1024
UNPACKED_AT_A_TIME = 4 * 1024 * 1024


def _spelled(name: str) -> bytes:
    """Return a pattern for a key of a dictionary, any letter of which may be written as #xx."""
    letters = "".join(f"(?:{letter}|(?i:#{ord(letter):02x}))" for letter in name)
    return rf"/{letters}(?=[\x00\t\n\x0c\r ()<>\[\]{{}}/%+\-.\d])".encode()


BLANK = rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*"
NAME = rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*"
# Each with the value as honest programs write it; without one where it is anything else, such as a reference.
FILTER = re.compile(
    _spelled("Filter") + BLANK + rb"(?P<value>null|" + NAME + rb"|\[(?:" + BLANK + NAME + rb")*" + BLANK + rb"\])?"
)
PARAMETERS = re.compile(
    _spelled("DecodeParms") + BLANK + rb"(?P<value>null|<<|\[(?:" + BLANK + rb"(?:null|<<[^<>]*>>))*" + BLANK + rb"\])?"
)
COLUMNS = re.compile(
    _spelled("Columns") + BLANK + rb"(?P<value>\d{1,9}(?![\d.])(?!" + BLANK + rb"\d+" + BLANK + rb"R))?"
)
STREAM = re.compile(rb"stream[\x00\t\n\x0c\r ]*")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def refuse_bombs(content: bytes) -> None:
    """Refuse what unpacks to more than a scan can hold. Raises UploadRefused."""
    for chain in _chains(content):
        packed_twice = any(method in GAIN for method in chain[1:])
        by_other_means = bool(chain) and chain[0] != DEFLATE
        worst = len(content) * prod(GAIN.get(method, 1) for method in chain)
        if (packed_twice or by_other_means) and worst > UNPACKED_EACH:
            raise UploadRefused(UNUSUAL)
    if any(not row or int(row) > WIDEST for row in _values(COLUMNS, content)) or None in _values(PARAMETERS, content):
        raise UploadRefused(UNUSUAL)
    if len(content) * GAIN[DEFLATE] > UNPACKED_EACH:
        _refuse_deflated(content)


def _chains(content: bytes) -> Iterator[list[bytes]]:
    """Yield for each stream by which methods it is unpacked, one after the other. Raises UploadRefused."""
    for value in _values(FILTER, content):
        if value is None:
            raise UploadRefused(UNUSUAL)
        names = (
            ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), name[1:]) for name in re.findall(NAME, value)
        )
        yield [SHORT.get(name, name) for name in names]


def _values(pattern: re.Pattern[bytes], content: bytes) -> Iterator[bytes | None]:
    return (found["value"] for found in pattern.finditer(content))


def _refuse_deflated(content: bytes) -> None:
    total = 0
    view = memoryview(content)
    for found in STREAM.finditer(content):
        head = content[found.end() : found.end() + 2]
        if len(head) == 2 and head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head, "big") % 31 == 0:  # RFC 1950
            total += _unpacked(view[found.end() :])
        if total > UNPACKED_ALL:
            raise UploadRefused(TOO_MANY_PIXELS)


def _unpacked(packed: memoryview) -> int:
    """Return how many bytes a deflated stream unpacks to, wherever it ends. Raises UploadRefused above the limit."""
    unpacker = zlib.decompressobj()
    total = 0
    try:
        for start in range(0, len(packed), READ_AT_A_TIME):
            left: bytes | memoryview = packed[start : start + READ_AT_A_TIME]
            while left and not unpacker.eof:
                total += len(unpacker.decompress(left, UNPACKED_AT_A_TIME))
                left = unpacker.unconsumed_tail
                if total > UNPACKED_EACH:
                    raise UploadRefused(TOO_MANY_PIXELS)
            if unpacker.eof:
                break
    except zlib.error:
        return total
    return total
