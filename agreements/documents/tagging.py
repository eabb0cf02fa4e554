"""The structure of a file for screen readers: PDF/UA-1 and PDF/A-2a at once (docs/decisions/0003-pdf.md).

WeasyPrint tags the text; what is stamped on it and what the parties fill in is tagged here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

MARKED = re.compile(rb"/\w+\s*<</MCID (\d+)>>\s*BDC")
MARKS = {"BDC", "BMC", "EMC"}
FOOTER = b"/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
PAGINATION = b"/Artifact <</Type /Pagination>> BDC"
CODE_IN_WORDS = "核验本页的二维码"

# PDF/A asks that a property outside XMP's own schemas is described; PDF/UA's identifier is one (ISO 19005-2, 6.6.2.3).
UA_IDENTIFIER = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
END_OF_XMP = "</rdf:RDF>"


class Tags:
    """The structure tree of an open PDF. `pages` are those that stay; what the tree says of others is left out.

    `row[n]` is what the parent tree says of page n, an element for each mark in its contents or None for an artifact.
    """

    def __init__(self, pdf: Pdf, pages: Sequence[Object]) -> None:
        self.pdf, self.pages = pdf, pages
        self.root = pdf.Root.StructTreeRoot
        self.top = self.root.K[0]
        stays = {page.objgen for page in pages}
        self.top.K = Array([kid for kid in self.top.K if kid.Pg.objgen in stays])
        # WeasyPrint numbers the pages: key n of the parent tree is page n's.
        self.rows: list[list[Any]] = [list(self.root.ParentTree.Nums[2 * number + 1]) for number in range(len(pages))]
        self.owners: list[Object] = []  # of annotations, by key after the pages'
        self._identify()

    def contents_of(self, number: int) -> Object:
        """Return a page's contents in which the foot is an artifact.

        WeasyPrint gives its margin boxes elements that hang in no tree (a PDF before 2.0 has none for artifacts).
        """
        row, tops = self.rows[number], {kid.objgen for kid in self.top.K}
        stray = {mark for mark, element in enumerate(row) if self._below_the_top(element).objgen not in tops}
        for mark in stray:
            row[mark] = None
        contents = self.pages[number].Contents.read_bytes()
        return self.pdf.make_stream(MARKED.sub(lambda m: FOOTER if int(m[1]) in stray else m[0], contents))

    def stamp(self, number: int) -> tuple[bytes, bytes]:
        """Return how the contents of a page mark its label and its QR code.

        Both are said once, on the first page. On the others they are a running foot and its like.
        """
        if number:
            return FOOTER, PAGINATION
        row, page = self.rows[0], self.pages[0]
        label, code = len(row), len(row) + 1
        row.append(self.element("P", self.top, page, K=label))
        row.append(self.element("Figure", self.top, page, K=code, Alt=pikepdf.String(CODE_IN_WORDS)))
        self.top.K = Array([*row[label:], *self.top.K])
        return b"/P <</MCID %d>> BDC" % label, b"/Figure <</MCID %d>> BDC" % code

    def place_code(self, box: Sequence[float]) -> None:
        """Say where on the first page the QR code is, in points."""
        rounded = Array([round(edge, 3) for edge in box])
        self.rows[0][-1].A = Dictionary(O=Name.Layout, BBox=rounded, Placement=Name.Block)

    def element(self, kind: str, parent: Object, page: Object, **more: Any) -> Object:
        """Return a new element; its parent learns of it from the caller."""
        return self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=parent, Pg=page, **more))

    def own(self, annotation: Object, element: Object) -> None:
        """Tie an annotation to the element that holds it."""
        annotation.StructParent = len(self.pages) + len(self.owners)
        self.owners.append(element)

    def write(self) -> None:
        """Write the parent tree: nothing is added afterwards."""
        every = [*(Array(row) for row in self.rows), *self.owners]
        numbers = [entry for key, value in enumerate(every) for entry in (key, value)]
        self.root.ParentTree = self.pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        self.root.ParentTreeNextKey = len(every)

    def _below_the_top(self, element: Object) -> Object:
        """Return the element above this one that stands, or claims to stand, right below the document."""
        while element.P.objgen != self.top.objgen:
            element = element.P
        return element

    def _identify(self) -> None:
        xmp = self.pdf.Root.Metadata.read_bytes().decode().replace(END_OF_XMP, UA_IDENTIFIER + END_OF_XMP)
        # Not compressed: a tool that knows no PDF finds it.
        self.pdf.Root.Metadata = self.pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)


def left_out(pdf: Pdf) -> None:
    """Take the structure out of a file whose pages share contents: PDF/A-2u, for paper."""
    for entry in (Name.StructTreeRoot, Name.MarkInfo, Name.AcroForm):
        if entry in pdf.Root:
            del pdf.Root[entry]
    xmp = pdf.Root.Metadata.read_bytes().decode().replace(UA_IDENTIFIER, "")
    pdf.Root.Metadata.write(xmp.replace('pdfaid:conformance="A"', 'pdfaid:conformance="U"').encode())


def form_without_marks(pdf: Pdf, page: pikepdf.Page) -> Object:
    """Return a page as a form that says nothing of its own structure: whatever paints it does."""
    form = pdf.make_indirect(page.as_form_xobject())
    steps = [step for step in pikepdf.parse_content_stream(form) if str(step.operator) not in MARKS]
    form.write(pikepdf.unparse_content_stream(steps))
    return form
