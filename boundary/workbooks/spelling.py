"""Cells of a table as a sheet's XML spells them (ECMA-376, 18.3.1.4): a hundred thousand rows are millions of them.

The same as openpyxl would write, at a tenth of its cost.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from openpyxl.utils.datetime import to_excel

from boundary.workbooks.cells import Cell, looks_like_a_formula, plain

KINDS = frozenset({str, int, float, bool, date, datetime, type(None)})
LONGEST = 32_767  # characters that a cell holds
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
Look = tuple[type, bool]  # of which kind a cell is, and whether it is marked as a text


# The columns of a ledger say the same few things in thousands of rows. Typed: True and 1 are not spelt alike.
@lru_cache(maxsize=8192, typed=True)
def spelt(value: Cell) -> tuple[Look, str]:
    """Return which look a value of one of `KINDS` has, and what follows place and style in its element. Not of None.

    A text is written in the cell itself, and as nothing else but a text, whatever it looks like.
    """
    kind = type(value)
    if isinstance(value, str):
        return (kind, looks_like_a_formula(value)), _text(str(plain(value))[:LONGEST])
    if kind is bool:
        return (kind, False), f't="b"><v>{value:d}</v></c>'
    number: Any = value if kind is int or kind is float else to_excel(value)  # type: ignore[no-untyped-call]  # openpyxl's own
    return (kind, False), f't="n"><v>{number!r}</v></c>'


def _text(text: str) -> str:
    if not text:
        return 't="inlineStr"/>'
    space = "" if text == text.strip() else ' xml:space="preserve"'
    return f't="inlineStr"><is><t{space}>{text.translate(ESCAPES)}</t></is></c>'
