"""One job of a cell, from plain data to plain data: judging a file, or drawing its pages into the cell's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from boundary.cell import bounds
from boundary.cell.inside import drawing, pdfs, pictures
from boundary.cell.inside.kinds import PDF, kind_of
from boundary.refused import MOST_PAGES, UploadRefused


def answer(job: dict[str, Any], counted: Callable[[int], None]) -> dict[str, Any]:
    """Do a job: {"act": "judge", "path"} or {"act": "draw", "path", "pages", "width"}.

    Answers {"refused": words}, {"missing": page}, {"type", "pages", "doubts"} or {"drawn"}; `doubts` and `drawn` are
    lists of a page with what is doubtful about it.
    """
    content = Path(job["path"]).read_bytes()
    try:
        kind = kind_of(content)
        if job["act"] == "judge":
            return _judged(content, kind, counted)
        counted(len(job["pages"]))
        return {"drawn": _drawn(content, kind, job["pages"], job["width"])}
    except UploadRefused as refusal:
        return {"refused": str(refusal)}
    except drawing.NoSuchPage as missing:
        return {"missing": missing.page}


def counted(said: bytes) -> int:
    """Return how many pages a cell says that it has counted, never more than a file may have."""
    return min(int(said), MOST_PAGES) if said.isdigit() else 0


def _judged(content: bytes, kind: str, counted: Callable[[int], None]) -> dict[str, Any]:
    """Count everything, then draw the first pages small: what cannot be drawn is not kept."""
    if kind == PDF:
        pages = pdfs.judge(content, counted)
    else:
        pages = 1
        counted(pages)
        pictures.judge(content, kind)
    tried = range(1, min(pages, bounds.TRIED_PAGES) + 1)
    doubts = [[page, drawing.doubt(shown)] for page, shown in drawing.drawn(content, kind, tried, bounds.TRIED_WIDTH)]
    return {"type": kind, "pages": pages, "doubts": [each for each in doubts if each[1]]}


def _drawn(content: bytes, kind: str, pages: list[int], width: int) -> list[list[Any]]:
    found = []
    for page, shown in drawing.drawn(content, kind, pages, width):
        shown.save(f"{page}.png", "PNG")
        found.append([page, drawing.doubt(shown)])
    return found
