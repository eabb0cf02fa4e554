"""What of ours a scan may show: the final copies as they were printed, for whoever reads the pages of a scan."""

from __future__ import annotations

from collections.abc import Mapping

from agreements.documents.press import paper_of
from agreements.models import Agreement, Rendition
from uploads.sockets import Paper, PaperPage, Rectangle


def printed_papers(agreement: Agreement) -> list[Paper]:
    """Return the files of the final copies with what the code of each page says; [] while they are not made."""
    final = agreement.renditions.final().filter(state=Rendition.State.READY).first()
    if final is None:
        return []
    paper = paper_of(agreement)
    areas = signature_areas(final)
    return [
        Paper(
            copy.file,
            [
                PaperPage(page, paper.address(copy.number, page, copy.page_count), areas.get(page, {}))
                for page in range(1, copy.page_count + 1)
            ],
        )
        for copy in final.counterparts.all()
    ]


def signature_areas(rendition: Rendition) -> Mapping[int, Mapping[str, Rectangle]]:
    """Return where seals and signatures belong on each page of a copy, by the role of the side.

    Nothing stores where they were laid out yet: until the renderer says it, no page is judged by its ink.
    """
    return {}
