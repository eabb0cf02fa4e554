"""The one module that knows WeasyPrint. Nobody imports it but renderer.py, and that when a document is printed."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any, NoReturn

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from agreements.documents import deflating, justification
from agreements.documents.cut_families import with_cuts
from agreements.documents.cut_fonts import suffice_for
from agreements.documents.renderer import Box, Rendered, style_text

MM_OF_CSS = 25.4 / 96  # of a CSS pixel


class OutsideFetchRefused(ValueError):
    """A document asked for something outside itself. WeasyPrint logs it as an error and prints without it."""


class NothingOutside(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Documents are complete in themselves: styles are given as text, fonts are the system's."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> NoReturn:
        raise OutsideFetchRefused(url)


# One line for every step of every page is of no use to an operator.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

justification.install()


def rendered(body: str, labels: str, styles: tuple[str, ...], variant: str) -> Rendered:
    """Do what `renderer.render` says. For one thread at a time."""
    fonts = _cut_fonts() if suffice_for(body + labels) else _fonts()
    document = _laid_out(body, variant, fonts, *styles)
    label_pages = _laid_out(labels, variant, fonts, "labels.css").pages if labels else []
    whole = document.copy([*document.pages, *label_pages])
    with deflating.quickly():
        pdf: bytes = whole.write_pdf(pdf_variant=variant)
    return Rendered(pdf, len(document.pages), tuple(_anchors(page) for page in document.pages))


def _anchors(page: Any) -> dict[str, Box]:
    """Return left, top, right, bottom of each named element of a page in millimetres."""
    scale = MM_OF_CSS
    return {n: (a * scale, b * scale, c * scale, d * scale) for n, (a, b, c, d) in page.anchors.items()}


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
