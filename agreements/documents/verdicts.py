"""What is said of a file that somebody shows us: whether it is ours and whole, and each signature in plain words.

Above the validators (docs/decisions/0037-verdicts.md): a file is ours only if its digest is in the register of issued
files *and* every revision in it is one that our own hand writes, in the order and with the looks that the register
says. Anything else is one of three other words, and never an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db.models import Q

from agreements.documents.said import AFTER, Said, as_claimed, as_known
from agreements.models import Agreement, Counterpart, IssuedFile, Rendition
from boundary.cell.asking import FOR_EVER, Patience
from boundary.cell.signatures import Looked, ReadSignature, look
from boundary.refused import NotNow, UploadRefused
from sealing.evidence import roots

PIECE = 1024 * 1024


class Kind(StrEnum):
    WHOLE = "whole"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


WORDS = {
    Kind.WHOLE: "由本平台签发，完整",
    Kind.ALTERED: "已被改动",
    Kind.NOT_OURS: "不是本平台签发的",
    Kind.UNKNOWN: "无法核验，因为{reason}",
}


@dataclass(frozen=True)
class Copy:
    """Which copy of which agreement a file of ours is. `caution` says first why it does not count any more, "" where it
    may."""

    number: str
    copy: str
    state: str
    level: str
    is_newest: bool
    is_voided: bool
    caution: str = ""


@dataclass(frozen=True)
class Verdict:
    kind: Kind
    sha256: str
    reason: str = ""
    copy: Copy | None = None
    signatures: tuple[Said, ...] = field(default=())

    @property
    def words(self) -> str:
        return WORDS[self.kind].format(reason=self.reason)

    @property
    def is_whole(self) -> bool:
        return self.kind is Kind.WHOLE

    @property
    def told(self) -> dict[str, Any]:
        """As JSON."""
        copy = self.copy
        return {
            "verdict": self.kind.value,
            "words": self.words,
            "sha256": self.sha256,
            "agreement": copy and copy.number,
            "copy": copy and copy.copy,
            "state": copy and copy.state,
            "level": copy and copy.level,
            "newest": copy and copy.is_newest,
            "voided": copy and copy.is_voided,
            "caution": copy and copy.caution,
            "signatures": [each.told for each in self.signatures],
        }


@dataclass(frozen=True)
class Known:
    """A file of the register: its copy, and the files of that copy from the first signature to this one."""

    counterpart: Counterpart | None
    rendition: Rendition
    files: tuple[IssuedFile, ...]


def verdict_on(path: Path, *, patience: Patience = FOR_EVER) -> Verdict:
    """Return what is to be said of a file. Raises only FileNotFoundError and its like for a path that is none."""
    digest = _digest(path)
    try:
        looked = look(path, roots=roots(), patience=patience)
    except NotNow:
        return Verdict(Kind.UNKNOWN, digest, "现在核验的人太多，请过一两分钟再试。")
    except UploadRefused as refusal:
        return Verdict(Kind.UNKNOWN, digest, str(refusal).rstrip("。"))
    known = _known(digest)
    if known is not None:
        return _on_a_known(digest, known, looked)
    claimed = tuple(as_claimed(each) for each in looked.signatures)
    if looked.looks_like_ours or _is_issued(looked.prefixes | {each.sha256 for each in looked.revisions}):
        return Verdict(Kind.ALTERED, digest, signatures=claimed)
    if looked.fault:
        return Verdict(Kind.UNKNOWN, digest, looked.fault, signatures=claimed)
    return Verdict(Kind.NOT_OURS, digest, signatures=claimed)


def _on_a_known(digest: str, known: Known, looked: Looked) -> Verdict:
    """Ask of a file that is in the register whether it is one that we make: it would not be, had the register been
    written by somebody else."""
    if looked.fault:
        return Verdict(Kind.UNKNOWN, digest, looked.fault)
    if not _is_as_made(known, looked):
        return Verdict(Kind.ALTERED, digest, signatures=tuple(as_claimed(each) for each in looked.signatures))
    read = {each.field: each for each in looked.signatures}
    files = known.files
    signatures = tuple(as_known(row, read[row.field], _proved(files[place:], read)) for place, row in enumerate(files))
    return Verdict(Kind.WHOLE, digest, copy=_copy(known), signatures=signatures)


def _proved(files: Sequence[IssuedFile], read: Mapping[str, ReadSignature]) -> datetime | None:
    """Return since when the signature of the first of these files is proved: by its own timestamp, or by the first one
    over the whole copy after it."""
    later = (read[row.field] for row in files[1:] if row.signature is None)
    return next((each.stamped for each in (read[files[0].field], *later) if each.stamped is not None), None)


def _is_as_made(known: Known, looked: Looked) -> bool:
    frozen = known.rendition.print_sha256 if known.counterpart is None else known.counterpart.sha256
    wanted = [(frozen, "", {}), *((row.sha256, row.field, row.looks) for row in known.files)]
    made = [(each.sha256, each.filled, dict(each.looks)) for each in looked.revisions]
    if made != wanted or any(each.fault for each in looked.revisions):
        return False
    read = {each.field: each for each in looked.signatures}
    if set(read) != {row.field for row in known.files} or len(read) != len(looked.signatures):
        return False
    last = known.files[-1].field if known.files else ""
    return all(
        each.holds and not each.fault and (each.whole if each.field == last else each.changed not in AFTER)
        for each in looked.signatures
    )


def _known(digest: str) -> Known | None:
    """Return what the register says of a digest; None for a draft's too, which is nothing that was issued."""
    final = Q(counterpart__rendition__frozen__isnull=False)
    row = IssuedFile.objects.filter(final, sha256=digest).select_related("counterpart__rendition").first()
    if row is not None:
        before = IssuedFile.objects.filter(counterpart=row.counterpart, order__lte=row.order).order_by("order")
        files = tuple(before.select_related("signature__on_behalf_of"))
        return Known(row.counterpart, row.counterpart.rendition, files)
    copies = Counterpart.objects.filter(rendition__state=Rendition.State.READY, rendition__frozen__isnull=False)
    copy = copies.filter(sha256=digest).select_related("rendition").first()
    if copy is not None:
        return Known(copy, copy.rendition, ())
    runs = Rendition.objects.filter(state=Rendition.State.READY, frozen__isnull=False)
    run = runs.filter(print_sha256=digest).first()
    return Known(None, run, ()) if run is not None else None


