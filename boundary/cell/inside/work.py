"""One job of a cell, from plain data to plain data: judging a file, drawing and reading its pages, tables, signatures.

Pages and rows lie in the cell's folder when it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from boundary.cell import bounds
from boundary.cell.inside import drawing, keystores, pdfs, pictures, reading, seals, signatures, tables
from boundary.cell.inside.kinds import PDF, kind_of
from boundary.cell.inside.papers import Papers
from boundary.refused import MOST_PAGES, TOO_HEAVY, UploadRefused


def answer(job: dict[str, Any], counted: Callable[[int], None]) -> dict[str, Any]:
    """Do a job: {"act": "judge", "path"}, {"act": "draw", "path", "widths": [large, small], "papers"}
    (`papers.Papers`), {"act": "tables", "path", "most", "beside"} (`tables.read`), {"act": "keystore", …}
    (`keystores.read`), {"act": "seal", "path"} (`seals.cut_out`) or {"act": "signatures", "path", "roots"}
    (`signatures.answer`).

    Answers {"refused": words} or of pages {"type", "pages", "doubts"}, to which drawing adds {"drawn"}; `doubts` are
    lists of a page with what is doubtful about it, `drawn` of a page with the width and height of its larger picture
    and what was read on it (`reading.Read.told`).
    """
    path = Path(job["path"])
    try:
        if job["act"] == "keystore":
            return keystores.read(job)
        if job["act"] == "tables":
            return tables.read(path, job["most"], job["beside"], counted)
        if job["act"] == "seal":
            return seals.cut_out(path)
        content = path.read_bytes()
        if job["act"] == "signatures":
            return signatures.answer(content, job["roots"], counted)
        kind = kind_of(content)
        if job["act"] == "judge":
            return _judged(content, kind, counted)
        with Papers(job["papers"]) as papers:
            return _drawn(content, kind, job["widths"], papers, counted)
    except UploadRefused as refusal:
        return {"refused": str(refusal)}


def counted(said: bytes) -> int:
    """Return how many pages a cell says that it has counted, never more than a file may have."""
    return min(int(said), MOST_PAGES) if said.isdigit() else 0


def _judged(content: bytes, kind: str, counted: Callable[[int], None]) -> dict[str, Any]:
    """Count everything, then draw the first pages small: what cannot be drawn is not kept."""
    pages = _counted(content, kind, counted)
    tried = range(1, min(pages, bounds.TRIED_PAGES) + 1)
    doubts = [[page, drawing.doubt(shown)] for page, shown in drawing.drawn(content, kind, tried, bounds.TRIED_WIDTH)]
    return {"type": kind, "pages": pages, "doubts": [each for each in doubts if each[1]]}


def _drawn(
    content: bytes, kind: str, widths: list[int], papers: Papers, counted: Callable[[int], None]
) -> dict[str, Any]:
    """Count everything, then draw every page, read it, and keep it upright in two sizes. A sheet on which two of our
    pages lie side by side counts as two, the left one first.
    """
    pages = _counted(content, kind, counted)
    large, small = widths
    drawn: list[list[Any]] = []
    doubts, written = [], 0
    for page, sheet in drawing.drawn(content, kind, range(1, pages + 1), large, shortest=bounds.READ_WIDTH):
        may_be_two = len(drawn) + pages - page + 2 <= MOST_PAGES
        for shown, read in reading.pages_on(sheet, papers, page, may_be_two=may_be_two):
            number, size = len(drawn) + 1, shown.size
            if words := drawing.doubt(shown) or read.doubt:
                doubts.append([number, words])
            picture = reading.upright(shown, read)
            wide = picture.width
            picture.thumbnail((large, bounds.HIGHEST * large))
            drawn.append([number, *picture.size, read.told(picture.width / wide, size)])
            written += _saved(picture, f"{number}.jpg")
            picture.thumbnail((small, bounds.HIGHEST * small), Image.Resampling.BOX)
            written += _saved(picture, f"{number}-small.jpg")
            if written > bounds.LARGEST_DRAWN:
                raise UploadRefused(TOO_HEAVY)
    return {"type": kind, "pages": len(drawn), "doubts": doubts, "drawn": drawn}


def _counted(content: bytes, kind: str, counted: Callable[[int], None]) -> int:
    if kind == PDF:
        return pdfs.judge(content, counted)
    counted(1)
    pictures.judge(content, kind)
    return 1


def _saved(picture: Image.Image, name: str) -> int:
    picture.save(name, "JPEG", quality=bounds.QUALITY)
    return Path(name).stat().st_size
