"""Even right edges for Chinese: WeasyPrint 70 widens only spaces, which a Chinese line has none of.

Beside typesetting.py the one place that knows WeasyPrint, and of it the inside: pinned to 70.0, tried by
tests/agreements/documents/test_pages.py.
"""

from __future__ import annotations

from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.line_break import create_layout

MOST = 7.5  # ems that a line may be widened by: before a day; one that lacks more ends before a long blank to write in


def install() -> None:
    """Let WeasyPrint widen every character of a justified line by the same."""
    inline.justify_line = _justify


def _justify(context: Any, line: Any, extra_width: float) -> None:
    gaps = _characters(line) - 1
    if gaps > 0 and extra_width <= MOST * line.style["font_size"]:
        _widen(context, line, extra_width / gaps, 0)


def _characters(box: Any) -> int:
    if isinstance(box, boxes.TextBox):
        return len(box.text)
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return sum(_characters(child) for child in box.children if child.is_in_normal_flow())
    return 1  # a blank to write in


def _widen(context: Any, box: Any, each: float, moved: float) -> float:
    """Widen by `each` after every character. What stands before has grown by `moved`; return it with this box's."""
    if isinstance(box, boxes.TextBox):
        box.position_x += moved
        box.style = box.style.copy()
        box.style["letter_spacing"] += each
        box.pango_layout = create_layout(box.text, box.style, context, None, 0)
        box.pango_layout.deactivate()
        grown = each * len(box.text)
        box.width += grown
        return moved + grown
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += moved
        after = moved
        for child in box.children:
            if child.is_in_normal_flow():
                after = _widen(context, child, each, after)
        box.width += after - moved
        return after
    box.translate(moved, 0)
    return moved + each
