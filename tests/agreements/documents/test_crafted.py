"""PDFs that somebody crafted out of an issued copy, or out of nothing: never ours and whole, never an exception."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pikepdf import Array, Dictionary, Name, Pdf, String

from accounts.models import User
from agreements.documents.verdicts import Kind
from agreements.models import Template, TemplateVersion
from boundary.revisions import revisions
from institutions.models import Institution, Role
from tests import factories
from tests.agreements.documents.papers import made
from tests.agreements.issuing import Issuing, issuing
from tests.agreements.world import World
from tests.proving import drawn

SLUG = "hunan-2020"
MEGABYTE = 1024 * 1024
BOX = [0, 0, 595, 842]


@pytest.fixture
def signed(elder_care_institution: Institution, medical_institution: Institution, db: None, tmp_path: Path) -> Issuing:
    template = Template.objects.create(slug="made-up", region=medical_institution.region)
    version = TemplateVersion.objects.create(
        template=template, number=1, title="协议", is_official=False, body={}, digest="c" * 64
    )
    people: tuple[User, User] = factories.UserFactory.create(), factories.UserFactory.create()
    world = World(medical_institution, elder_care_institution, version, *people)
    issued = issuing(world, made(SLUG, is_filled=True), tmp_path)
    for role in (Role.MEDICAL, Role.ELDER_CARE):
        issued.sign(role, copies=2)
    return issued


# By hand: a revision after the end, with whatever objects in it, and a table that leads to them.


def appended(content: bytes, objects: dict[int, bytes], root: int = 0) -> bytes:
    """Return a file with objects replaced or added by a revision of the old form (xref, trailer)."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root, size = root or pdf.Root.objgen[0], int(pdf.trailer.Size)
    out, places = bytearray(content), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % each for each in sorted(places.items()))
    last = int(re.findall(rb"startxref\n(\d+)", content)[-1])
    size = max([size, *(number + 1 for number in objects)])
    out += b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size, root, last)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def number_of(content: bytes, find: Callable[[Pdf], Any]) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        number: int = find(pdf).objgen[0]
        return number


