"""How much a stream unpacks to, found out piece by piece: no more than the limit is ever held.

A picture's own packing (JPEG, fax, JBIG2) is left as it is: how many dots it makes is counted by its size.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from boundary.cell import bounds
from boundary.cell.inside.objects import entry, name, number, several
from boundary.refused import TOO_MANY_PIXELS, UNUSUAL, UploadRefused

DEFLATE = "/FlateDecode"
SHORT = {
    "/Fl": DEFLATE,
    "/LZW": "/LZWDecode",
    "/RL": "/RunLengthDecode",
    "/A85": "/ASCII85Decode",
    "/AHx": "/ASCIIHexDecode",
    "/DCT": "/DCTDecode",
    "/CCF": "/CCITTFaxDecode",
}
BY_QPDF = frozenset({"/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"})
MOST_METHODS = 8
RUNS, END_OF_RUNS, MOST_OF_A_RUN = "/RunLengthDecode", 128, 64
READ_AT_A_TIME = 64 * 1024
UNPACKED_AT_A_TIME = bounds.MEGABYTE  # larger pieces are slower to make room for
MOST_REPEATED = 4  # times the file's own size, for all its streams as they lie in it: more lie over each other


def methods(stream: pikepdf.Stream) -> list[str]:
    """Return by what a stream is unpacked, one after the other, references followed. Raises UploadRefused."""
    said = entry(stream, "/Filter")
    found = [name(each) for each in several(said)] if isinstance(said, pikepdf.Array) else [name(said)]
    if said is not None and ("" in found or len(found) > MOST_METHODS):
        raise UploadRefused(UNUSUAL)
    return [SHORT.get(each, each) for each in found if each]


def picture_method(stream: pikepdf.Stream) -> str:
    """Return the method of its own by which a picture is unpacked last, "" where there is none."""
    last = methods(stream)[-1:]
    return "".join(each for each in last if each != DEFLATE and each not in BY_QPDF)


def refuse_bombs(pdf: pikepdf.Pdf, size: int) -> None:
    """Refuse a file, of so many bytes, whose streams unpack to more than scans can hold. Raises UploadRefused."""
    packed = total = 0
    for stream in pdf.objects:
        if not isinstance(stream, pikepdf.Stream):
            continue
        _refuse_wide_rows(stream)
        raw = stream.read_raw_bytes()
        packed += len(raw)
        if packed > MOST_REPEATED * size:
            raise UploadRefused(UNUSUAL)
        total += sum(map(len, _pieces(raw, methods(stream), bounds.UNPACKED_EACH)))
        if total > bounds.UNPACKED_ALL:
            raise UploadRefused(TOO_MANY_PIXELS)


def unpacked(stream: pikepdf.Stream, most: int) -> bytes:
    """Return what a stream holds, a picture as it is packed. Raises UploadRefused above `most` bytes.

    One that is cut short gives what there is of it, as readers do.
    """
    _refuse_wide_rows(stream)
    plain = b"".join(_pieces(stream.read_raw_bytes(), methods(stream), most))
    return _predicted(stream, plain)


def _pieces(raw: bytes, chain: list[str], most: int) -> Iterator[bytes]:
    """Unpack by one method after the other; only what the last makes comes in pieces."""
    for place, method in enumerate(chain):
        last = place == len(chain) - 1
        if method == DEFLATE and last:
            yield from _inflated(raw, most)
            return
        if method == DEFLATE:
            raw = b"".join(_inflated(raw, bounds.UNPACKED_BETWEEN))
        elif method in BY_QPDF:
            if method == RUNS and place and len(raw) * MOST_OF_A_RUN > most:
                raise UploadRefused(UNUSUAL)  # packed twice over, which no scanner does
            if method == RUNS and _length_of_runs(raw, most) > most:
                raise UploadRefused(TOO_MANY_PIXELS)
            raw = _by_qpdf(raw, method)
        else:
            break
    if len(raw) > most:
        raise UploadRefused(TOO_MANY_PIXELS)
    yield raw


def _inflated(raw: bytes, most: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    total = 0
    for start in range(0, len(raw), READ_AT_A_TIME):
        left = raw[start : start + READ_AT_A_TIME]
        while left and not unpacker.eof:
            try:
                piece = unpacker.decompress(left, UNPACKED_AT_A_TIME)
            except zlib.error:
                return
            left = unpacker.unconsumed_tail
            total += len(piece)
            if total > most:
                raise UploadRefused(TOO_MANY_PIXELS)
            yield piece
        if unpacker.eof:
            return


def _length_of_runs(raw: bytes, most: int) -> int:
    """Return how long runs are that are not made yet, or any length above `most`."""
    total = place = 0
    while place < len(raw) and total <= most and raw[place] != END_OF_RUNS:
        length = raw[place]
        total += length + 1 if length < END_OF_RUNS else 257 - length
        place += length + 2 if length < END_OF_RUNS else 2
    return total


def _by_qpdf(raw: bytes, method: str) -> bytes:
    """Unpack by a method that zlib does not know. What makes too much out of little ends at the cell's memory."""
    with pikepdf.new() as scratch:
        stream = scratch.make_stream(raw, Filter=pikepdf.Name(method))
        try:
            return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
        except pikepdf.PdfError:
            return b""


def _parameters(stream: pikepdf.Stream) -> Iterator[Any]:
    said = entry(stream, "/DecodeParms")
    yield from several(said) if isinstance(said, pikepdf.Array) else (said,)


def _refuse_wide_rows(stream: pikepdf.Stream) -> None:
    if any(number(entry(each, "/Columns")) > bounds.WIDEST for each in _parameters(stream)):
        raise UploadRefused(UNUSUAL)


def _predicted(stream: pikepdf.Stream, plain: bytes) -> bytes:
    """Return the bytes with a predictor undone, as only qpdf can; as they are where there is none, or it is broken."""
    if picture_method(stream) or not any(number(entry(each, "/Predictor")) > 1 for each in _parameters(stream)):
        return plain
    try:
        return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    except pikepdf.PdfError:
        return plain
