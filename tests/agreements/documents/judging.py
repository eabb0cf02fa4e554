"""Whether a file is PDF/A-2a and PDF/UA-1: a validator's word, and that marks, tree and parent tree agree."""

import io
import re
from collections.abc import Iterator
from typing import Any

import page as validator
import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

ACCESSIBLE = ("2a", "ua1")
FOR_PAPER = ("2u",)


def failures(pdf: bytes, *profiles: str) -> list[str]:
    """Return what the validator finds, two false alarms of page-validation 0.11 aside."""
    found = [failure for profile in profiles for failure in validator.validate_pdf_bytes(pdf, profile=profile).failures]
    return [f"{failure.rule_id}: {failure.message}" for failure in found if not _is_false(failure, pdf)]


def _is_false(failure: Any, pdf: bytes) -> bool:
    if "STREAM-LENGTH" in failure.rule_id:
        # Compressed data that happens to end in CR, then the writer's LF: taken for one line end.
        return b"\r\nendstream" in pdf
    if "SIGNATURE-BYTERANGE" in failure.rule_id:
        # An earlier signature cannot cover what was signed after it; each covers all of its own revision.
        ranges = re.findall(rb"/ByteRange\s*\[\s*0\s+\d+\s+(\d+)\s+(\d+)\s*\]", pdf)
        return all(pdf[: int(start) + int(length)].rstrip(b"\n").endswith(b"%%EOF") for start, length in ranges)
    return False


def disagreements(pdf: bytes) -> list[str]:
    """Compare the marks in the contents, the structure tree and the parent tree, which the validator does not."""
    wrong: list[str] = []
    with Pdf.open(io.BytesIO(pdf)) as opened:
        numbers = list(opened.Root.StructTreeRoot.ParentTree.Nums)
        parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        owners: dict[Any, Any] = {}
        for element, item in _leaves(opened.Root.StructTreeRoot.K):
            target = item.Obj.objgen if isinstance(item, Dictionary) else (element.Pg.objgen, int(item))
            if target in owners:
                wrong.append(f"{target} stands twice in the tree")
            owners[target] = element.objgen
        for number, page in enumerate(opened.pages, 1):
            wrong += [f"page {number}: {fault}" for fault in _faults(page, parents, owners)]
    return wrong


def _faults(page: pikepdf.Page, parents: dict[int, Any], owners: dict[Any, Any]) -> Iterator[str]:
    steps = pikepdf.parse_content_stream(page)
    marks = [int(s.operands[1].MCID) for s in steps if str(s.operator) == "BDC" and "/MCID" in s.operands[1]]
    row = parents.get(int(page.obj.get("/StructParents", -1)), [])
    said = {mark: element.objgen for mark, element in enumerate(row) if element is not None}
    held = {mark: owners.get((page.obj.objgen, mark)) for mark in marks}
    if said != held or len(marks) != len(held):
        yield f"{len(marks)} marks, parent tree {said}, tree {held}"
    for annotation in page.obj.get("/Annots", []):
        parent = parents.get(int(annotation.get("/StructParent", -1)))
        if parent is None or parent.objgen != owners.get(annotation.objgen):
            yield f"annotation {annotation.get('/T')}"


def _leaves(kids: Object) -> Iterator[tuple[Object, Any]]:
    for kid in kids if isinstance(kids, Array) else [kids]:
        below = kid.get("/K", Array())
        for item in below if isinstance(below, Array) else [below]:
            if isinstance(item, Dictionary) and item.get("/Type") != Name.OBJR:
                yield from _leaves(Array([item]))
            else:
                yield kid, item