def written(content: bytes, find: Callable[[Pdf], Any], **entries: bytes) -> tuple[int, bytes]:
    """Return an object of the file with other entries, as a revision would hold it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = find(pdf)
        for key in entries:
            if f"/{key}" in found:
                del found[f"/{key}"]
        body: bytes = found.unparse(resolved=True)
        return found.objgen[0], body.removesuffix(b">>") + b"".join(
            b"/%s %s" % (key.encode(), value) for key, value in entries.items()
        ) + b">>"


def field(name: str) -> Callable[[Pdf], Any]:
    return lambda pdf: next(each for each in pdf.Root.AcroForm.Fields if str(each.T) == name)


def first_page(pdf: Pdf) -> Any:
    return pdf.pages[0].obj


def catalogue(pdf: Pdf) -> Any:
    return pdf.Root


def form(pdf: Pdf) -> Any:
    return pdf.Root.AcroForm


NEW = 9000  # numbers that no file of ours has


def replace_what_a_page_shows(content: bytes) -> bytes:
    """The shadow attack “replace”: the page that was signed gets another content."""
    number, page = written(content, first_page, Contents=b"%d 0 R" % NEW)
    return appended(content, {NEW: b"<</Length 22>>\nstream\n1 0 0 rg 0 0 99 99 re f\nendstream", number: page})


def hide_by_an_overlay(content: bytes) -> bytes:
    """The shadow attack “hide”: an annotation over the text, said to be a comment."""
    shown = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 21>>\nstream\n1 g 0 0 595 842 re f \nendstream"
    note = b"<</Type/Annot/Subtype/FreeText/F 4/Rect[0 0 595 842]/AP<</N %d 0 R>>/Contents(x)>>" % NEW
    number, page = written(content, first_page, Annots=b"[%d 0 R]" % (NEW + 1))
    return appended(content, {NEW: shown, NEW + 1: note, number: page})


def hide_and_replace(content: bytes) -> bytes:
    """Another catalogue and page tree beside the signed one; only the trailer leads to it."""
    tree = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (NEW + 2)
    page = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]>>" % (NEW + 1)
    other = b"<</Type/Catalog/Pages %d 0 R/AcroForm %d 0 R>>" % (NEW + 1, number_of(content, form))
    return appended(content, {NEW: other, NEW + 1: tree, NEW + 2: page}, NEW)


def permissions(content: bytes) -> bytes:
    """A certification in the catalogue that points at a signature of ours."""
    value = number_of(content, lambda pdf: field("seal-medical")(pdf).V)
    number, root = written(content, catalogue, Perms=b"<</DocMDP %d 0 R>>" % value)
    return appended(content, {number: root})


def an_xfa_form(content: bytes) -> bytes:
    packet = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/></xdp:xdp>"
    stream = b"<</Length %d>>\nstream\n%s\nendstream" % (len(packet), packet)
    number, body = written(content, form, XFA=b"%d 0 R" % NEW)
    return appended(content, {NEW: stream, number: body})


def a_script_at_the_start(content: bytes) -> bytes:
    number, root = written(content, catalogue, OpenAction=b"<</S/JavaScript/JS(app.alert\\(1\\))>>")
    return appended(content, {number: root})


def two_fields_of_one_name(content: bytes) -> bytes:
    number, body = written(content, field("time-1"), T=b"(seal-medical)")
    return appended(content, {number: body})


def two_fields_of_one_signature(content: bytes) -> bytes:
    value = number_of(content, lambda pdf: field("seal-medical")(pdf).V)
    number, body = written(content, field("time-1"), V=b"%d 0 R" % value)
    return appended(content, {number: body})


def a_seal_moved_elsewhere(content: bytes) -> bytes:
    number, body = written(content, field("seal-medical"), Rect=b"[0 0 300 300]")
    return appended(content, {number: body})


def nothing_but_a_table(content: bytes) -> bytes:
    return appended(content, {})


def back_to_an_older_table(content: bytes) -> bytes:
    """A last word that leads past the second signature."""
    older = re.findall(rb"startxref\n(\d+)", content)[-2]
    return content + b"startxref\n%s\n%%%%EOF\n" % older


def a_circle_of_tables(content: bytes) -> bytes:
    at = len(content)
    return content + b"xref\n0 0\ntrailer\n<</Size 1/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (at, at)


def a_table_far_away(content: bytes) -> bytes:
    return content + b"startxref\n99999999999999999999\n%%EOF\n"


def an_archive_behind(content: bytes) -> bytes:
    output = io.BytesIO(content)
    output.seek(0, io.SEEK_END)
    with zipfile.ZipFile(output, "a") as archive:
        archive.writestr("协议.txt", "改过的")
    return output.getvalue()


def a_page_of_the_web_before(content: bytes) -> bytes:
    return b"<html><script>1</script></html>\n" + content


def twice_in_one(content: bytes) -> bytes:
    return content + content


def padded(content: bytes) -> bytes:
    return content + b"%" + bytes(12 * MEGABYTE) + b"\n%%EOF\n"


def saved(**how: Any) -> Callable[[bytes], bytes]:
    def anew(content: bytes) -> bytes:
        output = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pdf.save(output, **how)
        return output.getvalue()

    return anew


def swapped_byte_range(content: bytes) -> bytes:
    """The numbers of what the first signature covers, in another order and of the same length."""
    found = re.search(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+)", content)
    assert found is not None
    start, upto, after, rest = found.groups()
    other = b" ".join(
        (start, rest.rjust(len(upto), b"0")[: len(upto)], after, upto.rjust(len(rest), b"0")[: len(rest)])
    )
    return content[: found.start(1)] + other + content[found.end(4) :]


CRAFTED: dict[str, Callable[[bytes], bytes]] = {
    "replace": replace_what_a_page_shows,
    "hide": hide_by_an_overlay,
    "hide and replace": hide_and_replace,
    "/Perms and /DocMDP": permissions,
    "XFA": an_xfa_form,
    "a script": a_script_at_the_start,
    "two fields of one name": two_fields_of_one_name,
    "two fields of one signature": two_fields_of_one_signature,
    "a seal moved": a_seal_moved_elsewhere,
    "an empty revision": nothing_but_a_table,
    "an older table": back_to_an_older_table,
    "a circle of tables": a_circle_of_tables,
    "a table far away": a_table_far_away,
    "a ZIP behind": an_archive_behind,
    "HTML before": a_page_of_the_web_before,
    "twice in one": twice_in_one,
    "12 MB behind": padded,
    "object streams": saved(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearized": saved(linearize=True),
    "encrypted": saved(encryption=pikepdf.Encryption(owner="o", user="", R=6)),
    "byte ranges": swapped_byte_range,
}


def test_no_crafted_copy_is_ours_and_whole(signed: Issuing) -> None:
    content = signed.content()
    assert signed.shown(content).is_whole
    tried = drawn(sorted(CRAFTED), 6, about="crafted copies")
    shown = {name: signed.shown(CRAFTED[name](content)) for name in tried}
    wrong = {name: verdict.words for name, verdict in shown.items() if verdict.kind not in {Kind.ALTERED, Kind.UNKNOWN}}
    assert wrong == {}
    assert all(verdict.words for verdict in shown.values())


def test_the_attacks_are_what_they_say(signed: Issuing) -> None:
    """Readers do show the other page, the cover and the other document."""
    content = signed.content()
    with pikepdf.open(io.BytesIO(replace_what_a_page_shows(content))) as pdf:
        assert pdf.pages[0].obj.Contents.read_bytes().startswith(b"1 0 0 rg")
    with pikepdf.open(io.BytesIO(hide_by_an_overlay(content))) as pdf:
        assert pdf.pages[0].obj.Annots[0].Subtype == Name.FreeText
    with pikepdf.open(io.BytesIO(hide_and_replace(content))) as pdf:
        assert (len(pdf.pages), "/Contents" in pdf.pages[0].obj) == (1, False)
    with pikepdf.open(io.BytesIO(permissions(content))) as pdf:
        assert pdf.Root.Perms.DocMDP.Type == Name.Sig
    with pikepdf.open(io.BytesIO(an_xfa_form(content))) as pdf:
        assert b"xdp" in pdf.Root.AcroForm.XFA.read_bytes()
    with pikepdf.open(io.BytesIO(two_fields_of_one_name(content))) as pdf:
        assert [str(each.T) for each in pdf.Root.AcroForm.Fields].count("seal-medical") == 2


def test_a_signature_of_one_copy_is_none_of_another(signed: Issuing) -> None:
    """The revisions of the second copy put behind the first as it was frozen, and the other way round."""
    one, two = signed.content(1), signed.content(2)
    for base, more in ((one, two), (two, one)):
        ends = [part.length for part in revisions(base)], [part.length for part in revisions(more)]
        for cut in (0, 1):
            assert not signed.shown(base[: ends[0][cut]] + more[ends[1][cut] :]).is_whole


# Out of nothing.


def built(change: Callable[[Pdf], None], **how: Any) -> bytes:
    output = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        pdf.save(output, **how)
    return output.getvalue()


def no_pages(pdf: Pdf) -> None:
    del pdf.pages[0]


def many_pages(pdf: Pdf) -> None:
    pdf.pages.extend([pdf.pages[0]] * 3000)


def pages_in_a_circle(pdf: Pdf) -> None:
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages])


def fields_in_fields(pdf: Pdf) -> None:
    inner: Any = pdf.make_indirect(Dictionary(T=String("a"), FT=Name.Sig))
    for _ in range(3000):
        inner = pdf.make_indirect(Dictionary(T=String("a"), Kids=Array([inner])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([inner]))


def fields_of_ours_in_a_strangers(pdf: Pdf) -> None:
    sides = ("seal-medical", "seal-elder_care", "time-1")
    fields = [Dictionary(T=String(name), FT=Name.Sig, Rect=Array(BOX)) for name in sides]
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(each) for each in fields]))


def odd_values(pdf: Pdf) -> None:
    value = Dictionary(Type=Name.Sig, ByteRange=Array([-1, "x", 2**31, None]), Contents=Name.Nothing, M=Array([]))
    value.Name, value.Reason, value.SubFilter = Dictionary(), 7, String("ETSI")
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(Dictionary(T=7, FT=Name.Sig, V=value))]))


STRANGERS: dict[str, tuple[Callable[[Pdf], None], set[Kind]]] = {
    "no pages": (no_pages, {Kind.NOT_OURS, Kind.UNKNOWN}),
    "3,000 pages": (many_pages, {Kind.NOT_OURS, Kind.UNKNOWN}),
    "pages in a circle": (pages_in_a_circle, {Kind.NOT_OURS, Kind.UNKNOWN}),
    "fields in fields": (fields_in_fields, {Kind.NOT_OURS, Kind.UNKNOWN}),
    "odd values": (odd_values, {Kind.NOT_OURS, Kind.UNKNOWN}),
    "our names": (fields_of_ours_in_a_strangers, {Kind.ALTERED}),
}


def test_no_stranger_s_file_is_ours_and_none_is_an_error(signed: Issuing) -> None:
    found = {name: signed.shown(built(change)).kind for name, (change, _) in STRANGERS.items()}
    assert {name: kind for name, kind in found.items() if kind not in STRANGERS[name][1]} == {}


def test_the_public_page_says_so_in_words(client: Client, signed: Issuing) -> None:
    content = signed.content()
    for name, craft in (("replace", replace_what_a_page_shows), ("no pages", lambda _: built(no_pages))):
        file = SimpleUploadedFile("协议.pdf", craft(content), content_type="application/pdf")
        answer = client.post(reverse("verify-file"), {"file": file})
        assert answer.status_code == 200, name
        page = answer.content.decode()
        assert "由本平台签发，完整" not in page, name
        assert any(words in page for words in ("已被改动", "不是本平台签发的", "无法核验")), name