def _is_issued(digests: frozenset[str] | set[str]) -> bool:
    """Whether a file with one of these digests was issued: of a file shown to us, its beginnings."""
    if IssuedFile.objects.filter(sha256__in=digests).exists():
        return True
    return Counterpart.objects.filter(sha256__in=digests, rendition__frozen__isnull=False).exists()


def _copy(known: Known) -> Copy:
    agreement = known.rendition.agreement
    frozen = known.rendition.frozen
    is_voided = frozen is not None and frozen.voided_at is not None
    if known.counterpart is None:
        copy, newest = "合并打印文件", True
    else:
        copy = str(known.counterpart)
        order = known.files[-1].order if known.files else 0
        newest = not known.counterpart.issued.filter(order__gt=order).exists()
    return Copy(
        agreement.number,
        copy,
        "文本已作废" if is_voided else agreement.state_in_words(naming=False),
        known.files[-1].get_level_display() if known.files else "没有电子签名",
        newest,
        is_voided,
        caution_on(agreement, is_voided=is_voided),
    )


def caution_on(agreement: Agreement, *, is_voided: bool) -> str:
    """Say why a file that is ours and whole is not to be used any more, "" where it may. It is said first."""
    if is_voided:
        return "文本已作废，这份文件不能再使用"
    if agreement.state == Agreement.State.SUPERSEDED and not agreement.hands_over():
        return "协议已续签或换签，这份文件不再是现行的协议"
    return ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
