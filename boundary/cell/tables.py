"""The door for workbooks and texts: their tables, each with its rows as lines of plain data in files.

Whoever calls waits until the cell is done (`asking`), so no request does: jobs call, and commands at the console. What
the lines hold is still a stranger's: `boundary.workbooks.plain` reads them, and looks at every value.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundary.cell import bounds
from boundary.cell.answers import words
from boundary.cell.asking import FOR_EVER, OF_TABLES, Patience, asked
from boundary.refused import TABLE_DAMAGED, UploadRefused

KINDS = frozenset({"xlsx", "csv"})
PIECE = re.compile(r"rows-\d{1,5}-\d{1,5}\.jsonl", re.ASCII)


@dataclass(frozen=True)
class Written:
    """One table as a cell left it: its name, and the files of its rows in order."""

    name: str
    pieces: tuple[Path, ...]


@dataclass(frozen=True)
class Read:
    """A file as a cell read it: "xlsx" or "csv", its tables, the names of hidden ones, which nobody read, and whether
    its numbers count days from 1904 on."""

    kind: str
    tables: list[Written]
    hidden: tuple[str, ...]
    counts_from_1904: bool


def read(path: Path, *, most: int, beside: Collection[str], into: Path, patience: Patience = FOR_EVER) -> Read:
    """Return what a file is and its visible tables, whose rows are written into an empty folder.

    More than `most` tables are refused, not counting those named in `beside`. Raises UploadRefused with the reason and
    the cure, NotNow when no cell could be had, FileNotFoundError.
    """
    job = {"act": "tables", "path": str(path.resolve(strict=True)), "most": most, "beside": sorted(beside)}
    said = asked(job, into, patience, OF_TABLES)
    try:
        tables = [_table(into, name, pieces) for name, pieces in said["tables"]]
        found = Read(said["type"], tables, _hidden(said["hidden"]), said["from_1904"])
        if type(found.counts_from_1904) is not bool:
            raise ValueError("no calendar")
        if found.kind not in KINDS or sum(table.name not in beside for table in tables) > most:
            raise ValueError("no tables that were asked for")
        _refuse_too_much(tables)
    except (KeyError, TypeError, ValueError, OSError):
        raise UploadRefused(TABLE_DAMAGED) from None
    return found


def _hidden(names: Any) -> tuple[str, ...]:
    """Raises ValueError for what no cell of ours says."""
    if type(names) is not list or len(names) > bounds.MOST_HIDDEN:
        raise ValueError("no names")
    return tuple(words(name, bounds.LONGEST_NAME) for name in names)


def _refuse_too_much(tables: Collection[Written]) -> None:
    """Raise ValueError for tables or rows named twice, and for more rows than a cell of ours writes: whoever reads them
    is held to nothing."""
    pieces = [piece for table in tables for piece in table.pieces]
    if len({table.name for table in tables}) < len(tables) or len(set(pieces)) < len(pieces):
        raise ValueError("named twice")
    if sum(piece.stat().st_size for piece in pieces) > bounds.LARGEST_ROWS:
        raise ValueError("too many rows")


def _table(into: Path, name: Any, pieces: list[Any]) -> Written:
    """Raises TypeError, ValueError for what no cell of ours leaves."""
    words(name, bounds.LONGEST_NAME)
    paths = tuple(into / piece for piece in pieces if PIECE.fullmatch(piece))
    if len(paths) != len(pieces) or not all(path.is_file() and not path.is_symlink() for path in paths):
        raise ValueError("no rows")
    return Written(name, paths)
