"""QR codes, drawn by segno: as rows of modules for papers, as inline SVG for pages."""

from collections.abc import Sequence

import segno
from django.utils.safestring import SafeString, mark_safe

ERROR_CORRECTION = "m"
# On paper the size of a module counts for more than what can be mended: a coarse scan of fewer, larger ones is read by
# zbar too (docs/decisions/0003-pdf.md). Where a code of that size has room to spare, it is mended with it.
ON_PAPER = "l"
# Choosing the best of the eight masks costs four fifths of the time and is only a nicety for readers.
MASK = 2
QUIET_ZONE = 4  # modules of white on each side, as ISO/IEC 18004 asks for


def rows_of(content: str) -> Sequence[Sequence[int]]:
    """Return the modules of a code on paper row by row, 1 for dark, without the quiet zone."""
    rows: Sequence[Sequence[int]] = segno.make(content, error=ON_PAPER, micro=False, boost_error=True, mask=MASK).matrix
    return rows


def as_svg(content: str, *, title: str | None = None) -> SafeString:
    """Return the code on white with its quiet zone, sized by its surroundings; `title` is what a screen reader says."""
    drawing = _drawn(content).svg_inline(border=QUIET_ZONE, light="#fff", omitsize=True, title=title)
    return mark_safe(drawing)  # noqa: S308 -- drawn by segno from squares; the title is escaped by it


def _drawn(content: str) -> segno.QRCode:
    return segno.make(content, error=ERROR_CORRECTION, micro=False, boost_error=False, mask=MASK)
