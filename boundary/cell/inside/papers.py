"""Papers of our own with which a stranger's pages are compared: opened here too, for here is where pages are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pypdfium2
from PIL import Image

from boundary.cell.inside import codes
from boundary.cell.inside.comparing import Print, Rectangle
from boundary.cell.inside.letters import Letters, letters_of
from boundary.cell.inside.registering import DPI

FINER = 2  # times `DPI`: what our own code is read at


@dataclass(frozen=True)
class Place:
    """Where a page of ours is: in which file, the how manieth, and its rectangles."""

    path: str
    number: int
    areas: Mapping[str, Rectangle]


class Papers:
    """The pages of our papers by the texts of their codes, each drawn when it is first asked for."""

    def __init__(self, papers: Iterable[Mapping[str, Any]]) -> None:
        """Take {"path", "pages": [{"number", "code", "areas": {name: [left, top, width, height]}}]} of each paper."""
        self._places: dict[str, Place] = {}
        for paper in papers:
            for page in paper["pages"]:
                areas = {name: (left, top, wide, high) for name, (left, top, wide, high) in page["areas"].items()}
                self._places.setdefault(page["code"], Place(paper["path"], page["number"], areas))
        self._files: dict[str, pypdfium2.PdfDocument] = {}
        self._prints: dict[str, Print | None] = {}
        self._open = ExitStack()

    @property
    def texts(self) -> frozenset[str]:
        """The texts of all their codes."""
        return frozenset(self._places)

    def print_of(self, text: str) -> Print | None:
        """Return the page whose code says `text`; None when it shows none that can be read, or cannot be drawn."""
        if text not in self._prints:
            self._prints[text] = self._print(text, self._places[text])
        return self._prints[text]

    def _print(self, text: str, place: Place) -> Print | None:
        try:
            if place.path not in self._files:
                document = pypdfium2.PdfDocument(place.path)
                self._open.callback(document.close)
                self._files[place.path] = document
            fine, letters = _drawn(self._files[place.path], place.number)
        except (pypdfium2.PdfiumError, OSError, IndexError):
            return None
        ours = [code for code in codes.read(fine, wanted=[text], again=False) if code.text == text]
        return Print(fine.reduce(FINER), ours[0].moved(1 / FINER), place.areas, letters) if ours else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()


def _drawn(document: pypdfium2.PdfDocument, number: int) -> tuple[Image.Image, Letters]:
    page = document[number - 1]
    try:
        bitmap = page.render(scale=FINER * DPI / 72, grayscale=True)
        try:
            drawn: Image.Image = bitmap.to_pil().convert("L").copy()
            return drawn, letters_of(page)
        finally:
            bitmap.close()
    finally:
        page.close()
