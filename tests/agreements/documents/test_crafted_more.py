"""More PDFs that somebody crafted out of an issued copy: none is as our hand writes it, and none is an exception.

Asked of the revisions too, which the register's digests would else hide: each must be told as not ours by its bytes.
"""

import io
import re
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from agreements.documents.verdicts import Kind
from boundary.revisions import revisions
from sealing.pades import signing
from sealing.pades.revision import Revision, placeholders
from sealing.pades.signing import EXTENSIONS, declare, filled
from tests.agreements.documents.papers import made
from tests.agreements.documents.test_crafted import (
    NEW,
    SLUG,
    catalogue,
    field,
    first_page,
    number_of,
    signed,  # noqa: F401 -- a fixture
    written,
)
from tests.agreements.issuing import Issuing
from tests.hands import signed_by
from tests.proving import drawn

WHITE = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 21>>\nstream\n1 g 0 0 595 842 re f \nendstream"
SCRIPT = b"<</S/JavaScript/JS(this.getField\\('seal-medical'\\).display=1)>>"


def stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def size_of(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return int(pdf.trailer.Size)


def as_we_write(content: bytes, objects: dict[int, bytes], root: int = 0) -> bytes:
    """Return a file with a revision of exactly the form of ours: a stream as its table, in its order and place."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root, identity = root or pdf.Root.objgen[0], pdf.trailer.ID.unparse()
        info = b"/Info %d 0 R" % pdf.trailer.Info.objgen[0] if "/Info" in pdf.trailer else b""
        size = max(int(pdf.trailer.Size), *(number + 1 for number in objects))
    last = int(re.findall(rb"startxref\n(\d+)", content)[-1])
    out, rows, index = bytearray(content), b"", b""
    for number, body in sorted(objects.items()):
        rows += b"\x01%s\x00\x00" % len(out).to_bytes(4, "big")
        index += b"%d 1 " % number
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    rows += b"\x01%s\x00\x00" % at.to_bytes(4, "big")
    index += b"%d 1" % size
    out += b"%d 0 obj\n<</Type /XRef/W [1 4 2]/Index [%s]/Size %d/Prev %d" % (size, index, size + 1, last)
    out += b"/Root %d 0 R%s/ID %s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        root,
        info,
        identity,
        len(rows),
        rows,
    )
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def another_look_of_a_seal(content: bytes) -> bytes:
    """The picture in the field of the first signature becomes another."""
    look = number_of(content, lambda pdf: field("seal-medical")(pdf).AP.N)
    return as_we_write(content, {look: WHITE})


def another_look_by_a_new_one(content: bytes) -> bytes:
    number, body = written(content, field("seal-medical"), AP=b"<</N %d 0 R>>" % size_of(content))
    return as_we_write(content, {number: body, size_of(content): WHITE})


def another_store_of_evidence(content: bytes) -> bytes:
    number, root = written(content, catalogue, DSS=b"<</Certs[]/CRLs[]>>")
    return as_we_write(content, {number: root})


def an_object_in_the_shadow_of_a_stream(content: bytes) -> bytes:
    """The first page lies once more, within a stream of objects, of which the table says that it counts."""
    number, page = written(content, first_page, Contents=b"%d 0 R" % NEW)
    inner = b"%d 0 " % number
    packed = stream(b"/Type/ObjStm/N 1/First %d/Filter/FlateDecode" % len(inner), zlib.compress(inner + page))
    out = bytearray(content)
    places = {NEW: len(out)}
    out += b"%d 0 obj\n%s\nendobj\n" % (NEW, stream(b"", b"1 0 0 rg 0 0 99 99 re f"))
    places[NEW + 1] = len(out)
    out += b"%d 0 obj\n%s\nendobj\n" % (NEW + 1, packed)
    table, last = len(out), int(re.findall(rb"startxref\n(\d+)", content)[-1])
    rows = b"\x02%s\x00\x00" % (NEW + 1).to_bytes(4, "big")
    rows += b"".join(b"\x01%s\x00\x00" % at.to_bytes(4, "big") for at in (*places.values(), table))
    index = b"%d 1 %d 3" % (number, NEW)
    head = b"/Type/XRef/W[1 4 2]/Index[%s]/Size %d/Prev %d/Root %d 0 R" % (
        index,
        NEW + 3,
        last,
        number_of(content, catalogue),
    )
    out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (NEW + 2, stream(head, rows), table)
    return bytes(out)


def other_document(content: bytes) -> dict[int, bytes]:
    at, form = size_of(content), number_of(content, lambda pdf: pdf.Root.AcroForm)
    return {
        at: b"<</Type/Catalog/Pages %d 0 R/AcroForm %d 0 R>>" % (at + 1, form),
        at + 1: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (at + 2),
        at + 2: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]>>" % (at + 1),
    }


def a_second_catalogue(content: bytes) -> bytes:
    """Only the table of the last revision leads to it."""
    return as_we_write(content, other_document(content), size_of(content))


def a_catalogue_that_nothing_leads_to(content: bytes) -> bytes:
    return as_we_write(content, other_document(content))


def a_table_with_two_roots(content: bytes) -> bytes:
    made = a_second_catalogue(content)
    own = b"/Root %d 0 R" % number_of(content, catalogue)
    head, _, tail = made.rpartition(b"/Root %d 0 R" % size_of(content))
    return head + own + b"/Root %d 0 R" % size_of(content) + tail


def hybrid_table(content: bytes) -> bytes:
    """A table of the old form names a second one, which some readers follow and others do not (/XRefStm)."""
    made = a_second_catalogue(content)
    at = int(re.findall(rb"startxref\n(\d+)", made)[-1])
    table = len(made)
    return made + b"xref\n0 0\ntrailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size_of(made),
        number_of(content, catalogue),
        int(re.findall(rb"startxref\n(\d+)", content)[-1]),
        at,
        table,
    )


def flags_of_a_field(content: bytes) -> bytes:
    """What is sealed is hidden: annotation flags 2, and read only."""
    number, body = written(content, field("seal-medical"), F=b"2", Ff=b"1")
    return as_we_write(content, {number: body})


def hidden_optional_content(content: bytes) -> bytes:
    """A layer that is off when the file is opened, over what the page shows."""
    layer = size_of(content)
    order = b"<</OCGs[%d 0 R]/D<</OFF[%d 0 R]/Order[%d 0 R]>>>>" % (layer, layer, layer)
    number, root = written(content, catalogue, OCProperties=order)
    page_number, page = written(content, first_page, OC=b"%d 0 R" % layer)
    return as_we_write(content, {layer: b"<</Type/OCG/Name(x)>>", number: root, page_number: page})


def labels_of_pages(content: bytes) -> bytes:
    number, root = written(content, catalogue, PageLabels=b"<</Nums[0<</P(9/9 )/S/D/St 77>>]>>")
    return as_we_write(content, {number: root})


def a_signature_reused_in_another_field(content: bytes) -> bytes:
    """The field for a timestamp is filled with the value of a party, moved over the page and shown."""
    value = number_of(content, lambda pdf: field("seal-medical")(pdf).V)
    number, body = written(content, field("time-1"), V=b"%d 0 R" % value, Rect=b"[0 0 200 200]")
    return as_we_write(content, {number: body})


def a_signature_copied_into_another_field(content: bytes) -> bytes:
    value, at = number_of(content, lambda pdf: field("seal-medical")(pdf).V), size_of(content)
    number, body = written(content, field("time-1"), V=b"%d 0 R" % at)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        copied = pdf.get_object(value, 0).unparse(resolved=True)
    return as_we_write(content, {number: body, at: copied})


def a_script_of_a_field(content: bytes) -> bytes:
    number, body = written(content, field("seal-medical"), AA=b"<</E %s>>" % SCRIPT)
    return as_we_write(content, {number: body})


def a_script_among_names(content: bytes) -> bytes:
    number, root = written(content, catalogue, Names=b"<</JavaScript<</Names[(a) %s]>>>>" % SCRIPT)
    return as_we_write(content, {number: root})


def a_field_emptied(content: bytes) -> bytes:
    """The second signature is taken out of its field again."""
    number, _ = written(content, field("seal-elder_care"), V=b"null")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = field("seal-elder_care")(pdf)
        del found["/V"]
        return as_we_write(content, {number: found.unparse(resolved=True)})


def nothing_in_a_table_of_ours(content: bytes) -> bytes:
    number, root = written(content, catalogue)
    return as_we_write(content, {number: root})


def deep_entries(content: bytes) -> bytes:
    number, root = written(content, catalogue, Deep=b"[" * 400 + b"]" * 400)
    return as_we_write(content, {number: root})


def deeper_entries(content: bytes) -> bytes:
    number, root = written(content, catalogue, Deep=b"<</A" * 60_000 + b" 1" + b">>" * 60_000)
    return as_we_write(content, {number: root})


def fields_in_a_circle(content: bytes) -> bytes:
    number, body = written(content, field("time-1"), Kids=b"[%d 0 R]" % number_of(content, field("time-1")))
    return as_we_write(content, {number: body})


def a_form_that_is_no_list(content: bytes) -> bytes:
    number, body = written(content, lambda pdf: pdf.Root.AcroForm, Fields=b"(x)")
    return as_we_write(content, {number: body})


def a_table_that_is_short_of_a_number(content: bytes) -> bytes:
    made = nothing_in_a_table_of_ours(content)
    head, _, tail = made.rpartition(b" 1]/Size")
    return head + b"  ]/Size" + tail


# Within what is ours: a timestamp in its field and its store of evidence, and one thing more.


def as_a_timestamp(content: bytes, more: Callable[[Revision], object], **store: bytes) -> bytes:
    """Return a file with a revision that fills the next timestamp's field as our hand does, with a value of anybody's,
    and what `more` lets it change. `store`: other entries of the store."""
    with Revision(content) as revision:
        name = next(each for each, field in revision.fields.items() if each.startswith("time") and "/V" not in field)
        piece = revision.add_stream(b"", b"evidence")
        known = revision.pdf.Root.get("/DSS")
        if known is None:
            made = revision.add(b"<</Type /DSS/Certs [%s]/CRLs [%s]>>" % (piece, revision.add_stream(b"", b"a list")))
            revision.replace(revision.pdf.Root, {"/DSS": made})
        else:
            there = b" ".join(each.unparse() for each in known.Certs)
            held = {"Certs": b"[%s %s]" % (there, piece), "CRLs": known.CRLs.unparse(), **store}
            entries = b"".join(b"/%s %s" % (key.encode(), value) for key, value in held.items() if value)
            revision.objects[known.objgen[0]] = b"<</Type /DSS%s>>" % entries
        kind = b"/Type /DocTimeStamp/Filter /Adobe.PPKLite/SubFilter /ETSI.RFC3161"
        value = revision.add(b"<<%s%s>>" % (kind, placeholders(512)))
        revision.replace(revision.fields[name], {"/V": value})
        more(revision)
        out, hole = revision.written(value.decode(), 512)
    return filled(out, hole, b"anything")


def stamped(content: bytes) -> bytes:
    return as_a_timestamp(content, lambda _: None)


def beside(number: int, body: bytes) -> Callable[[Revision], None]:
    def change(revision: Revision) -> None:
        revision.objects[number] = body

    return change


def and_another_page(content: bytes) -> bytes:
    number, page = written(content, first_page, Rotate=b"90")
    return as_a_timestamp(content, beside(number, page))


def and_a_look(content: bytes) -> bytes:
    return as_a_timestamp(content, beside(number_of(content, lambda pdf: field("seal-medical")(pdf).AP.N), WHITE))


def and_a_catalogue(content: bytes) -> bytes:
    return as_a_timestamp(content, lambda revision: [revision.add(each) for each in other_document(content).values()])


def and_entries_of_the_catalogue(**entries: bytes) -> Callable[[bytes], bytes]:
    def craft(content: bytes) -> bytes:
        number, root = written(content, catalogue, **entries)
        return as_a_timestamp(content, beside(number, root))

    return craft


def and_a_script_in_its_field(content: bytes) -> bytes:
    def change(revision: Revision) -> None:
        body = revision.objects[revision.fields["time-2"].objgen[0]]
        revision.objects[revision.fields["time-2"].objgen[0]] = body.removesuffix(b">>") + b"/AA<</E %s>>>>" % SCRIPT

    return as_a_timestamp(content, change)


def and_a_hidden_seal(content: bytes) -> bytes:
    number, body = written(content, field("seal-medical"), F=b"2")
    return as_a_timestamp(content, beside(number, body))


def and_a_field_more(content: bytes) -> bytes:
    def change(revision: Revision) -> None:
        fields = b" ".join(each.unparse() for each in revision.pdf.Root.AcroForm.Fields)
        added = revision.add(b"<</T(time-9)/FT/Sig/Subtype/Widget/Rect[0 0 9 9]>>")
        revision.replace(revision.pdf.Root.AcroForm, {"/Fields": b"[%s %s]" % (fields, added)})

    return as_a_timestamp(content, change)


def and_evidence_less(content: bytes) -> bytes:
    """The lists of the first store are in the second no more."""
    return as_a_timestamp(content, lambda _: None, CRLs=b"")


def and_other_evidence(content: bytes) -> bytes:
    return as_a_timestamp(content, lambda _: None, CRLs=b"[]")


def and_an_entry_of_the_store(content: bytes) -> bytes:
    return as_a_timestamp(content, lambda _: None, VRI=b"<<>>")


def and_in_its_field(entries: bytes) -> Callable[[bytes], bytes]:
    def craft(content: bytes) -> bytes:
        def change(revision: Revision) -> None:
            number = revision.fields["time-2"].objgen[0]
            revision.objects[number] = b"<<" + entries + revision.objects[number].removeprefix(b"<<")

        return as_a_timestamp(content, change)

    return craft


def and_a_look_for_some_readers(content: bytes) -> bytes:
    """A seal where none was put: for whoever takes the first of two entries of one name."""
    look = number_of(content, lambda pdf: field("seal-medical")(pdf).AP.N)
    return and_in_its_field(b"/AP<</N %d 0 R>>/Rect[0 0 200 200]/AP null" % look)(content)


WITHIN: dict[str, Callable[[bytes], bytes]] = {
    "another page": and_another_page,
    "a look": and_a_look,
    "a catalogue that nothing leads to": and_a_catalogue,
    "layers": and_entries_of_the_catalogue(OCProperties=b"<</OCGs[]/D<<>>>>"),
    "labels": and_entries_of_the_catalogue(PageLabels=b"<</Nums[0<</S/D/St 77>>]>>"),
    "a script at the start": and_entries_of_the_catalogue(OpenAction=SCRIPT),
    "no pages of its own": and_entries_of_the_catalogue(Pages=b"null"),
    "a script in its field": and_a_script_in_its_field,
    "a hidden seal": and_a_hidden_seal,
    "a look for some readers": and_a_look_for_some_readers,
    "a place for some readers": and_in_its_field(b"/Rect[0 0 200 200]"),
    "an entry that is nothing": and_in_its_field(b"/AA null"),
    "an entry behind a comment": and_in_its_field(b"%/AA null\n"),
    "without extensions": and_entries_of_the_catalogue(Extensions=b"null"),
    "a field more": and_a_field_more,
    "evidence less": and_evidence_less,
    "other evidence": and_other_evidence,
    "an entry of the store": and_an_entry_of_the_store,
}


def test_nothing_more_hides_in_a_revision_that_is_as_ours(signed: Issuing) -> None:  # noqa: F811
    """What the revision rests on is as we write it: so what is told is what came with it."""
    first = stamped(signed.content())
    assert not any(part.fault for part in revisions(first))
    assert not any(part.fault for part in revisions(stamped(first)))
    assert signed.shown(stamped(first)).kind is Kind.ALTERED
    told = {name: revisions(craft(first))[-1] for name, craft in WITHIN.items()}
    assert {name for name, part in told.items() if not part.fault} == set()


def test_evidence_comes_with_a_timestamp_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A party's revision that brings a store of its own is none of ours."""

    def declare_and_more(revision: Revision) -> None:
        declare(revision)
        revision.replace(revision.pdf.Root, {"/Extensions": EXTENSIONS, "/DSS": b"<</Certs []>>"})

    frozen = made(SLUG, is_filled=True).copies[0].content
    assert not any(part.fault for part in revisions(signed_by(frozen)[-1].content))
    monkeypatch.setattr(signing, "declare", declare_and_more)
    assert revisions(signed_by(frozen, ["medical"])[-1].content)[-1].fault == "the store"


CRAFTED: dict[str, Callable[[bytes], bytes]] = {
    each.__name__: each
    for each in (
        another_look_of_a_seal,
        another_look_by_a_new_one,
        another_store_of_evidence,
        an_object_in_the_shadow_of_a_stream,
        a_second_catalogue,
        a_catalogue_that_nothing_leads_to,
        a_table_with_two_roots,
        hybrid_table,
        flags_of_a_field,
        hidden_optional_content,
        labels_of_pages,
        a_signature_reused_in_another_field,
        a_signature_copied_into_another_field,
        a_script_of_a_field,
        a_script_among_names,
        a_field_emptied,
        nothing_in_a_table_of_ours,
        deep_entries,
        deeper_entries,
        fields_in_a_circle,
        a_form_that_is_no_list,
        a_table_that_is_short_of_a_number,
    )
}


def test_what_is_appended_is_told_by_its_bytes(signed: Issuing) -> None:  # noqa: F811
    """Were its digest in the register, its revisions would still tell; or nothing of it is in our form."""
    content = signed.content()
    for name in drawn(sorted(CRAFTED), 8, about="appended to copies"):
        crafted = CRAFTED[name](content)
        assert signed.shown(crafted).kind in {Kind.ALTERED, Kind.UNKNOWN}, name
        parts = revisions(crafted)
        assert len(parts) == 1 or any(each.fault for each in parts), name
