"""Cells of exported sheets: no spreadsheet may take what somebody typed for a formula."""

from datetime import date, datetime

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell = str | int | float | date | datetime | None
FORMULA = frozenset("=+-@＝＋－＠")  # full width too: some programs fold them
BEFORE_FORMULA = frozenset("\t\r\n")


def neutral(cell: Cell) -> Cell:
    """Return the cell so that no spreadsheet takes a text for a formula, and without control characters.

    Numbers and dates stay what they are, negative ones too. For xlsx and csv alike.
    """
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{text}" if text.lstrip()[:1] in FORMULA or text[:1] in BEFORE_FORMULA else text
