"""HTML in, PDF bytes out. What knows WeasyPrint is `typesetting.py`, which is loaded with the first document."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings

PLAIN, TAGGED = "pdf/a-2u", "pdf/a-2a"  # docs/decisions/0003-pdf.md
STYLES = Path(settings.BASE_DIR) / "templates" / "pdf"

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Rendered:
    """One PDF: `body_pages` pages of the document, then one page for each label.

    `anchors` has for each page of the document where its elements with an id stand.
    """

    pdf: bytes
    body_pages: int
    anchors: tuple[dict[str, Box], ...] = ()


# Pango's font maps must not be used by two threads at once.
_one_at_a_time = threading.Lock()


def render(body: str, labels: str = "", *, styles: tuple[str, ...] = ("paper.css",), variant: str = PLAIN) -> Rendered:
    """Lay out a document and its labels ("" for none) and write both into one PDF, so that fonts are embedded once.

    `styles` are the document's style sheets in templates/pdf, the later ones over the earlier ones. TAGGED, the file
    says what is a heading, a list, a paragraph; stamping.py finishes that.
    """
    with _one_at_a_time, _collector_paused():
        rendered: Rendered = typesetting().rendered(body, labels, styles, variant)
        return rendered


def typesetting() -> Any:
    """Return the module that sets type, and WeasyPrint with it: a third of a process's start, where it is all loaded.
    Most commands, the clock and most pages print nothing."""
    return import_module("agreements.documents.typesetting")


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Leave the objects of a layout alone while they live, then collect them while they are young.

    Looking for dead ones among a hundred thousand that all live to the end took a sixth of the time; those that grow
    old hold the fonts' bytes for many documents more.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if was_enabled:
            gc.enable()


def style_text(name: str) -> str:
    """Return one of our own style sheets."""
    return (STYLES / name).read_text(encoding="utf-8")
