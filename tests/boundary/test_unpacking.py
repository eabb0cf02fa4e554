"""What a PDF unpacks to is judged before anything opens it, however the packing is spelled."""

import zlib
from pathlib import Path

import pytest

from boundary import unpacking
from boundary.refused import UploadRefused
from boundary.unpacking import UNUSUAL, refuse_bombs

MEGABYTE = 1024 * 1024
SPACES = b" " * (3 * MEGABYTE)


def packed(content: bytes = SPACES, *, window: int = 15) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return packer.compress(content) + packer.flush()


def stored_and_packed(first: bytes) -> bytes:
    """The first bytes stand in the stream as they are, the spaces after them are packed."""
    packer = zlib.compressobj(0)
    head = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head + rest.compress(SPACES) + rest.flush()


def stream(content: bytes, said: bytes = b"/Filter /FlateDecode", word: bytes = b"stream\r\n") -> bytes:
    return b"%PDF-1.7\n5 0 obj\n<< " + said + b" >>\n" + word + content + b"\nendstream\nendobj\n"


@pytest.mark.parametrize(
    "content",
    [
        stream(packed()),
        stream(packed(window=14)),
        stream(packed(), word=b"stream\r"),
        stream(packed(), word=b"stream \t\n"),
        stream(packed(), word=b"stream"),
        stream(stored_and_packed(b"endstream endobj 6 0 obj << >> stream\n")),
        stream(packed(), b"/Filter [/FlateDecode /DCTDecode]"),
        stream(packed(SPACES[:MEGABYTE])) * 9,
    ],
    ids=["plain", "window", "carriage-return", "blanks", "no-newline", "word-inside", "picture", "many"],
)
def test_a_deflated_bomb_is_found(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "UNPACKED_EACH", 2 * MEGABYTE)
    monkeypatch.setattr(unpacking, "UNPACKED_ALL", 8 * MEGABYTE)
    monkeypatch.setattr(unpacking, "UNPACKED_AT_A_TIME", MEGABYTE // 2)
    with pytest.raises(UploadRefused, match="尺寸过大"):
        refuse_bombs(content)


@pytest.mark.parametrize(
    "said",
    [
        b"/Filter [/FlateDecode /FlateDecode]",
        b"/Filter[/Fl/F#6c]",
        b"/F#69lter % a remark\n[ /FlateDecode % and one more\n /LZW ]",
        b"/Filter /LZWDecode",
        b"/Filter [/ASCIIHexDecode /FlateDecode]",
        b"/Filter 7 0 R",
        b"/Filter [/FlateDecode 7 0 R]",
        b"/Filter /FlateDecode /DecodeParms 7 0 R",
        b"/Filter /FlateDecode /DecodeParms [7 0 R]",
        b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 1500000000 >>",
        b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns +1500000000 >>",
        b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Col#75mns 7 0 R >>",
    ],
)
def test_packing_that_cannot_be_judged_is_refused(said: bytes) -> None:
    with pytest.raises(UploadRefused, match=UNUSUAL):
        refuse_bombs(stream(b"x" * 400_000, said))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"/Filter null",
        b"/Filter [] /DecodeParms []",
        b"/Filter/DCTDecode",
        b"/Filter [/ASCII85Decode /DCTDecode]",
        b"/Filter /RunLengthDecode",
        b"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 4960 /Rows 7016 >>",
        b"/Filter [/FlateDecode] /DecodeParms [<< /Predictor 15 /Columns 2480 /Colors 3 >>]",
        b"/Filter /JBIG2Decode /DecodeParms << /JBIG2Globals 12 0 R >>",
        b"/Filter [/FlateDecode /DCTDecode] /DecodeParms [null << /ColorTransform 0 >>]",
    ],
)
def test_what_scanners_write_is_let_through(said: bytes) -> None:
    refuse_bombs(stream(packed(b"x" * 400_000), said) + b"%" * 400_000)


def test_no_other_place_opens_a_pdf_that_was_not_judged() -> None:
    """Whoever opens what somebody uploaded asks `pages_of_pdf` first; the opening itself stands in one module."""
    root = Path(unpacking.__file__).resolve().parent
    assert [path.name for path in root.glob("*.py") if "pikepdf.open" in path.read_text(encoding="utf-8")] == [
        "pdfs.py"
    ]
