"""One laid-out body becomes numbered copies: labels, QR codes, the draft mark, and the file for printing.

Page contents and fonts are embedded once and shared by all copies in the print file.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

from agreements.documents.places import SignatureArea, areas_of
from agreements.documents.qr import squares
from agreements.documents.renderer import Rendered
from agreements.documents.signature_fields import SignatureFields
from agreements.documents.tagging import Tags, form_without_marks, left_out
from agreements.text.fonts import outlines, width_of
from agreements.text.paper import DIGEST_DIGITS, CopyLabel, Paper

MM = 72 / 25.4  # points
# The QR code hangs in the middle of the top margin: a sheet that lies askew on the glass loses its corners, by five
# degrees 7 mm of them, and there no more than one. It is clear of the text, of seals in the signature block, of a seal
# across the page edges, of the foot and of the binding edge. Four modules (3.6 mm) around it are white.
QR_LEFT, QR_BOTTOM, QR_SIDE = 92 * MM, (297 - 33) * MM, 26 * MM
CAPTION_RIGHT = QR_LEFT - 5 * MM  # left of the white: none is left between it and the first line
CAPTION, CAPTION_SIZE = "扫码核验本页", 7.5
LABEL_LEFT, LABEL_BOTTOM = 28 * MM, (297 - 288) * MM
# Of a page that belongs to one file: its place in the tree of pages, in the structure, its fields.
OF_A_COPY = {Name.Parent, Name.StructParents, Name.Tabs, Name.Annots}
# Where a side seals that signs in the electronic file: printed for the side that signs this paper.
ELSEWHERE, ELSEWHERE_SIZE, ELSEWHERE_GREY = ("电子签章", "见电子文件"), 11.0, 0.35
DRAFT_WORD, DRAFT_SIZE, DRAFT_GREY = "草稿", 190, 0.93
COSINE = 0.70711  # of 45°


@dataclass(frozen=True)
class StampedFile:
    content: bytes
    sha256: str
    pages: int


@dataclass(frozen=True)
class StampedSet:
    """The copies in order, and all of them in one file for printing."""

    copies: tuple[StampedFile, ...]
    print_file: StampedFile
    pages_each: int
    areas: tuple[SignatureArea, ...]


@dataclass(frozen=True)
class StampedPage:
    """What makes a body page a page of one copy."""

    contents: Object
    resources: Object


class Stamper:
    """Holds one open PDF: the body's pages and one label form for each copy."""

    def __init__(self, rendered: Rendered, paper: Paper, copies: Sequence[CopyLabel]) -> None:
        self.paper = paper
        self.labels = copies
        self.pdf = Pdf.open(io.BytesIO(rendered.pdf))
        pages = list(self.pdf.pages)
        labels = [form_without_marks(self.pdf, page) for page in pages[rendered.body_pages :]]
        del self.pdf.pages[rendered.body_pages :]
        self.bodies: list[Object] = [page.obj for page in pages[: rendered.body_pages]]
        tags = Tags(self.pdf, self.bodies)
        contents = [tags.contents_of(number) for number in range(len(self.bodies))]
        self.marks = [tags.stamp(number) for number in range(len(self.bodies))]
        tags.place_code((QR_LEFT, QR_BOTTOM, QR_LEFT + QR_SIDE, QR_BOTTOM + QR_SIDE))
        if not paper.is_draft:
            SignatureFields(tags, areas_of(rendered.anchors)).lay()
        tags.write()  # the same in every copy
        self.opening = self.pdf.make_stream(_opening(is_draft=paper.is_draft))
        self.caption = self.pdf.make_stream(_caption())
        self.elsewhere = {
            page: self.pdf.make_stream(_elsewhere(places, paper.digest))
            for page, places in _signed_elsewhere(areas_of(rendered.anchors), paper.elsewhere).items()
        }
        resources = self.bodies[0].Resources  # WeasyPrint gives all pages the same
        self.copies = {
            copy.number: self._stamped(copy.number, contents, self._with_label(resources, label))
            for copy, label in zip(copies, labels, strict=True)
        }

    def copy_file(self, copy: int) -> StampedFile:
        """Return one copy (counted from 1) as a file of its own."""
        for body, stamped in zip(self.bodies, self.copies[copy], strict=True):
            body.Contents, body.Resources = stamped.contents, stamped.resources
        return self._saved()

    def print_file(self) -> StampedFile:
        """Return all copies in order, each beginning on a right-hand page. The outline leads to each copy.

        For paper only: whoever signs electronically signs the copies, and here is said so. Its pages share their
        contents, which can belong to one structure tree alone, so it has none.
        """
        firsts = []
        for copy in self.labels:
            firsts.append(len(self.pdf.pages) - len(self.bodies))
            pages = enumerate(zip(self.bodies, self.copies[copy.number], strict=True), 1)
            for number, (body, stamped) in pages:
                fresh = Dictionary({key: value for key, value in body.items() if key not in OF_A_COPY})
                added = [self.elsewhere[number]] if number in self.elsewhere else []
                fresh.Contents, fresh.Resources = Array([*stamped.contents, *added]), stamped.resources
                self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(fresh)))
            if len(self.bodies) % 2:
                self.pdf.add_blank_page(page_size=(210 * MM, 297 * MM))
        del self.pdf.pages[: len(self.bodies)]
        left_out(self.pdf)
        with self.pdf.open_outline() as outline:
            labels = zip(self.labels, firsts, strict=True)
            outline.root[:] = [pikepdf.OutlineItem(copy.text, first) for copy, first in labels]
        return self._saved()

    def _with_label(self, resources: Object, label: Object) -> Object:
        labelled = Dictionary(dict(resources.items()))
        labelled.XObject = Dictionary({**dict(resources.XObject.items()), "/CopyLabel": label})
        return self.pdf.make_indirect(labelled)

    def _stamped(self, copy: int, contents: Sequence[Object], resources: Object) -> list[StampedPage]:
        pages = []
        for number, content in enumerate(contents, 1):
            code = squares(self.paper.address(copy, number, len(contents)), QR_SIDE)
            closing = self.pdf.make_stream(_closing(code, *self.marks[number - 1]))
            pages.append(StampedPage(Array([self.opening, content, closing, self.caption]), resources))
        return pages

    def _saved(self) -> StampedFile:
        output = io.BytesIO()
        self.pdf.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        content = output.getvalue()
        return StampedFile(content, hashlib.sha256(content).hexdigest(), len(self.pdf.pages))


