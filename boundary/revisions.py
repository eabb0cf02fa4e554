"""What our own signing adds to a file, and nothing else: the law above the validators.

A validator asks whether a change *may* be harmless; here a revision is ours only if every byte of it is accounted for:
a known object, in its place, with the entries that we write. Whatever else there is, it is not ours, however harmless
(docs/decisions/0037-verdicts.md). Written by `sealing.pades`; knows neither Django nor anything of ours but `bounds`,
for a cell asks it of strangers' files.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

MOST_REVISIONS = 40
MOST_DOTS = 4_000_000  # of the picture of a seal
MOST_STORED = 4 * 1024 * 1024  # bytes of what is shown in a form
END = b"%%EOF\n"
END_OF_FILE = re.compile(rb"%%EOF\n")
MOST_ENDS = 100
TABLE = re.compile(
    rb"(\d{1,9}) 0 obj\n<</Type /XRef/W \[1 4 2\]/Index \[([0-9 ]+)\]/Size (\d{1,9})/Prev (\d{1,10})"
    rb"/Root \d+ 0 R(?:/Info \d+ 0 R)?/ID \[[^\]]{1,200}\]/Length (\d{1,7})>>\nstream\n"
)
LAST_TABLE = re.compile(rb"startxref\n(\d{1,10})\n%%EOF\n\Z")
SEAL, EDGE, TIME = re.compile(r"seal-(\w+)"), re.compile(r"edge-(\w+)-\d{3}"), re.compile(r"time-\d")
LINE = re.compile(r"line-(\w+)-[a-z-]+")  # a line of the text: who signs fills its own, if they have something to write
SIGNATURE = {"/Type", "/Filter", "/SubFilter", "/ByteRange", "/Contents", "/M", "/Name", "/Reason"}
TIMESTAMP = SIGNATURE - {"/M", "/Name", "/Reason"}
FORM = {"/Type", "/Subtype", "/BBox", "/Resources", "/Length"}
IMAGE = {
    "/Type",
    "/Subtype",
    "/ColorSpace",
    "/Width",
    "/Height",
    "/BitsPerComponent",
    "/Filter",
    "/Length",
}
STORE = {"/Certs", "/CRLs", "/OCSPs"}
NUMBER = rb"-?\d{1,6}(?:\.\d{3})?"
# A picture, outlines in black, or strokes of a pen: what `sealing.pades.looks` draws.
SHOWN = re.compile(
    rb"(?:q (?:%b ){6}cm /(?:Seal|Hand) Do Q|q 0 g (?:%b ){6}cm [-0-9.mlch\n ]* f Q"
    rb"|q 0 G 1 J 1 j %b w (?:%b ){6}cm [0-9ml\n ]* S Q)" % (NUMBER, NUMBER, NUMBER, NUMBER)
)
STRINGS = re.compile(rb"<[0-9A-Fa-f]*>|\((?:\\.|[^\\()])*\)", re.DOTALL)
NAMES = re.compile(rb"/[^\s/<>\[\](){}%]*")
EXTENSIONS = "<< /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 /Type /DeveloperExtensions >> >>"


class NotOurs(Exception):
    """Something that we never write. The message says what, for the operator."""


@dataclass(frozen=True)
class Added:
    """One revision: up to which byte it goes, the digest of the file up to there, and which field it fills (`filled`).

    `looks` are digests of what it shows, by field. `fault` says why it is not ours, "" for one that is.
    """

    length: int
    sha256: str
    filled: str = ""
    looks: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


def revisions(content: bytes) -> list[Added]:
    """Return what a file consists of: as it was frozen, and then each revision. Never raises for a file that opens.

    What lies before the first revision in our form is taken as one, whatever it is.
    """
    cuts = _cuts(content)
    found = [Added(cuts[0], _digest(content, cuts[0]))]
    for before, upto in pairwise(cuts):
        digest = _digest(content, upto)
        try:
            name, looks = _judged(content, before, upto)
        except NotOurs as fault:
            found.append(Added(upto, digest, fault=str(fault)))
        except (pikepdf.PdfError, LookupError, TypeError, ValueError, AttributeError, OverflowError) as fault:
            found.append(Added(upto, digest, fault=f"{type(fault).__name__}"))
        else:
            found.append(Added(upto, digest, name, looks))
    return found


def prefixes(content: bytes) -> list[str]:
    """Return the digests of all beginnings of a file that end as a file does, the longest last, itself not among them.

    A file that begins with one of ours was one of ours.
    """
    ends = [found.end() for found in END_OF_FILE.finditer(content)][:MOST_ENDS]
    digest, at, found = hashlib.sha256(), 0, []
    for end in ends:
        digest.update(memoryview(content)[at:end])
        at = end
        if end < len(content):
            found.append(digest.hexdigest())
    return found


def added(content: bytes, before: int) -> Added:
    """Return the revision that lies after `before`, the last of a file of ours. Raises NotOurs."""
    name, looks = _judged(content, before, len(content))
    return Added(len(content), _digest(content, len(content)), name, looks)


def _digest(content: bytes, upto: int) -> str:
    return hashlib.sha256(memoryview(content)[:upto]).hexdigest()


def _cuts(content: bytes) -> list[int]:
    """Return where each revision ends, the first one first, as far back as they are in our form."""
    cuts = [len(content)]
    while len(cuts) < MOST_REVISIONS:
        try:
            start, _ = _objects(content, cuts[0])
        except NotOurs:
            break
        cuts.insert(0, start)
    return cuts


def _objects(content: bytes, upto: int) -> tuple[int, dict[int, bytes]]:
    """Return where the last revision begins and its objects, every byte of it accounted for. Raises NotOurs."""
    last = LAST_TABLE.search(content, max(upto - 40, 0), upto)
    head = TABLE.match(content, int(last[1]), upto) if last else None
    if last is None or head is None:
        raise NotOurs("no table of ours")
    own, size, length = int(head[1]), int(head[3]), int(head[5])
    rows = content[head.end() : head.end() + length]
    if content[head.end() + length : upto] != b"\nendstream\nendobj\nstartxref\n%s\n%s" % (last[1], END):
        raise NotOurs("something after the table")
    pairs = [int(each) for each in head[2].split()]
    numbers = pairs[::2]
    if own != size - 1 or numbers[-1:] != [own] or set(pairs[1::2]) != {1} or numbers != sorted(set(numbers)):
        raise NotOurs("a table of another form")
    if len(rows) != 7 * len(numbers):
        raise NotOurs("a table that is not whole")
    entries = list(struct.iter_unpack(">BIH", rows))
    offsets = [offset for _, offset, _ in entries]
    if any((kind, generation) != (1, 0) for kind, _, generation in entries) or offsets[-1] != int(last[1]):
        raise NotOurs("an entry of another kind")
    bodies = {
        number: _body(content, number, start, stop)
        for number, start, stop in zip(numbers, offsets, offsets[1:], strict=False)
    }
    start = offsets[0]
    if not bodies or not content.endswith(END, 0, start) or int(head[4]) >= start:
        raise NotOurs("it does not follow a whole file")
    return start, bodies


def _body(content: bytes, number: int, start: int, stop: int) -> bytes:
    head, tail = b"%d 0 obj\n" % number, b"\nendobj\n"
    if not (start < stop and content.startswith(head, start) and content.endswith(tail, start, stop)):
        raise NotOurs(f"object {number} is not where it should be")
    return content[start + len(head) : stop - len(tail)]


def _judged(content: bytes, before: int, upto: int) -> tuple[str, dict[str, str]]:
    """Return the field that a revision fills, and the digests of what it shows. Raises NotOurs."""
    start, bodies = _objects(content, upto)
    if start != before:
        raise NotOurs("not the revision after this one")
    with Pdf.open(io.BytesIO(content[:before])) as old, Pdf.open(io.BytesIO(content[:upto])) as new:
        return _Judge(old, new, bodies, content, upto).judged()


class _Judge:
    """Holds a file before and after one revision. `left` are objects that nothing of ours has asked for yet."""

    def __init__(self, old: Pdf, new: Pdf, bodies: dict[int, bytes], content: bytes, upto: int) -> None:
        self.old, self.new, self.bodies, self.content, self.upto = old, new, bodies, content, upto
        self.size = int(old.trailer.Size)
        self.left = set(bodies)
        self.looks: dict[str, str] = {}
        self._known: dict[int, str] = {}  # pictures by their numbers

    def judged(self) -> tuple[str, dict[str, str]]:
        for entry in ("/Root", "/Info"):
            _same(_written(self.old.trailer.get(entry)), _written(self.new.trailer.get(entry)), entry)
        _same(_written(self.old.trailer.ID[0]), _written(self.new.trailer.ID[0]), "/ID")
        for number in self.bodies:
            self._each_entry_once(number)
        before, after = _fields(self.old), _fields(self.new)
        _same(list(before), list(after), "names of fields")
        filled = [name for name in after if "/V" in after[name] and "/V" not in before[name]]
        if len(filled) != 1:
            raise NotOurs("not one field is filled")
        name = filled[0]
        if found := SEAL.fullmatch(name):
            self._signature(before, after, name, found[1])
        elif TIME.fullmatch(name):
            self._timestamp(before, after, name)
        else:
            raise NotOurs("another field is filled")
        self._declared(is_time=bool(TIME.fullmatch(name)))
        if self.left:
            raise NotOurs(f"objects {sorted(self.left)} belong to nothing")
        return name, self.looks

    def _each_entry_once(self, number: int) -> None:
        """An object says what it is read as, and nothing beside it: of an entry that stands there twice, is nothing
        (null) or lies behind a comment, one reader shows this and another that. Raises NotOurs."""
        read = self.new.get_object(number, 0)
        body = self.bodies[number]
        head = body.partition(b"\nstream\n")[0] if isinstance(read, Stream) else body
        written = STRINGS.sub(b"", head)
        if b"%" in written or sorted(NAMES.findall(written)) != sorted(_names(read)):
            raise NotOurs(f"object {number} can be read in two ways")

    def _signature(self, before: dict[str, Object], after: dict[str, Object], name: str, role: str) -> None:
        seal = after[name]
        self._changed(before[name], seal, {"/AP", "/V"})
        self._value(seal, SIGNATURE, "/Sig", "/ETSI.CAdES.detached")
        _same(set(seal.AP.keys()), {"/N"}, "looks of the seal")
        self._form(name, seal.AP, "/N")
        edges = [each for each in after if (of := EDGE.fullmatch(each)) and of[1] == role]
        sealed = [each for each in edges if after[each].objgen[0] in self.bodies]
        if sealed not in ([], edges):
            raise NotOurs("not all edges are sealed")
        lines = [each for each in after if (of := LINE.fullmatch(each)) and of[1] == role]
        for each in [*sealed, *(line for line in lines if after[line].objgen[0] in self.bodies)]:
            self._shown_now(each, before[each], after[each])

    def _shown_now(self, name: str, blank: Object, shown: Object) -> None:
        """An edge or a line that was empty has something to show."""
        if Name.Off != blank.V or Name.Sealed != shown.V or Name.Sealed != shown.AS:
            raise NotOurs("the state of an edge or a line")
        self._changed(blank, shown, {"/AP", "/V", "/AS"})
        _same(set(shown.AP.keys()), {"/N"}, "looks of an edge or a line")
        _same(set(shown.AP.N.keys()), {"/Off", "/Sealed"}, "states of an edge or a line")
        _same(_written_in(blank.AP.N, "/Off"), _written_in(shown.AP.N, "/Off"), "an edge or a line that shows nothing")
        self._form(name, shown.AP.N, "/Sealed")

    def _timestamp(self, before: dict[str, Object], after: dict[str, Object], name: str) -> None:
        empty = [each for each in before if TIME.fullmatch(each) and "/V" not in before[each]]
        if name != empty[0]:
            raise NotOurs("timestamps out of their order")
        self._changed(before[name], after[name], {"/V"})
        self._value(after[name], TIMESTAMP, "/DocTimeStamp", "/ETSI.RFC3161")
        store, known = self.new.Root.DSS, self.old.Root.get("/DSS")
        if known is None:
            self._take_new(store, "the store")
        else:
            self.left.discard(store.objgen[0])
        if not set(store.keys()) <= STORE | {"/Type"}:
            raise NotOurs("entries of the store")
        for key in STORE:
            there = [_written(each) for each in known.get(key, [])] if known is not None else []
            now = list(store.get(key, []))
            _same([_written(each) for each in now[: len(there)]], there, "what was stored before")
            for each in now[len(there) :]:
                if not isinstance(each, Stream) or set(each.keys()) != {"/Length"}:
                    raise NotOurs("what is stored")
                self._take_new(each, "what is stored")

    def _declared(self, *, is_time: bool) -> None:
        """The catalogue and the form change once, and later only to have a store of evidence."""
        form, root = self.new.Root.AcroForm, self.new.Root
        if form.objgen[0] in self.left:
            self._changed(self.old.Root.AcroForm, form, {"/SigFlags"})
            if "/SigFlags" in self.old.Root.AcroForm or form.SigFlags != 3:
                raise NotOurs("flags of the form")
        if root.objgen[0] in self.left:
            self._changed(self.old.Root, root, {"/Extensions", "/DSS"})
            declared = _written_in(self.old.Root, "/Extensions")
            if declared or "/Extensions" in root:
                _same(_written_in(root, "/Extensions"), declared or EXTENSIONS, "extensions")
            if "/DSS" in self.old.Root or not is_time:
                _same(_written_in(self.old.Root, "/DSS"), _written_in(root, "/DSS"), "the store")

    def _changed(self, old: Object, new: Object, keys: set[str]) -> None:
        """An object of the file stays what it is, but for these entries. Raises NotOurs."""
        if old.objgen != new.objgen or not old.is_indirect:
            raise NotOurs("another object in its place")
        self.left.discard(new.objgen[0])
        for key in (set(old.keys()) | set(new.keys())) - keys:
            _same(_written_in(old, key), _written_in(new, key), f"entry {key}")

    def _value(self, holder: Object, keys: set[str], kind: str, form: str) -> None:
        value = holder.V
        self._take_new(value, "the signature")
        _same(set(value.keys()), keys, "entries of the signature")
        _same((str(value.Type), str(value.Filter), str(value.SubFilter)), (kind, "/Adobe.PPKLite", form), "its kind")
        start, upto, after, rest = (int(each) for each in value.ByteRange)
        hole = self.content[upto:after]
        if start or after + rest != self.upto or not re.fullmatch(rb"<[0-9a-f]+>", hole):
            raise NotOurs("what the signature covers")
        if hole not in self.bodies[value.objgen[0]]:
            raise NotOurs("where the signature's value is")

    def _form(self, name: str, holder: Object, key: str) -> None:
        form = holder[key]
        self._take_new(form, "looks")
        if not isinstance(form, Stream) or set(form.keys()) - {"/Matrix"} != FORM:
            raise NotOurs("entries of looks")
        body = self.bodies[form.objgen[0]]
        entries, _, rest = body.partition(b"/Resources")
        _, _, shown = rest.partition(b"\nstream\n")
        shown = shown.removesuffix(b"\nendstream")
        if len(shown) > MOST_STORED or len(shown) != int(form.Length):
            raise NotOurs("the length of looks")
        steps = shown.split(b" Q\n") if shown else []
        if not all(SHOWN.fullmatch(step if step.endswith(b" Q") else step + b" Q") for step in steps):
            raise NotOurs("what looks draw")
        _same(set(form.Resources.keys()), {"/XObject"}, "resources")
        digest = hashlib.sha256(entries.removeprefix(b"<<") + shown)
        pictures = form.Resources.XObject
        if not set(pictures.keys()) <= {"/Seal", "/Hand"}:
            raise NotOurs("pictures of looks")
        for each in sorted(pictures.keys()):
            digest.update(each.encode() + self._picture(pictures[each]).encode())
        self.looks[name] = digest.hexdigest()

    def _picture(self, picture: Object) -> str:
        number = picture.objgen[0]
        mask = picture.SMask
        for each, keys, colours in ((picture, IMAGE | {"/SMask"}, "/DeviceRGB"), (mask, IMAGE, "/DeviceGray")):
            if each.objgen[0] not in self.bodies or each.objgen[0] < self.size or not isinstance(each, Stream):
                raise NotOurs("a picture from elsewhere")
            self.left.discard(each.objgen[0])
            _same(set(each.keys()), keys, "entries of a picture")
            _same(str(each.ColorSpace), colours, "colours of a picture")
        width, height = int(picture.Width), int(picture.Height)
        if width * height > MOST_DOTS or (int(mask.Width), int(mask.Height)) != (width, height):
            raise NotOurs("size of a picture")
        known = self._known.get(number)
        if known is None:
            dots = b"%d %d " % (width, height) + picture.read_bytes() + mask.read_bytes()
            known = self._known[number] = hashlib.sha256(dots).hexdigest()
        return known

    def _take_new(self, value: Object, what: str) -> None:
        number = value.objgen[0]
        if number < self.size or number not in self.left:
            raise NotOurs(f"{what} is from elsewhere")
        self.left.discard(number)


def _names(read: Object) -> Iterator[bytes]:
    """Yield all names in an object, those of its entries too; not of others that it refers to."""
    left: list[Any] = [read]
    while left:
        value = left.pop()
        if isinstance(value, Name):
            yield str(value).encode()
        elif isinstance(value, Dictionary | Stream):
            yield from (key.encode() for key in value.keys())  # noqa: SIM118 -- of pikepdf, which iterates otherwise
            left += [each for _, each in value.items() if not _is_elsewhere(each)]
        elif isinstance(value, Array):
            left += [each for each in value if not _is_elsewhere(each)]


def _is_elsewhere(value: Any) -> bool:
    return isinstance(value, Object) and value.is_indirect


def _fields(pdf: Pdf) -> dict[str, Object]:
    """Return the fields by name. Raises NotOurs for two of one name."""
    fields: list[Any] = list(pdf.Root.AcroForm.Fields)
    named = {str(each.T): each for each in fields}
    if len(named) != len(fields):
        raise NotOurs("two fields of one name")
    return named


def _written(value: Any) -> str:
    """Return a value as it is written, references as such."""
    if isinstance(value, Object):
        return value.unparse().decode("latin-1")
    return repr(value)


def _written_in(holder: Object, key: str) -> str:
    return _written(holder.get(key)) if key in holder else ""


def _same(one: object, other: object, what: str) -> None:
    if one != other:
        raise NotOurs(what)


def names_of_ours(names: Iterator[str] | list[str]) -> bool:
    """Whether fields have the names that ours have at freezing."""
    held = set(names)
    return {"seal-medical", "seal-elder_care"} <= held and any(TIME.fullmatch(each) for each in held)
