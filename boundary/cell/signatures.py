"""The door for signed PDFs: what a file consists of, and what its signatures say.

Whoever calls waits until the cell is done. A page may, with little patience: nothing is kept of what is shown to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from boundary.cell import bounds
from boundary.cell.answers import words
from boundary.cell.asking import FOR_EVER, OF_SIGNED, Patience, asked
from boundary.refused import SIGNED_UNREADABLE, UploadRefused
from boundary.revisions import MOST_ENDS, MOST_REVISIONS, Added

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class ReadSignature:
    """A signature as its file has it. What it says of itself is a claim; `holds` is whether its mathematics do.

    `changed` is pyHanko's word for what came after it (NONE, FORM_FILLING, LTA_UPDATES, OTHER …), OURS where every
    revision is as we write it, `fault` what kept it
    from being read. `stamped` is when an authority saw it, `claimed` the signer's own time.
    """

    field: str
    is_time: bool
    holds: bool
    whole: bool
    trusted: bool
    changed: str
    fault: str
    name: str
    reason: str
    signer: str
    organisation: str
    issuer: str
    certificate: str
    claimed: datetime | None
    since: datetime | None
    until: datetime | None
    stamped: datetime | None
    stamped_by: str
    stamp_trusted: bool


@dataclass(frozen=True)
class Looked:
    """What a cell read in a signed file. `fault` is why its signatures could not be looked at, in words."""

    revisions: tuple[Added, ...]
    prefixes: frozenset[str]
    signatures: tuple[ReadSignature, ...]
    looks_like_ours: bool
    fault: str


def look(path: Path, *, roots: Sequence[bytes] = (), patience: Patience = FOR_EVER) -> Looked:
    """Return what a PDF consists of and says. `roots` are certificates to trust, DER.

    Raises UploadRefused for what is no PDF or cannot be read, NotNow when no cell could be had, FileNotFoundError.
    """
    trusted = [each.hex() for each in roots]
    with TemporaryDirectory(prefix="yiyang-cell-") as folder:
        job = {"act": "signatures", "path": str(path.resolve(strict=True)), "roots": trusted}
        said = asked(job, Path(folder), patience, OF_SIGNED)
    try:
        return _looked(said)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UploadRefused(SIGNED_UNREADABLE) from None


def _looked(said: dict[str, Any]) -> Looked:
    parts, prefixes, signatures = said["revisions"], said["prefixes"], said["signatures"]
    if len(parts) > MOST_REVISIONS or len(prefixes) > MOST_ENDS or len(signatures) > bounds.MOST_SIGNATURES:
        raise ValueError("more than a cell of ours finds")
    return Looked(
        tuple(_part(*each) for each in parts),
        frozenset(map(_digest, prefixes)),
        tuple(map(_signature, signatures)),
        _truth(said["ours"]),
        words(said["fault"], bounds.LONGEST_REASON),
    )


def _part(length: Any, sha256: Any, filled: Any, looks: Any, fault: Any) -> Added:
    if type(length) is not int or length < 0 or type(looks) is not dict:
        raise ValueError("no revision of a cell's")
    named: Mapping[str, str] = {words(name, bounds.LONGEST_CLAIM): _digest(value) for name, value in looks.items()}
    return Added(length, _digest(sha256), words(filled, bounds.LONGEST_CLAIM), named, words(fault, 100))


def _signature(said: dict[str, Any]) -> ReadSignature:
    def text(key: str) -> str:
        return words(said.get(key, ""), bounds.LONGEST_CLAIM)

    def truth(key: str) -> bool:
        return _truth(said.get(key, False))

    def moment(key: str) -> datetime | None:
        return datetime.fromisoformat(text(key)) if text(key) else None

    return ReadSignature(
        text("field"),
        truth("is_time"),
        truth("holds"),
        truth("whole"),
        truth("trusted"),
        text("changed"),
        text("fault"),
        text("name"),
        text("reason"),
        text("signer"),
        text("organisation"),
        text("issuer"),
        text("certificate"),
        moment("claimed"),
        moment("since"),
        moment("until"),
        moment("stamped"),
        text("stamped_by"),
        truth("stamp_trusted"),
    )


def _digest(value: Any) -> str:
    digest = words(value, 64)
    if not SHA256.fullmatch(digest):
        raise ValueError("no digest of a cell's")
    return digest


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("neither yes nor no")
    return value
