"""The pages of a PDF, counted by reference: one page that is named a hundred times is a hundred pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from boundary.cell import bounds
from boundary.cell.inside.objects import dictionary, entry
from boundary.refused import DAMAGED, MOST_PAGES, TOO_COMPLEX, UploadRefused

INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
TOLD = 1_000_000  # a list of lists of lists counts up to more than there is a word for
Key = tuple[int, int]


def pages_of(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the pages in their order, an often named one as often. Raises UploadRefused when there are too many.

    qpdf is not asked for them: it would copy each page that is named twice.
    """
    root = dictionary(pdf.Root, "/Pages")
    counted = _Count()
    count = counted.of(root, ())
    if not 1 <= count <= MOST_PAGES:
        said = f"{count} 页" if count <= TOLD else f"{TOLD} 页以上"
        raise UploadRefused(f"这份 PDF 有 {said}，应在 1 到 {MOST_PAGES} 页之间。")
    return list(counted.listed(root))


def inherited(page: Any, key: str) -> Any:
    """Return an entry of a page, or of the nearest node above that has it."""
    for _ in range(bounds.DEEPEST_PAGES):
        value = entry(page, key)
        if value is not None:
            return value
        page = entry(page, "/Parent")
    return None


def flattened(pdf: pikepdf.Pdf, pages: list[pikepdf.Object]) -> None:
    """Put the pages into one plain list: readers trust a count that stands in the file, and it may be wrong."""
    kids = [page if page.is_indirect else pdf.make_indirect(page) for page in pages]
    for page in kids:
        for key in INHERITED:
            value = inherited(page, key)
            if value is not None:
                page[key] = value
    tree = pikepdf.Dictionary(Type=pikepdf.Name.Pages, Kids=pikepdf.Array(kids), Count=len(kids))
    pdf.Root.Pages = pdf.make_indirect(tree)
    for page in kids:
        page.Parent = pdf.Root.Pages


class _Count:
    """Counts each node once and multiplies, so that a short file with a long list takes no long time."""

    def __init__(self) -> None:
        self._known: dict[Key, int] = {}
        self._read = 0

    def of(self, node: Any, above: tuple[Key, ...]) -> int:
        if not isinstance(node, pikepdf.Dictionary):
            return 0
        key = node.objgen
        if key in self._known and key != (0, 0):
            return self._known[key]
        if len(above) > bounds.DEEPEST_PAGES or (key in above and key != (0, 0)):
            raise UploadRefused(DAMAGED)
        kids = entry(node, "/Kids")
        count = sum(self._kid(kid, (*above, key)) for kid in kids) if isinstance(kids, pikepdf.Array) else 1
        self._known[key] = count
        return count

    def _kid(self, kid: Any, above: tuple[Key, ...]) -> int:
        self._read += 1
        if self._read > bounds.MOST_PARTS:
            raise UploadRefused(TOO_COMPLEX)
        return self.of(kid, above)

    def listed(self, node: Any) -> Iterator[pikepdf.Object]:
        """Yield the pages below a node that was counted: no circle leads back, and what holds none is left out."""
        kids = entry(node, "/Kids")
        if not isinstance(kids, pikepdf.Array):
            yield node
            return
        for kid in kids:
            if self.of(kid, ()):
                yield from self.listed(kid)
