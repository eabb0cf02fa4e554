"""The door for what has pages: what a stranger's file is, its pages as pictures, and what is read on them.

Whoever calls waits until the cell is done (`asking`), so no request does: jobs call, and commands at the console.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from boundary.cell import bounds
from boundary.cell.answers import number, opened, words
from boundary.cell.asking import FOR_EVER, OF_PAGES, Patience, asked
from boundary.cell.seen import OurPaper, Seen, seen
from boundary.refused import DAMAGED, MOST_PAGES, UploadRefused

KINDS = frozenset({"application/pdf", "image/jpeg", "image/png"})
JPEG = b"\xff\xd8\xff"


class Kind(StrEnum):
    """What a file was sent as. Its content says whether it is that."""

    SCAN = "scan"  # pages to look at: PDF, JPEG, PNG


@dataclass(frozen=True)
class Doubt:
    """What a person should look at on a page, counted from 1. It refuses nothing."""

    page: int
    words: str


@dataclass(frozen=True)
class Verdict:
    """A file that may be kept; `doubts` are of the pages that were tried (`bounds.TRIED_PAGES`)."""

    content_type: str
    page_count: int
    sha256: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Drawn:
    """One page as pictures, upright, how large the larger is, and what was read on it."""

    page: int
    large: Path
    small: Path
    width: int
    height: int
    seen: Seen


def judge(path: Path, kind: Kind, *, patience: Patience = FOR_EVER) -> Verdict:
    """Return what a file is. Raises UploadRefused with the reason and the cure, FileNotFoundError."""
    with TemporaryDirectory(prefix="yiyang-cell-") as folder:
        job = {"act": "judge", "kind": kind.value, "path": str(path.resolve(strict=True))}
        said = asked(job, Path(folder), patience, OF_PAGES)
    return _verdict(path, said)


def draw(
    path: Path,
    kind: Kind,
    *,
    widths: tuple[int, int],
    into: Path,
    papers: Sequence[OurPaper] = (),
    patience: Patience = FOR_EVER,
) -> tuple[Verdict, list[Drawn]]:
    """Judge a file, draw every page in two sizes, into a folder that is empty and the caller's own, and read it.

    `widths` in dots, the larger first. A page that shows the code of one of `papers` is compared with that. The doubts
    are of all pages. Raises UploadRefused also for what cannot be drawn.
    """
    job = {"act": "draw", "kind": kind.value, "path": str(path.resolve(strict=True)), "widths": list(widths)}
    said = asked({**job, "papers": [paper.told for paper in papers]}, into, patience, OF_PAGES)
    verdict = _verdict(path, said)
    areas = {page.code: frozenset(page.areas) for paper in papers for page in paper.pages}
    try:
        drawn = [
            Drawn(
                page,
                into / f"{page}.jpg",
                into / f"{page}-small.jpg",
                number(width, bounds.WIDEST),
                number(height, bounds.WIDEST),
                seen(read, areas),
            )
            for page, width, height, read in ((number(page, MOST_PAGES), *rest) for page, *rest in said["drawn"])
        ]
    except (KeyError, TypeError, ValueError):
        raise UploadRefused(DAMAGED) from None
    whole = [each.page for each in drawn] == list(range(1, verdict.page_count + 1))
    if not whole or not all(_is_picture(path) for each in drawn for path in (each.large, each.small)):
        raise UploadRefused(DAMAGED)
    return verdict, drawn


def _verdict(path: Path, said: dict[str, Any]) -> Verdict:
    try:
        doubts = tuple(
            Doubt(number(page, MOST_PAGES), words(told, bounds.LONGEST_DOUBT)) for page, told in said["doubts"]
        )
        kind, pages = said["type"], number(said["pages"], MOST_PAGES)
        if kind not in KINDS:
            raise UploadRefused(DAMAGED)
    except (KeyError, TypeError, ValueError):
        raise UploadRefused(DAMAGED) from None
    return Verdict(kind, pages, _digest(path), doubts)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_picture(path: Path) -> bool:
    try:
        with opened(path) as file:
            return file.read(len(JPEG)) == JPEG
    except OSError:
        return False
