"""A QR code as PDF operators: black rectangles, one for each run of dark modules in a row."""

from __future__ import annotations

from itertools import groupby

from boundary.qr import rows_of


def squares(content: str, side: float) -> str:
    """Return operators that fill the QR code of `content` in a square from (0, 0) to (side, side), in points.

    The quiet zone around it is the caller's.
    """
    rows = rows_of(content)
    module = side / len(rows)
    operators = ["0 g"]
    for number, row in enumerate(rows, 1):
        bottom = side - number * module
        left = 0
        for dark, group in groupby(row):
            width = len(list(group))
            if dark:
                operators.append(f"{left * module:.3f} {bottom:.3f} {width * module:.3f} {module:.3f} re")
            left += width
    operators.append("f")
    return "\n".join(operators)
