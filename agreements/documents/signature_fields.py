"""What the parties fill in when they sign electronically, laid in when the text is frozen.

So later signing adds nothing to the structure: it replaces looks and values of fields that stand there already, which
keeps an earlier signature valid and the file PDF/UA-1 (docs/decisions/0003-pdf.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, String

from agreements.documents.places import SignatureArea, written_lines
from agreements.documents.tagging import Tags
from sealing.pades.edges import Slice, at_the_edge, slices

MM = 72 / 25.4  # points
PAGE_HEIGHT = 297.0  # mm
PRINTED, LOCKED, READ_ONLY = 4, 128, 1  # flags of an annotation, of a field
EDGE_BOTTOM = {"medical": 150.0, "elder_care": 90.0}  # mm from the foot of the page to the seal across the edges
SPOKEN = {"medical": "医疗卫生机构", "elder_care": "养老服务机构"}
LINES = {  # what the lines are that a signature fills, by what their fields are called
    "name": "签署人",
    "day": "签署日期",
    "beside": "签署人和签署日期",
    "shared-day": "后签署时的签署日期",
    "attested-name": "签署人，签章日期证明页",
    "attested-day": "签署日期，签章日期证明页",
}
RENEWALS = 4  # timestamps foreseen to follow each other: a field each, for none may be added later

Box = tuple[float, float, float, float]  # left, bottom, right, top in points


class SignatureFields:
    """Lays fields into a file."""

    def __init__(self, tags: Tags, areas: Sequence[SignatureArea]) -> None:
        self.tags = tags
        self.fields: list[Object] = []
        self.blocks = {area.role: area for area in areas if area.kind == "block" and area.role}
        self.lines = {role: written_lines(areas, role) for role in self.blocks}
        self.seals = {area.role: area for area in areas if area.kind == "seal" and area.role}

    def lay(self) -> None:
        """Add all fields: a signature of each party and the lines that it fills, its seal's part on each page's edge,
        and the timestamps."""
        for page in self.tags.pages:
            page.Annots = Array()
            page.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)  # a seal is see-through
        for role, element in zip(self.blocks, self._elements(), strict=True):
            self._signature(role, element)
            self._lines(role, element)
        ending = self.tags.element("Sect", self.tags.top, self.tags.pages[0], K=Array())
        self.tags.top.K.append(ending)
        for role in self.blocks:
            self._edges(role, ending)
        for number in range(1, RENEWALS + 1):
            looks = Dictionary(N=self._nothing(0, 0))
            self._field(f"time-{number}", f"时间戳 {number}", 0, (0, 0, 0, 0), ending, FT=Name.Sig, AP=looks)
        form = Dictionary(Fields=Array(self.fields))
        self.tags.pdf.Root.AcroForm = self.tags.pdf.make_indirect(form)

    def _elements(self) -> list[Object]:
        """Return the elements of the parties' parts: those within the first division of the only section."""
        section = next(kid for kid in self.tags.top.K if Name.Sect == kid.S)
        return list(section.K[0].K)

    def _signature(self, role: str, element: Object) -> None:
        area = self.seals.get(role) or self.blocks[role]
        left, bottom = area.left * MM, (PAGE_HEIGHT - area.top - area.height) * MM
        width, height = area.width * MM, area.height * MM
        box = (left, bottom, left + width, bottom + height)
        looks = Dictionary(N=self._nothing(width, height))
        self._field(f"seal-{role}", f"{SPOKEN[role]}签章", area.page - 1, box, element, FT=Name.Sig, AP=looks)

    def _lines(self, role: str, element: Object) -> None:
        for name, line in self.lines[role].items():
            left, top, right, bottom = (edge * MM for edge in line.box)
            high = PAGE_HEIGHT * MM
            box = (left, high - bottom, right, high - top)
            self._blank(f"line-{role}-{name}", f"{SPOKEN[role]}{LINES[name]}", line.page - 1, box, element)

    def _edges(self, role: str, ending: Object) -> None:
        for number, slice_ in enumerate(slices(len(self.tags.pages))):
            spoken = f"{SPOKEN[role]}骑缝章，第 {number + 1} 页"
            box = self._edge(number, slice_, EDGE_BOTTOM[role])
            self._blank(f"edge-{role}-{number + 1:03}", spoken, number, box, ending)

    def _edge(self, number: int, slice_: Slice, bottom: float) -> Box:
        page = self.tags.pages[number]
        left, low, right, high = (float(edge) for edge in page.get("/CropBox", page.MediaBox))
        turned = int(page.get("/Rotate", 0)) % 360
        return at_the_edge((left, low, right, high), turned, slice_, bottom=bottom, unit=MM)

    def _blank(self, name: str, spoken: str, number: int, box: Box, parent: Object) -> None:
        """Add a field that shows nothing until its party signs.

        A check box: PDF/A wants states below /N of any button, and a push button has none.
        """
        left, bottom, right, top = box
        looks = Dictionary(N=Dictionary(Off=self._nothing(right - left, top - bottom)))
        state = {"Ff": READ_ONLY, "V": Name.Off, "AS": Name.Off, "AP": looks}
        self._field(name, spoken, number, box, parent, FT=Name.Btn, **state)

    def _field(self, name: str, spoken: str, number: int, box: Box, parent: Object, **more: Any) -> None:
        """Add a field that is its own widget, inside a form element below `parent`."""
        page, pdf = self.tags.pages[number], self.tags.pdf
        widget = Dictionary(Type=Name.Annot, Subtype=Name.Widget, T=String(name), TU=String(spoken), P=page)
        widget.Rect, widget.F = Array([round(edge, 3) for edge in box]), PRINTED | LOCKED
        for entry, value in more.items():
            widget[f"/{entry}"] = value
        widget = pdf.make_indirect(widget)
        page.Annots.append(widget)
        # The reference itself, not an array of one: pyHanko's comparison of revisions knows no other form.
        reference = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page)
        element = self.tags.element("Form", parent, page, K=reference, Alt=String(spoken))
        parent.K.append(element)
        self.tags.own(widget, element)
        self.fields.append(widget)

    def _nothing(self, width: float, height: float) -> Object:
        box = Array([0, 0, round(width, 3), round(height, 3)])
        return self.tags.pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=box)
