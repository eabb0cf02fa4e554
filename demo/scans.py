"""What stands for scanned paper in the demo: the copies themselves, askew on paper that is not white, with red rings
that say 演示 where seals go; and plain pages with that mark for what has no copy of ours."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable

import pikepdf

from agreements.documents.places import SignatureArea, signature_areas
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement
from agreements.text.fonts import outlines

A4 = (595, 842)
POINT = 72 / 25.4  # of a millimetre
MARK = "演示扫描件"
SEAL, WRITING = "演示章", "演示签字"
RED, BLUE, PAPER = "0.8 0.1 0.1", "0.15 0.2 0.5", "0.965 0.957 0.937"
ASKEW = (0.7, -0.5, 0.4, -0.8)  # degrees, of one page after the other
# A ring of radius 42 around (0, 0) from four Bézier curves, as PDF path operators.
RING = "42 0 m 42 23.2 23.2 42 0 42 c -23.2 42 -42 23.2 -42 0 c -42 -23.2 -23.2 -42 0 -42 c 23.2 -42 42 -23.2 42 0 c s"


def scan_of(agreement: Agreement, *, only: int | None = None) -> bytes:
    """Return what a scan of the copies that have to come back would be, as one PDF: the final copies must be made.
    `only` one page of each, counted from 1, where it is scanned again.

    Drawn from the copies' own pages and not from pictures of them: that costs nothing, and only cells draw.
    """
    copies = copies_made(agreement)
    due = copies if agreement.chosen_version.parsed.takes_all_copies else copies[:1]
    areas = signature_areas(copies[0].rendition)
    with pikepdf.new() as pdf:
        for copy in due:
            with copy.file.open("rb") as file, pikepdf.open(io.BytesIO(file.read())) as source:
                for number, page in enumerate(source.pages, 1):
                    if only not in {None, number}:
                        continue
                    _lay(pdf, page, [area for area in areas if area.page == number], ASKEW[number % len(ASKEW)])
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def marked(label: str, pages: int = 1) -> bytes:
    """Return a PDF of that many pages with an ASCII label, the mark and, on the last page, two seals."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for number in range(1, pages + 1):
            sheet = pdf.add_blank_page(page_size=A4)
            sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            content = _page(f"{label}   {number} / {pages}", is_last=number == pages)
            sheet.Contents = pdf.make_stream(content.encode("ascii"))
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _lay(pdf: pikepdf.Pdf, page: pikepdf.Page, areas: Iterable[SignatureArea], askew: float) -> None:
    """Add a page of a copy as it would come out of a scanner: turned about its middle by so many degrees."""
    sheet = pdf.add_blank_page(page_size=A4)
    form = pdf.copy_foreign(page.as_form_xobject())
    sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Copy=form))
    cos, sin = math.cos(math.radians(askew)), math.sin(math.radians(askew))
    x, y = A4[0] / 2, A4[1] / 2
    turned = f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x - cos * x + sin * y:.2f} {y - sin * x - cos * y:.2f} cm"
    ground = f"{PAPER} rg 0 0 {A4[0]} {A4[1]} re f"
    sheet.obj.Contents = pdf.make_stream("\n".join(["q", ground, turned, "/Copy Do", *_signed(areas), "Q"]).encode())


def _signed(areas: Iterable[SignatureArea]) -> list[str]:
    """Return what is drawn where the sides sign: a ring where one seals, and beside its lines the words."""
    every = list(areas)
    sealed = {area.role for area in every if area.kind == "seal"}
    rings = [_seal(*_middle(area)) for area in every if area.kind == "seal"]
    return rings + [_written(*_middle(area)) for area in every if area.kind != "seal" and area.role not in sealed]


def _middle(area: SignatureArea) -> tuple[float, float]:
    """Return the middle of an area in points from the bottom left corner."""
    return (area.left + area.width / 2) * POINT, A4[1] - (area.top + area.height / 2) * POINT


def _page(line: str, *, is_last: bool) -> str:
    seals = [_seal(160, 190), _seal(435, 190)] if is_last else []
    mark = f"q 0.75 g 72 0 0 72 118 420 cm\n{outlines(MARK)}\nf Q"
    return "\n".join([f"BT /F 12 Tf 60 790 Td ({line}) Tj ET", mark, *seals])


def _seal(x: float, y: float) -> str:
    words = f"22 0 0 22 -33 -8 cm\n{outlines(SEAL)}\nf"
    return f"q {RED} rg {RED} RG 2 w 1 0 0 1 {x:.1f} {y:.1f} cm {RING} {words} Q"


def _written(x: float, y: float) -> str:
    return f"q {BLUE} rg 26 0 0 26 {x - 52:.1f} {y - 10:.1f} cm\n{outlines(WRITING)}\nf Q"
