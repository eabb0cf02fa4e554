"""Our files are compressed quickly, and nobody else's are compressed otherwise for it."""

import zlib

import pydyf
import pytest

from agreements.documents import deflating
from agreements.documents.renderer import render

QUICK, BEST = b"\x78\x01", b"\x78\xda"  # how data of level 1 and of level 9 begins


def streams_of(pdf: bytes) -> set[bytes]:
    """Return how the compressed streams of a file begin."""
    return {part[:2] for part in pdf.split(b"\nstream\n")[1:]} & {QUICK, BEST}


def test_what_we_render_is_compressed_quickly() -> None:
    assert streams_of(render("<html><body><p>协议</p></body></html>").pdf) == {QUICK}
    assert pydyf.zlib is zlib


def test_afterwards_it_is_as_it_was_whatever_happened() -> None:
    def streamed() -> bytes:
        data: bytes = pydyf.Stream([b"q" * 100], compress=True).data
        return data

    def failing() -> None:
        with deflating.quickly():
            assert QUICK in streamed()
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert BEST in streamed()
