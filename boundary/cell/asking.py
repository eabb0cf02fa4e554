"""Asking a cell: waiting for a free one, and putting in words however it ends.

No caller need know how a cell ended: whatever made a file's refusal, it is a refusal. Only when no cell could be had is
it `NotNow`.
"""

from __future__ import annotations

import json
import logging
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from boundary import refused
from boundary.cell import answers, bounds
from boundary.cell.keeper import KEEPER, CellUnavailable, Ended
from boundary.cell.slots import Busy, slot
from boundary.refused import NotNow, UploadRefused

logger = logging.getLogger(__name__)
TAIL = 2_000  # bytes of what a broken cell said that are worth keeping


@dataclass(frozen=True)
class Patience:
    """Seconds that a caller waits: for a free cell (None: for ever), and at most for its work."""

    for_a_slot: float | None = None
    for_the_work: float = bounds.MOST_SECONDS


FOR_EVER = Patience()


@dataclass(frozen=True)
class Words:
    """What is said of a file whose cell ended without an answer, with the cure for files of its kind."""

    damaged: str
    too_long: str
    too_heavy: str


OF_PAGES = Words(refused.DAMAGED, refused.TOO_LONG, refused.TOO_HEAVY)
OF_TABLES = Words(refused.TABLE_DAMAGED, refused.TABLE_TOO_LONG, refused.TABLE_TOO_HEAVY)
OF_SIGNED = Words(refused.SIGNED_UNREADABLE, refused.SIGNED_TOO_LONG, refused.SIGNED_TOO_HEAVY)


def asked(job: dict[str, Any], folder: Path, patience: Patience, words: Words) -> dict[str, Any]:
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
        raise _why(ended, folder, words)
    try:
        with answers.opened(folder / bounds.ANSWER) as file:
            said = json.loads(file.read(bounds.LARGEST_ANSWER))
        if not isinstance(said, dict):
            raise UploadRefused(words.damaged)
        reason = answers.words(said.get("refused", ""), bounds.LONGEST_REASON)
    except (OSError, ValueError, RecursionError):
        raise UploadRefused(words.damaged) from None
    if reason:
        raise UploadRefused(reason)
    return said


def _why(ended: Ended, folder: Path, words: Words) -> UploadRefused:
    """Return what the uploader is told of a cell that ended without an answer, and log what the operator may want."""
    if ended.late or ended.code == -signal.SIGXCPU:
        told = (ended.seconds, ended.worked, ended.waited)
        logger.warning("cell: ended after %.1f s, having worked for %.1f and waited for a processor for %.1f", *told)
        # Its weight is what it worked, whatever else the machine had to do. One that had hardly worked, all its waiting
        # granted, says nothing about its file.
        is_heavy = ended.code == -signal.SIGXCPU or ended.worked >= ended.allowed / 2
        return UploadRefused(words.too_long) if is_heavy else NotNow()
    if ended.code == bounds.OUT_OF_MEMORY:
        logger.warning("cell: out of memory")
        return UploadRefused(words.too_heavy)
    logger.error("cell: ended with %d, saying %r", ended.code, _tail(folder / bounds.SAID))
    return UploadRefused(words.damaged)


def _tail(path: Path) -> bytes:
    try:
        with answers.opened(path) as file:
            file.seek(max(path.stat().st_size - TAIL, 0))
            return file.read(TAIL)
    except OSError:
        return b""
