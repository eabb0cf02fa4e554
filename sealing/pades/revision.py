"""What is added to a file, and nothing else: objects after its end, and a table of them (ISO 32000-1, 7.5.6, 7.5.8).

Object, newline, object, without anything between: `boundary.cell.inside.revisions` accounts for every byte again.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from pikepdf import Dictionary, Object, Pdf

LAST_TABLE = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
NUMBERS = b"[0 %010d %010d %010d]"  # of a byte range: as wide whatever they are
ROOM = len(NUMBERS % (0, 0, 0))


class Unreadable(ValueError):
    """Nothing can be added to this file."""


class Revision:
    """Holds the file as it is, and what will be added."""

    def __init__(self, content: bytes) -> None:
        found = LAST_TABLE.search(content, max(len(content) - 64, 0))
        if found is None:
            raise Unreadable("no end")
        self.content, self.before = content, int(found[1])
        self.pdf = Pdf.open(io.BytesIO(content))
        self.next = int(self.pdf.trailer.Size)
        self.objects: dict[int, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pdf.close()

    @property
    def fields(self) -> dict[str, Object]:
        """The fields of the form by their names, in order."""
        return {str(field.T): field for field in self.pdf.Root.AcroForm.Fields}

    def add(self, body: bytes) -> bytes:
        """Add an object and return how others refer to it."""
        number, self.next = self.next, self.next + 1
        self.objects[number] = body
        return b"%d 0 R" % number

    def add_stream(self, entries: bytes, data: bytes) -> bytes:
        return self.add(b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data))

    def replace(self, old: Object, new: Mapping[str, bytes]) -> None:
        """Let an object of the file have other values: those named, as they will be written; the rest stays."""
        number, _ = old.objgen
        if not number:
            raise Unreadable("not an object of its own")
        stays = Dictionary({key: value for key, value in old.items() if key not in new})
        body = stays.unparse(resolved=True).rstrip()
        more = b" ".join(b"%s %s" % (key.encode(), value) for key, value in new.items())
        self.objects[number] = body.removesuffix(b">>") + more + b" >>"

    def written(self, signature: str, room: int) -> tuple[bytearray, tuple[int, int]]:
        """Return the whole file, and from where to where in it the signature's value goes, its angles included.

        `signature` is how the object is referred to that has `placeholders` of so much room.
        """
        out = bytearray(self.content)
        if not out.endswith(b"\n"):
            out += b"\n"
        offsets: dict[int, int] = {}
        hole = (0, 0)
        for number, body in sorted(self.objects.items()):
            offsets[number] = len(out)
            out += b"%d 0 obj\n" % number
            if b"%d 0 R" % number == signature.encode():
                start = len(out) + body.index(b"/Contents <") + len(b"/Contents ")
                hole = (start, start + 2 * room + 2)
            out += body + b"\nendobj\n"
        self._table(out, offsets)
        at = out.index(NUMBERS % (0, 0, 0), offsets[int(signature.split()[0])])
        out[at : at + ROOM] = NUMBERS % (hole[0], hole[1], len(out) - hole[1])
        return out, hole

    def _table(self, out: bytearray, offsets: dict[int, int]) -> None:
        own, at = self.next, len(out)
        offsets = {**offsets, own: at}
        rows = b"".join(struct.pack(">BIH", 1, offsets[number], 0) for number in sorted(offsets))
        index = b" ".join(b"%d 1" % number for number in sorted(offsets))
        trailer = self.pdf.trailer
        kept = b"".join(
            b"%s %s" % (key.encode(), trailer[key].unparse()) for key in ("/Root", "/Info") if key in trailer
        )
        changed = hashlib.sha256(b"".join(self.objects.values())).hexdigest()[:32].encode()
        entries = b"/Type /XRef/W [1 4 2]/Index [%s]/Size %d/Prev %d%s/ID [%s<%s>]" % (
            index,
            own + 1,
            self.before,
            kept,
            trailer.ID[0].unparse(),
            changed,
        )
        out += b"%d 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (own, entries, len(rows), rows)
        out += b"startxref\n%d\n%%%%EOF\n" % at


def placeholders(room: int) -> bytes:
    """Return the entries of a signature that are filled in last, for a value of so many bytes."""
    return b"/ByteRange %s/Contents <%s>" % (NUMBERS % (0, 0, 0), b"0" * (2 * room))


def text(words: str) -> bytes:
    """Return words as a string of a PDF, whatever characters they have."""
    return b"<%s>" % ("\ufeff" + words).encode("utf-16-be").hex().encode()
