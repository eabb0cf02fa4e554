"""What the register says of each electronic signature of an agreement, in plain words: for pages that open no file.

It tells of the files that lie here. Whether a file in somebody's hands is one of them only a cell can say (verdicts).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agreements.documents.trust import NO_TRUST, revoked_since, trust_in
from agreements.models import Agreement, Counterpart, IssuedFile, Signature
from agreements.models.ways import Way
from institutions.models import Role

LEVELS = list(IssuedFile.Level)  # the least first


@dataclass(frozen=True)
class SignedSide:
    """One side's signature. `words` is e.g. 徐赟代赵堃签, "" where the signatory that the text names signed.

    `copies` is on how many copies it stands; `level` the least that one of them has reached, as its label.
    """

    role: str
    party: str
    by: str
    words: str
    at: datetime
    seal: str
    trust: str
    level: str
    has_time: bool  # an authority's, on every copy
    revoked: str  # that its certificate was revoked, and what that means for it; "" otherwise
    copies: int
    file: str  # SHA-256 of the first copy as it was signed


def signed_sides(agreement: Agreement) -> list[SignedSide]:
    """Return the electronic signatures that count, in their order; none, without a query, where both sign on paper."""
    frozen = agreement.frozen
    if frozen is None or Way.ELECTRONIC not in frozen.ways.values():
        return []
    rows = agreement.signatures.current().filter(kind=Way.ELECTRONIC, frozen=frozen.pk).select_related("on_behalf_of")
    files = IssuedFile.objects.filter(counterpart__rendition__frozen=frozen.pk).order_by("counterpart", "order")
    copies: dict[int, list[IssuedFile]] = defaultdict(list)
    for each in files:
        copies[each.counterpart_id].append(each)
    return [_side(row, list(copies.values())) for row in rows]


@dataclass(frozen=True)
class CopyHeld:
    """One copy as it lies here now, and whether that is the very file that was registered when it was issued."""

    label: str
    file: str  # SHA-256 of what lies here
    is_whole: bool


def copy_held(copy: Counterpart) -> CopyHeld | None:
    """Return what a page says of the file of a copy, None while nobody has signed it on screen. Reads the file."""
    last = copy.issued.order_by("order").last()
    if last is None:
        return None
    label = f"第 {copy.number} 份正本（{copy.holder_label}）"
    try:
        with last.file.open("rb") as file:
            found = hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return CopyHeld(label, "", is_whole=False)
    return CopyHeld(label, found, is_whole=found == last.sha256)


def _side(row: Signature, copies: Sequence[Sequence[IssuedFile]]) -> SignedSide:
    own = [[each for each in copy if each.order >= made.order] for copy in copies for made in copy if _is_by(made, row)]
    levels = [max(LEVELS.index(IssuedFile.Level(each.level)) for each in since if _tells(each, row)) for since in own]
    least = LEVELS[min(levels, default=0)]
    has_time, proof = least is not IssuedFile.Level.B, row.proof
    return SignedSide(
        role=Role(row.role).label,
        party=str(row.on_behalf_of),
        by=row.signatory_name,
        words=proof.get("words", ""),
        at=row.entered_at,
        seal=proof.get("seal", ""),
        trust=trust_in(proof) or NO_TRUST,
        level=least.label,
        has_time=has_time,
        revoked=revoked_since(row, row.entered_at if has_time else None),
        copies=len(own),
        file=proof["file"],
    )


def _is_by(made: IssuedFile, row: Signature) -> bool:
    return made.signature_id == row.pk


def _tells(made: IssuedFile, row: Signature) -> bool:
    """Whether a file's level is this signature's: that of its own, and of each timestamp over all that came after."""
    return made.signature_id in {None, row.pk}
