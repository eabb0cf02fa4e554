"""The one module that knows WeasyPrint: HTML in, PDF bytes out."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from agreements.documents import deflating, justification
from agreements.documents.cut_families import with_cuts
from agreements.documents.cut_fonts import suffice_for

PLAIN, TAGGED = "pdf/a-2u", "pdf/a-2a"  # docs/decisions/0003-pdf.md
MM_OF_CSS = 25.4 / 96  # of a CSS pixel
STYLES = Path(settings.BASE_DIR) / "templates" / "pdf"


Box = tuple[float, float, float, float]


class OutsideFetchRefused(ValueError):
    """A document asked for something outside itself. WeasyPrint logs it as an error and prints without it."""


class NothingOutside(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Documents are complete in themselves: styles are given as text, fonts are the system's."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> NoReturn:
        raise OutsideFetchRefused(url)


@dataclass(frozen=True)
class Rendered:
    """One PDF: `body_pages` pages of the document, then one page for each label.

    `anchors` has for each page of the document where its elements with an id stand.
    """

    pdf: bytes
    body_pages: int
    anchors: tuple[dict[str, Box], ...] = ()


# One line for every step of every page is of no use to an operator.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

justification.install()

# Pango's font maps must not be used by two threads at once.
_one_at_a_time = threading.Lock()


def render(body: str, labels: str = "", *, styles: tuple[str, ...] = ("paper.css",), variant: str = PLAIN) -> Rendered:
    """Lay out a document and its labels ("" for none) and write both into one PDF, so that fonts are embedded once.

    `styles` are the document's style sheets in templates/pdf, the later ones over the earlier ones. TAGGED, the file
    says what is a heading, a list, a paragraph; stamping.py finishes that.
    """
    with _one_at_a_time, _collector_paused(), deflating.quickly():
        return _rendered(body, labels, styles, variant)


def _rendered(body: str, labels: str, styles: tuple[str, ...], variant: str) -> Rendered:
    fonts = _cut_fonts() if suffice_for(body + labels) else _fonts()
    document = _laid_out(body, variant, fonts, *styles)
    label_pages = _laid_out(labels, variant, fonts, "labels.css").pages if labels else []
    whole = document.copy([*document.pages, *label_pages])
    pdf: bytes = whole.write_pdf(pdf_variant=variant)
    return Rendered(pdf, len(document.pages), tuple(_anchors(page) for page in document.pages))


def _anchors(page: Any) -> dict[str, Box]:
    """Return left, top, right, bottom of each named element of a page in millimetres."""
    scale = MM_OF_CSS
    return {n: (a * scale, b * scale, c * scale, d * scale) for n, (a, b, c, d) in page.anchors.items()}


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


def _laid_out(html: str, variant: str, fonts: FontConfiguration, *styles: str) -> Any:
    page = HTML(string=html, base_url="about:blank", url_fetcher=NothingOutside())
    return page.render(font_config=fonts, stylesheets=[_style(each) for each in styles], pdf_variant=variant)


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _cut_fonts() -> FontConfiguration:
    return with_cuts(FontConfiguration(), settings.FONTS_FOLDER)


@cache
def _style(name: str) -> CSS:
    return CSS(string=style_text(name), font_config=_fonts(), url_fetcher=NothingOutside())


def style_text(name: str) -> str:
    """Return one of our own style sheets."""
    return (STYLES / name).read_text(encoding="utf-8")
