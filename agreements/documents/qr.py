"""A QR code as PDF operators: black rectangles, one for each run of dark modules in a row."""

from __future__ import annotations

import re

from boundary.qr import rows_of

DARK = re.compile(rb"\x01+")


def squares(content: str, side: float) -> str:
    """Return operators that fill the QR code of `content` in a square from (0, 0) to (side, side), in points.

    They change the scale to one unit a module. The quiet zone around it is the caller's, and so is the saved state.
    """
    rows = rows_of(content)
    module = side / len(rows)
    operators = [f"0 g {module:.5f} 0 0 {module:.5f} 0 0 cm"]
    for bottom, row in zip(reversed(range(len(rows))), rows, strict=True):
        spans = (run.span() for run in DARK.finditer(bytes(row)))
        operators += [f"{left} {bottom} {right - left} 1 re" for left, right in spans]
    operators.append("f")
    return "\n".join(operators)