def stamp_all(rendered: Rendered, paper: Paper) -> StampedSet:
    """Return every copy's file and the print file. `rendered` has a label for each copy of the paper."""
    stamper = Stamper(rendered, paper, paper.copies)
    copies = tuple(stamper.copy_file(copy.number) for copy in paper.copies)
    return StampedSet(copies, stamper.print_file(), rendered.body_pages, areas_of(rendered.anchors))


def stamp_one(rendered: Rendered, paper: Paper, copy: CopyLabel) -> StampedFile:
    """Return one copy alone. `rendered` has this copy's label only."""
    return Stamper(rendered, paper, [copy]).copy_file(copy.number)


def _opening(*, is_draft: bool) -> bytes:
    """What comes before a page's text: the draft mark below it, and a saved state for what comes after."""
    if not is_draft:
        return b"q"
    half = DRAFT_SIZE * COSINE
    place = f"{half:.2f} {half:.2f} {-half:.2f} {half:.2f}"
    # The middle of the two characters, one em right and a third of an em up, goes to the middle of the page.
    x, y = 105 * MM - half * (1 - 0.35), 148.5 * MM - half * (1 + 0.35)
    mark = f"/Artifact BMC q {place} {x:.2f} {y:.2f} cm {DRAFT_GREY} g {outlines(DRAFT_WORD)} f Q EMC q"
    return mark.encode()


def _closing(code: str, label_mark: bytes, code_mark: bytes) -> bytes:
    """What comes after a page's text: the copy's label, which is text, and the QR code, which is not."""
    label = b"q 1 0 0 1 %.2f %.2f cm /CopyLabel Do Q" % (LABEL_LEFT, LABEL_BOTTOM)
    drawn = b"q 1 0 0 1 %.2f %.2f cm %s Q" % (QR_LEFT, QR_BOTTOM, code.encode())
    return b"Q %s %s EMC %s %s EMC" % (label_mark, label, code_mark, drawn)


def _signed_elsewhere(areas: Sequence[SignatureArea], roles: Sequence[str]) -> dict[int, list[SignatureArea]]:
    """Return by page where these sides would seal: the square for it, or the lines of a side that has none."""
    found: dict[int, list[SignatureArea]] = {}
    for role in roles:
        own = [area for area in areas if area.role == role]
        for area in [area for area in own if area.kind == "seal"] or own:
            found.setdefault(area.page, []).append(area)
    return found


def _elsewhere(places: Sequence[SignatureArea], digest: str) -> bytes:
    """Say in the middle of each place that the signature is in the electronic file of the text with this digest."""
    half = DIGEST_DIGITS // 2
    lines = [*ELSEWHERE, "文本摘要", digest[:half], digest[half:DIGEST_DIGITS]]
    drawn = []
    for area in places:
        middle, top = (area.left + area.width / 2) * MM, (297 - area.top - area.height / 2) * MM
        top += len(lines) / 2 * ELSEWHERE_SIZE * 1.3
        for number, line in enumerate(lines, 1):
            left, bottom = middle - width_of(line) * ELSEWHERE_SIZE / 2, top - number * ELSEWHERE_SIZE * 1.3
            place = f"{ELSEWHERE_SIZE} 0 0 {ELSEWHERE_SIZE} {left:.2f} {bottom:.2f}"
            drawn.append(f"q {place} cm {ELSEWHERE_GREY} g {outlines(line)} f Q")
    return f"/Artifact BMC {' '.join(drawn)} EMC".encode()


def _caption() -> bytes:
    """The words beside the QR code, drawn as a picture so that the page's text stays the agreement's own."""
    left = CAPTION_RIGHT - len(CAPTION) * CAPTION_SIZE
    place = f"{CAPTION_SIZE} 0 0 {CAPTION_SIZE} {left:.2f} {QR_BOTTOM:.2f}"
    return f"/Artifact BMC q {place} cm 0.3 g {outlines(CAPTION)} f Q EMC".encode()
