"""Fonts with the characters that agreements are made of, cut once at set-up: embedding 65,000 glyphs is the dear part.

    python -m agreements.documents.cut_fonts FOLDER

Each cut is a family of its own, which the style sheets name first. A text with a character that a cut lacks prints from
the system's whole fonts throughout: in a line of both, the second would make it half a point higher. Needs no settings:
it runs before there are any.
"""

from __future__ import annotations

import ctypes
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from agreements.text.fonts import HARFBUZZ, HARFBUZZ_SUBSET
from boundary.printing import SANS, SERIF, font_file

CUT_SERIF, CUT_SANS = "Yiyang Serif", "Yiyang Sans"  # as templates/pdf/*.css call them
RARE = "堃喆昇祎赟䶮𠅤"  # in names of people and institutions, and not in GB 2312
# Latin, punctuation, arrows, numbers in circles, shapes, CJK punctuation, full-width forms.
BLOCKS = (
    *((0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2070), (0x2100, 0x2200), (0x2460, 0x2500), (0x25A0, 0x2610)),
    *((0x3000, 0x3020), (0x3200, 0x3400), (0xFF00, 0xFFF0)),
)


LAYS_OUT = frozenset("\n\r\t")  # no glyphs

# What lines of Chinese are laid out by. Other features (upright lines) and other languages' forms would keep as many
# glyphs again, and every one has its place in each PDF's own part of the font.
FEATURES = ("ccmp", "liga", "clig", "calt", "rlig", "locl", "kern", "mark", "mkmk")
CHINESE = "ZHS "  # as fonts call the Chinese of the mainland
UPRIGHT = ("vhea", "vmtx", "VORG", "BASE")  # tables for lines that run downwards
DROPPED_TABLES, KEPT_FEATURES = 3, 6  # HarfBuzz's numbers of its sets


@dataclass(frozen=True)
class Cut:
    """One file of a folder of cuts: which family it is called, and of which of the system's it is a part."""

    name: str
    family: str
    source: str
    weight: str


CUTS = (
    Cut("serif.otf", CUT_SERIF, SERIF, "regular"),
    Cut("serif-bold.otf", CUT_SERIF, SERIF, "bold"),
    Cut("sans.otf", CUT_SANS, SANS, "regular"),
)


def missing(folder: Path) -> list[str]:
    """Return the names of the cuts that a folder lacks."""
    return [cut.name for cut in CUTS if not (folder / cut.name).is_file()]


@cache
def characters() -> frozenset[int]:
    """Return the code points that a cut has: those of GB 2312 with its symbols, punctuation, and rare ones of names."""
    blocks = chain.from_iterable(range(*block) for block in BLOCKS)
    return frozenset(blocks) | frozenset(map(ord, RARE)) | frozenset(_gb2312())


def suffice_for(text: str) -> bool:
    """Whether the cuts have every character of a text."""
    return characters() >= set(map(ord, set(text) - LAYS_OUT))


def cut_all(folder: Path) -> None:
    """Write every cut into a folder, each whole or not at all. Raises FontMissing, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for cut in CUTS:
        part = folder / f".{cut.name}.{os.getpid()}"
        file = font_file(cut.source, cut.weight)
        try:
            part.write_bytes(_subset(file.path, file.index))
            _leave_other_languages(part)
            part.write_bytes(_subset(part, 0))  # without the forms that only they had
            part.replace(folder / cut.name)
        finally:
            part.unlink(missing_ok=True)


def _gb2312() -> Iterator[int]:
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            char = bytes((row, cell)).decode("gb2312", errors="ignore")
            if char:
                yield ord(char)


def _subset(path: Path, index: int) -> bytes:
    """Cut one font by HarfBuzz, which takes a hundredth of the time of fontTools. Raises OSError.

    Nothing is freed: a process cuts three fonts and ends.
    """
    hb, subsetter = _library(HARFBUZZ), _library(HARFBUZZ_SUBSET)
    blob = hb.hb_blob_create_from_file_or_fail(os.fsencode(path))
    wanted = subsetter.hb_subset_input_create_or_fail()
    if not blob or not wanted:
        raise OSError(f"{path} cannot be read as a font")
    points = subsetter.hb_subset_input_unicode_set(wanted)
    for point in characters():
        hb.hb_set_add(points, point)
    features = subsetter.hb_subset_input_set(wanted, KEPT_FEATURES)
    hb.hb_set_clear(features)
    for chosen, tags in ((features, FEATURES), (subsetter.hb_subset_input_set(wanted, DROPPED_TABLES), UPRIGHT)):
        for tag in tags:
            hb.hb_set_add(chosen, int.from_bytes(tag.encode(), "big"))
    face = subsetter.hb_subset_or_fail(hb.hb_face_create(blob, index), wanted)
    if not face:
        raise OSError(f"{path} cannot be cut")
    length = ctypes.c_uint()
    made = hb.hb_face_reference_blob(face)
    return ctypes.string_at(hb.hb_blob_get_data(made, ctypes.byref(length)), length.value)


def _leave_other_languages(path: Path) -> None:
    """Take out of a font what it does with the text of other languages than ours."""
    with TTFont(path, lazy=True) as font:
        # With the glyphs named, the outlines stay unread, which would take twelve seconds of each font.
        font.setGlyphOrder([f"glyph{number:05}" for number in range(font["maxp"].numGlyphs)])
        for script in font["GSUB"].table.ScriptList.ScriptRecord:
            languages = [each for each in script.Script.LangSysRecord if each.LangSysTag == CHINESE]
            script.Script.LangSysRecord, script.Script.LangSysCount = languages, len(languages)
        output = io.BytesIO()
        font.save(output)
    path.write_bytes(output.getvalue())


def _library(names: tuple[str, ...]) -> Any:
    """Load a library of HarfBuzz, its pointers as such. Raises OSError."""
    library = next((found for name in names if (found := _loaded(name)) is not None), None)
    if library is None:
        raise OSError(f"{names[0]} is not installed")
    for name, arguments in SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError:  # of the other library
            continue
        function.restype, function.argtypes = ctypes.c_void_p, arguments
    return library


def _loaded(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


POINTER, UNSIGNED = ctypes.c_void_p, ctypes.c_uint
SIGNATURES: dict[str, list[Any]] = {
    "hb_blob_create_from_file_or_fail": [ctypes.c_char_p],
    "hb_face_create": [POINTER, UNSIGNED],
    "hb_face_reference_blob": [POINTER],
    "hb_blob_get_data": [POINTER, POINTER],
    "hb_set_add": [POINTER, UNSIGNED],
    "hb_set_clear": [POINTER],
    "hb_subset_input_create_or_fail": [],
    "hb_subset_input_set": [POINTER, UNSIGNED],
    "hb_subset_input_unicode_set": [POINTER],
    "hb_subset_or_fail": [POINTER, POINTER],
}

if __name__ == "__main__":
    cut_all(Path(sys.argv[1]))
