"""One party signs one copy: its seal, its words and its signature, in a revision that holds nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pikepdf import Object

from audit.timestamping import NotStamped
from sealing.pades import cms
from sealing.pades.edges import Slice, slices
from sealing.pades.hands import Hand
from sealing.pades.looks import Appearance, Looks
from sealing.pades.revision import Revision, Unreadable, placeholders, text

# Declares PAdES as PDF 1.7 knows it: PDF 2.0 is not PDF/A-2.
EXTENSIONS = b"<</ESIC <</Type /DeveloperExtensions /BaseVersion /1.7 /ExtensionLevel 1>>>>"
NOTHING = Appearance()
SIGNED, APPEND_ONLY = 1, 2  # flags of a form
TOO_LARGE = "时间戳太大，放不进签名"
LARGER = 2  # times the room, where a value was longer than foreseen


Stamp = Callable[[bytes], bytes]  # returns the token over these bytes; raises NotStamped


@dataclass(frozen=True)
class Signing:
    """What a party puts its signature to. `role` names its fields: seal-ROLE, edge-ROLE-001, line-ROLE-day …

    `name` is who signs, as in the certificate or plainer; `reason` what is said of it in the signature itself, such as
    on whose behalf; `at` the signer's own time.
    """

    role: str
    name: str
    reason: str
    at: datetime
    looks: Appearance = NOTHING


@dataclass(frozen=True)
class Signed:
    """A file after a signature or a timestamp.

    `looks` are digests of what it shows by field, `level` is B-B, B-T or B-LTA, and `no_time` says why it is not more.
    """

    content: bytes
    sha256: str
    field: str
    looks: dict[str, str]
    level: str
    no_time: str = ""


class TooLong(Exception):
    """A signature's value needs more room than it was given."""

    def __init__(self, needed: int) -> None:
        self.needed = needed
        super().__init__(f"{needed} bytes")


def sign(content: bytes, signing: Signing, hand: Hand, *, stamp: Stamp | None = None) -> Signed:
    """Return a copy with one party's signature. Without a timestamp it is signed all the same, and that is said.

    Raises CannotSign for a hand that does not, Unreadable for a file that is not prepared for this party or that the
    party has signed.
    """
    room = cms.room_for(hand, stamped=stamp is not None)
    try:
        return _signed(content, signing, hand, stamp, room)
    except TooLong as fault:
        room = LARGER * fault.needed
    try:
        return _signed(content, signing, hand, stamp, room)
    except TooLong:
        alone = _signed(content, signing, hand, None, room)
        return replace(alone, no_time=TOO_LARGE)


def filled(out: bytearray, hole: tuple[int, int], value: bytes) -> bytes:
    """Return a written revision with the signature's value in its place. Raises TooLong."""
    room = (hole[1] - hole[0] - 2) // 2
    if len(value) > room:
        raise TooLong(len(value))
    out[hole[0] + 1 : hole[0] + 1 + 2 * len(value)] = value.hex().encode()
    return bytes(out)


def covered(out: bytearray, hole: tuple[int, int]) -> bytes:
    """Return what is signed: all but the value."""
    return bytes(out[: hole[0]]) + bytes(out[hole[1] :])


def declare(revision: Revision) -> None:
    """Let the file say that it is signed, unless it does: only its first revision may change these."""
    root, form = revision.pdf.Root, revision.pdf.Root.AcroForm
    if "/SigFlags" not in form:
        revision.replace(form, {"/SigFlags": b"%d" % (SIGNED | APPEND_ONLY)})
        revision.replace(root, {"/Extensions": EXTENSIONS})


def _signed(content: bytes, signing: Signing, hand: Hand, stamp: Stamp | None, room: int) -> Signed:
    with Revision(content) as revision:
        fields, name = revision.fields, f"seal-{signing.role}"
        field = fields.get(name)
        if field is None or "/V" in field:
            raise Unreadable(f"no empty field {name}")
        looks = Looks(revision, signing.looks)
        declare(revision)
        value = revision.add(_dictionary(signing, room))
        revision.replace(field, {"/AP": looks.of_the_seal(field), "/V": value})
        edges = _edges(fields, signing.role, len(revision.pdf.pages))
        for edge, slice_ in edges if signing.looks.seal is not None else ():
            _show(revision, edge, looks.of_an_edge(edge, slice_))
        for line, marks in signing.looks.lines.items():
            place = fields[f"line-{signing.role}-{line}"]
            _show(revision, place, looks.of_a_line(place, marks))
        out, hole = revision.written(value.decode(), room)
    signature = cms.signed(hashlib.sha256(covered(out, hole)).digest(), hand)
    level, no_time = "B-B", ""
    if stamp is not None:
        try:
            signature, level = cms.stamped(signature, stamp(cms.value_of(signature))), "B-T"
        except NotStamped as fault:
            no_time = str(fault)
    whole = filled(out, hole, signature.dump())
    return Signed(whole, hashlib.sha256(whole).hexdigest(), name, looks.digests, level, no_time)


def _show(revision: Revision, blank: Object, shown: bytes) -> None:
    """Let a field that showed nothing show a form."""
    states = b"<</N <</Off %s/Sealed %s>>>>" % (blank.AP.N.Off.unparse(), shown)
    revision.replace(blank, {"/AP": states, "/V": b"/Sealed", "/AS": b"/Sealed"})


def _edges(fields: dict[str, Object], role: str, pages: int) -> list[tuple[Object, Slice]]:
    named = [field for name, field in sorted(fields.items()) if name.startswith(f"edge-{role}-")]
    cut = slices(pages)
    if len(named) != len(cut):
        raise Unreadable("not a place at the edge of each page")
    return list(zip(named, cut, strict=True))


def _dictionary(signing: Signing, room: int) -> bytes:
    at = signing.at.strftime("D:%Y%m%d%H%M%S%z")
    day = f"({at[:-2]}'{at[-2:]}')".encode()
    kind = b"/Type /Sig/Filter /Adobe.PPKLite/SubFilter /ETSI.CAdES.detached"
    said = b"/M %s/Name %s/Reason %s" % (day, text(signing.name), text(signing.reason))
    return b"<<%s%s%s>>" % (kind, placeholders(room), said)
