"""What stands for a scanned paper in the demo: as many pages as the copy has, each marked 演示."""

from __future__ import annotations

import io

import pikepdf

from agreements.models import Agreement
from agreements.text.fonts import outlines

A4 = (595, 842)
MARK = "演示扫描件"
SEAL = "演示章"
# A ring of radius 42 around (0, 0) from four Bézier curves, as PDF path operators.
RING = "42 0 m 42 23.2 23.2 42 0 42 c -23.2 42 -42 23.2 -42 0 c -42 -23.2 -23.2 -42 0 -42 c 23.2 -42 42 -23.2 42 0 c s"


def scan_of(agreement: Agreement, pages: int) -> bytes:
    """Return a PDF of that many pages with the agreement's number, the mark and, on the last page, two seals."""
    return marked(agreement.number, pages)


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


def _page(line: str, *, is_last: bool) -> str:
    seals = [_seal(160, 190), _seal(435, 190)] if is_last else []
    mark = f"q 0.75 g 72 0 0 72 118 420 cm\n{outlines(MARK)}\nf Q"
    return "\n".join([f"BT /F 12 Tf 60 790 Td ({line}) Tj ET", mark, *seals])


def _seal(x: int, y: int) -> str:
    words = f"22 0 0 22 -33 -8 cm\n{outlines(SEAL)}\nf"
    return f"q 0.8 0.1 0.1 rg 0.8 0.1 0.1 RG 2 w 1 0 0 1 {x} {y} cm {RING} {words} Q"
