"""The door to the cells: what a stranger's file is, and its pages as pictures.

Whoever calls waits until the cell is done, so no request does: jobs call, and commands at the console. No caller need
know how a cell ended: whatever made a file's refusal, it is a refusal. Only when no cell could be had is it `NotNow`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from boundary.cell import bounds
from boundary.cell.keeper import KEEPER, CellUnavailable, Ended
from boundary.cell.slots import Busy, slot
from boundary.refused import DAMAGED, TOO_HEAVY, TOO_LONG, NotNow, UploadRefused

logger = logging.getLogger(__name__)
KINDS = frozenset({"application/pdf", "image/jpeg", "image/png"})
JPEG = b"\xff\xd8\xff"
TAIL = 2_000  # bytes of what a broken cell said that are worth keeping


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
    """One page as pictures, and how large the larger is."""

    page: int
    large: Path
    small: Path
    width: int
    height: int


@dataclass(frozen=True)
class Patience:
    """Seconds that a caller waits: for a free cell (None: for ever), and at most for its work."""

    for_a_slot: float | None = None
    for_the_work: float = bounds.MOST_SECONDS


FOR_EVER = Patience()


def judge(path: Path, kind: Kind, *, patience: Patience = FOR_EVER) -> Verdict:
    """Return what a file is. Raises UploadRefused with the reason and the cure, FileNotFoundError."""
    with TemporaryDirectory(prefix="yiyang-cell-") as folder:
        said = _asked(
            {"act": "judge", "kind": kind.value, "path": str(path.resolve(strict=True))}, Path(folder), patience
        )
    return _verdict(path, said)


def draw(
    path: Path, kind: Kind, *, widths: tuple[int, int], into: Path, patience: Patience = FOR_EVER
) -> tuple[Verdict, list[Drawn]]:
    """Judge a file and draw every page in two sizes, into a folder that is empty and the caller's own.

    `widths` in dots, the larger first. The doubts are of all pages. Raises UploadRefused also for what cannot be drawn.
    """
    job = {"act": "draw", "kind": kind.value, "path": str(path.resolve(strict=True)), "widths": list(widths)}
    said = _asked(job, into, patience)
    verdict = _verdict(path, said)
    try:
        drawn = [
            Drawn(int(page), into / f"{int(page)}.jpg", into / f"{int(page)}-small.jpg", int(width), int(height))
            for page, width, height in said["drawn"]
        ]
    except (KeyError, TypeError, ValueError):
        raise UploadRefused(DAMAGED) from None
    whole = [each.page for each in drawn] == list(range(1, verdict.page_count + 1))
    if not whole or not all(_is_picture(path) for each in drawn for path in (each.large, each.small)):
        raise UploadRefused(DAMAGED)
    return verdict, drawn


def _verdict(path: Path, said: dict[str, Any]) -> Verdict:
    try:
        doubts = tuple(Doubt(int(page), str(words)) for page, words in said["doubts"])
        verdict = Verdict(str(said["type"]), int(said["pages"]), _digest(path), doubts)
    except (KeyError, TypeError, ValueError):
        raise UploadRefused(DAMAGED) from None
    if verdict.content_type not in KINDS:
        raise UploadRefused(DAMAGED)
    return verdict


def _asked(job: dict[str, Any], folder: Path, patience: Patience) -> dict[str, Any]:
    """Return the cell's answer, which is data of a stranger's. Raises UploadRefused, NotNow when it is our fault."""
    try:
        # The turn first: a thread that waits for another of this process keeps no slot from other processes.
        with KEEPER.turn, slot(settings.CELL_FOLDER, settings.CELLS, patience=patience.for_a_slot):
            ended = KEEPER.run(job, folder.resolve(), settings.CELL_SECONDS, most_seconds=patience.for_the_work)
    except Busy:
        raise NotNow from None
    except (CellUnavailable, OSError) as error:
        logger.exception("cell: none could be started")
        raise NotNow from error
    if ended.code != 0 or ended.late:
        raise _why(ended, folder)
    try:
        with (folder / bounds.ANSWER).open("rb") as file:
            said = json.loads(file.read(bounds.LARGEST_ANSWER))
    except (OSError, ValueError):
        raise UploadRefused(DAMAGED) from None
    if not isinstance(said, dict):
        raise UploadRefused(DAMAGED)
    if "refused" in said:
        raise UploadRefused(str(said["refused"]))
    return said


def _why(ended: Ended, folder: Path) -> UploadRefused:
    """Return what the uploader is told of a cell that ended without an answer, and log what the operator may want."""
    if ended.late or ended.code == -signal.SIGXCPU:
        told = (ended.seconds, ended.worked, ended.waited)
        logger.warning("cell: ended after %.1f s, having worked for %.1f and waited for a processor for %.1f", *told)
        # Its weight is what it worked, whatever else the machine had to do. One that had hardly worked, all its waiting
        # granted, says nothing about its file.
        is_heavy = ended.code == -signal.SIGXCPU or ended.worked >= ended.allowed / 2
        return UploadRefused(TOO_LONG) if is_heavy else NotNow()
    if ended.code == bounds.OUT_OF_MEMORY:
        logger.warning("cell: out of memory")
        return UploadRefused(TOO_HEAVY)
    logger.error("cell: ended with %d, saying %r", ended.code, _tail(folder / bounds.SAID))
    return UploadRefused(DAMAGED)


def _tail(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - TAIL, 0))
            return file.read(TAIL)
    except OSError:
        return b""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(JPEG)) == JPEG
    except OSError:
        return False
