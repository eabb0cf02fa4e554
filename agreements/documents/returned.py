"""What of ours a scan may show: the final copies as they were printed, for whoever reads the pages of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from agreements.documents.places import INKED, SignatureArea, signature_areas
from agreements.documents.press import paper_of
from agreements.models import Agreement, Counterpart, Rendition
from agreements.models.ways import Way
from boundary.cell.seen import OurPage, Rectangle
from institutions.models import Role
from uploads.sockets import Paper


def printed_papers(agreement: Agreement) -> list[Paper]:
    """Return the files of the final copies with what the code of each page says; [] while they are not made."""
    final = agreement.renditions.final().filter(state=Rendition.State.READY).first()
    if final is None:
        return []
    paper = paper_of(agreement)
    areas = inked_areas(area for area in signature_areas(final) if _is_inked(final, area))
    return [
        Paper(
            copy.file,
            [
                OurPage(page, paper.address(copy.number, page, copy.page_count), areas.get(page, {}))
                for page in range(1, copy.page_count + 1)
            ],
            partial(picture_of, copy),
        )
        for copy in final.counterparts.all()
    ]


def _is_inked(final: Rendition, area: SignatureArea) -> bool:
    """Whether a seal is pressed there: what signs on screen leaves no ink on the paper of the other side."""
    if not area.role or final.frozen is None:
        return True
    return final.frozen.ways[Role(area.role)] is Way.PAPER


def picture_of(copy: Counterpart, page: int) -> str:
    """Return where in the storage the picture of a page of a copy is kept, once a scan of it has been judged."""
    return f"{str(copy.file).removesuffix('.pdf')}-{page}.jpg"


def inked_areas(places: Iterable[SignatureArea]) -> Mapping[int, Mapping[str, Rectangle]]:
    """Return on which page each side signs and where, in mm: round its lines and the room for its seal, by its role.

    A seal is set over the name as often as beside it, so that only nothing in both tells that a side has not signed.
    """
    found: dict[int, dict[str, Rectangle]] = {}
    for area in places:
        if area.role and area.kind in INKED:
            own = (area.left, area.top, area.width, area.height)
            on_page = found.setdefault(area.page, {})
            on_page[area.role] = _round_both(on_page[area.role], own) if area.role in on_page else own
    return found


def _round_both(one: Rectangle, other: Rectangle) -> Rectangle:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top
